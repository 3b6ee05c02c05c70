import { type Failure, failure } from './codes.ts'

/** Describes a defect of the action by name and place, without its message, which might quote anything. */
export function internalError(error: unknown): Failure {
  const name = error instanceof Error ? error.name : typeof error
  const where = error instanceof Error ? (/\bat (\S+)/.exec(error.stack ?? '')?.[1] ?? '') : ''
  return failure('internal-error', { name, where })
}
