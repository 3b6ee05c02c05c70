import type { Failure } from '../errors/codes.ts'
import type { StepFinding } from '../inputs/workflow-step.ts'

/** A line of a file of the repository, counted from 1. */
export interface SourceLine {
  readonly file: string
  readonly line: number
}

/**
 * Returns the line of the workflow file at which GitHub shows a failure. It is the line of the entry that causes the
 * failure, else of its input, else of the step's `uses:`. The result is `null` if the step was not found with
 * certainty.
 */
export function placeOfFailure(failure: Failure, finding: StepFinding): SourceLine | null {
  if (finding.kind !== 'found') return null
  const { file, line, inputs } = finding.step
  const { input, entry } = causeOf(failure)
  const given = input === null ? undefined : inputs.get(input)
  const exact = given?.entries.find(({ text }) => sameEntry(text, entry))
  return { file, line: exact?.line ?? given?.line ?? line }
}

const sameEntry = (text: string, entry: string | null) =>
  entry !== null && text.toLowerCase() === entry.toLowerCase()

/** The input that causes a failure. */
interface Cause {
  readonly input: string | null
  /** The line of a list input that causes the failure. */
  readonly entry: string | null
}

/** Returns the input that causes a failure, and the entry of it. Both are `null` if no single input is the cause. */
function causeOf(failure: Failure): Cause {
  switch (failure.code) {
    case 'input-invalid':
      return { input: failure.facts.input, entry: failure.facts.given }
    case 'token-missing':
    case 'token-malformed':
    case 'token-invalid':
      return { input: 'token', entry: null }
    case 'token-account-scoped':
      return { input: 'require-workspace-token', entry: null }
    case 'workspace-ambiguous':
    case 'workspace-mismatch':
      return { input: 'workspace', entry: null }
    case 'project-not-in-scope':
      return { input: 'projects', entry: failure.facts.requested }
    case 'token-project-scoped':
      return { input: failure.facts.input ?? null, entry: failure.facts.entry ?? null }
    case 'environment-not-found':
    case 'environment-restricted':
      return { input: failure.facts.input ?? 'environment', entry: null }
    case 'service-not-found':
      return { input: 'services', entry: failure.facts.requested }
    case 'commit-not-found':
      return { input: 'commit-sha', entry: null }
    case 'inherited-variable':
      return { input: 'require-overrides', entry: failure.facts.pattern }
    case 'upload-refused':
      return { input: 'directory', entry: null }
    case 'operation-not-permitted':
    case 'two-factor-required':
    case 'untrusted-commit':
    case 'commit-mismatch':
    case 'source-not-live':
    case 'empty-value':
    case 'staged-changes':
    case 'name-taken':
    case 'rollback-unavailable':
    case 'rate-limited':
    case 'api-unavailable':
    case 'api-incompatible':
    case 'deployment-failed':
    case 'unhealthy':
    case 'deployment-skipped':
    case 'deployment-timeout':
    case 'changes-pending':
    case 'cancelled':
    case 'internal-error':
      return { input: null, entry: null }
  }
}
