import type { ForeignEnvironment } from '../codes.ts'
import { type EscapedText, escaped } from '../escaped-text.ts'
import type { Wording } from './message.ts'

export const nameTaken: Wording<'name-taken'> = ({ project, environment, reason }) => ({
  title: escaped`name of the preview is taken`,
  what: escaped`Environment "${environment}" of project "${project}" cannot be used as a preview.`,
  why:
    reason.kind === 'reserved'
      ? escaped`Railway rejects the name, although ${describeForeign(reason)}.`
      : escaped`It is not a preview of this repository: ${describeForeign(reason)}.`,
  next: nextStep(reason),
})

/** Describes why an environment does not count as a preview. The text is a clause without a full stop. */
export function describeForeign(reason: ForeignEnvironment): string {
  switch (reason.kind) {
    case 'base-environment':
      return 'it is the base environment of the project'
    case 'persistent':
      return 'it is a persistent environment'
    case 'restricted':
      return 'it is restricted, and this token has no access to it'
    case 'unknown':
      return 'Railway did not return its record'
    case 'railway-preview':
      return `Railway itself created it for pull request #${reason.pullRequest}`
    case 'other-repository':
      return `no service in it is built from ${reason.repository}`
    case 'other-base':
      return `it was cloned from "${reason.source}", not from "${reason.base}"`
    case 'created-meanwhile':
      return 'it was created after this run made its plan'
    case 'reserved':
      return 'no environment has it. Railway keeps the names of deleted environments for a while'
  }
}

/** Returns the next step. It never suggests deleting the environment, because somebody may need it. */
function nextStep(reason: ForeignEnvironment): EscapedText {
  switch (reason.kind) {
    case 'base-environment':
    case 'persistent':
    case 'other-repository':
      return escaped`Set another \`preview-name\`, or rename that environment in Railway.`
    case 'restricted':
      return escaped`Set another \`preview-name\`, or ask an admin of the workspace to give the token access.`
    case 'railway-preview':
      return escaped`Set another \`preview-name\`, or turn off PR environments in the settings of the project in Railway.`
    case 'other-base':
      return escaped`Set \`environment\` to "${reason.source}", or set another \`preview-name\`.`
    case 'unknown':
    case 'created-meanwhile':
      return escaped`Run the job again. If it fails again, set another \`preview-name\`.`
    case 'reserved':
      return escaped`Run the job again in a few minutes, or set another \`preview-name\`.`
  }
}
