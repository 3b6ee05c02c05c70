import { count } from '../../text.ts'
import { listLocations } from '../list-locations.ts'
import { words } from '../words.ts'
import type { Wording } from './message.ts'

export const changesPending: Wording<'changes-pending'> = ({ targets }) => ({
  title: words`changes pending`,
  what: words`The plan of this dry run would change ${count(targets.length, targets.every(({ service }) => service !== null) ? 'service' : 'target')}: ${listLocations(targets)}.`,
  why: words`The job fails, because \`fail-on-changes\` is \`true\`.`,
  next: words`Read the plan in the job summary. To apply it, run the job without \`dry-run\`. Otherwise undo the changes in Railway.`,
})

export const cancelled: Wording<'cancelled'> = ({ started, unfinished }) => ({
  title: words`cancelled`,
  what:
    started === 0
      ? words`The job was cancelled before it started a deployment.`
      : words`The job was cancelled after it started ${count(started, 'deployment')}, of which ${unfinished} ${unfinished === 1 ? words`was` : words`were`} unfinished.`,
  why: words`After a cancellation, the run starts nothing more. Started deployments continue on Railway.`,
  next: words`Run the job again to bring all services to the same state. The job summary lists what was started.`,
})

export const internalError: Wording<'internal-error'> = ({ name, where, missing }) => ({
  title: words`bug in this action`,
  ...(missing === undefined ? defect(name, where) : incompleteAction(missing)),
})

/** Describes an error that the action did not expect. */
function defect(name: string, where: string) {
  return {
    what: words`The action failed because of a bug in its own code (${name}${where ? words` in ${where}` : words``}).`,
    why: words`The workflow and the token are not the cause.`,
    next: words`Check in Railway which deployments were started. Then run the job again with debug logging, and open an issue for the action with this log.`,
  }
}

/** Describes an action with a missing file, such as an incomplete copy. */
function incompleteAction(file: string) {
  return {
    what: words`The file \`${file}\` of the action is missing on the runner.`,
    why: words`The action needs all files of \`dist/\`, and loads some of them only in certain runs.`,
    next: words`Use a released version of the action, or copy all of \`dist/\`, and run the job again. The job summary lists what was started.`,
  }
}
