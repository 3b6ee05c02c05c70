import type { ErrorCode, Failure } from '../codes.ts'
import { apiIncompatible, apiUnavailable, rateLimited } from './api.ts'
import { commitMismatch, commitNotFound, sourceNotLive, untrustedCommit } from './commits.ts'
import {
  deploymentFailed,
  deploymentSkipped,
  deploymentTimeout,
  rollbackUnavailable,
  unhealthy,
} from './deployments.ts'
import { inputInvalid } from './inputs.ts'
import type { Message, Wording } from './message.ts'
import { operationNotPermitted } from './permissions.ts'
import { nameTaken } from './previews.ts'
import { cancelled, changesPending, internalError } from './run.ts'
import {
  environmentNotFound,
  environmentRestricted,
  projectNotInScope,
  serviceNotFound,
} from './selection.ts'
import {
  tokenAccountScoped,
  tokenInvalid,
  tokenMalformed,
  tokenMissing,
  tokenProjectScoped,
  twoFactorRequired,
} from './token.ts'
import { uploadRefused } from './upload.ts'
import { emptyValue, inheritedVariable, stagedChanges } from './variables.ts'
import { workspaceAmbiguous, workspaceMismatch } from './workspace.ts'

/** The wording of every code, in the order of the documentation. The compiler reports a code without wording. */
const wordings: { readonly [Code in ErrorCode]: Wording<Code> } = {
  'input-invalid': inputInvalid,
  'token-missing': tokenMissing,
  'token-malformed': tokenMalformed,
  'token-invalid': tokenInvalid,
  'token-project-scoped': tokenProjectScoped,
  'token-account-scoped': tokenAccountScoped,
  'workspace-ambiguous': workspaceAmbiguous,
  'workspace-mismatch': workspaceMismatch,
  'project-not-in-scope': projectNotInScope,
  'environment-not-found': environmentNotFound,
  'environment-restricted': environmentRestricted,
  'service-not-found': serviceNotFound,
  'operation-not-permitted': operationNotPermitted,
  'two-factor-required': twoFactorRequired,
  'untrusted-commit': untrustedCommit,
  'commit-mismatch': commitMismatch,
  'commit-not-found': commitNotFound,
  'source-not-live': sourceNotLive,
  'inherited-variable': inheritedVariable,
  'empty-value': emptyValue,
  'staged-changes': stagedChanges,
  'name-taken': nameTaken,
  'rollback-unavailable': rollbackUnavailable,
  'rate-limited': rateLimited,
  'api-unavailable': apiUnavailable,
  'api-incompatible': apiIncompatible,
  'deployment-failed': deploymentFailed,
  unhealthy,
  'deployment-skipped': deploymentSkipped,
  'upload-refused': uploadRefused,
  'deployment-timeout': deploymentTimeout,
  'changes-pending': changesPending,
  cancelled,
  'internal-error': internalError,
}

/** Returns the message of a failure. Backticks in it mark code. */
export function messageFor<Code extends ErrorCode>({ code, facts }: Failure<Code>): Message {
  const { title, what, why, next } = wordings[code](facts as Parameters<Wording<Code>>[0])
  return { title: title.text, what: what.text, why: why.text, next: next.text }
}

/** All codes, in the order of the documentation. */
export const errorCodes = Object.keys(wordings) as ErrorCode[]
