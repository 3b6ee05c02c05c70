import { count } from '../../text.ts'
import { escaped } from '../escaped-text.ts'
import { listLocations } from '../list-locations.ts'
import type { Wording } from './message.ts'

export const changesPending: Wording<'changes-pending'> = ({ targets }) => ({
  title: escaped`changes pending`,
  what: escaped`The plan of this dry run would change ${count(targets.length, targets.every(({ service }) => service !== null) ? 'service' : 'target')}: ${listLocations(targets)}.`,
  why: escaped`The job fails, because \`fail-on-changes\` is \`true\`.`,
  next: escaped`Read the plan in the job summary. To apply it, run the job without \`dry-run\`. Otherwise undo the changes in Railway.`,
})

export const cancelled: Wording<'cancelled'> = ({ started, unfinished }) => ({
  title: escaped`cancelled`,
  what:
    started === 0
      ? escaped`The job was cancelled before it started a deployment.`
      : escaped`The job was cancelled after it started ${count(started, 'deployment')}, of which ${unfinished} ${unfinished === 1 ? escaped`was` : escaped`were`} unfinished.`,
  why: escaped`After a cancellation, the run starts nothing more. Started deployments continue on Railway.`,
  next: escaped`Run the job again to bring all services to the same state. The job summary lists what was started.`,
})

export const internalError: Wording<'internal-error'> = ({ name, where, missing }) => ({
  title: escaped`bug in this action`,
  ...(missing === undefined ? defect(name, where) : incompleteAction(missing)),
})

/** Describes an error that the action did not expect. */
function defect(name: string, where: string) {
  return {
    what: escaped`The action failed because of a bug in its own code (${name}${where ? escaped` in ${where}` : escaped``}).`,
    why: escaped`The workflow and the token are not the cause.`,
    next: escaped`Check in Railway which deployments were started. Then run the job again with debug logging, and open an issue for the action with this log.`,
  }
}

/** Describes an action with a missing file, such as an incomplete copy. */
function incompleteAction(file: string) {
  return {
    what: escaped`The file \`${file}\` of the action is missing on the runner.`,
    why: escaped`The action needs all files of \`dist/\`, and loads some of them only in certain runs.`,
    next: escaped`Use a released version of the action, or copy all of \`dist/\`, and run the job again. The job summary lists what was started.`,
  }
}
