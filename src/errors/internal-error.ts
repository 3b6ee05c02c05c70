import { basename } from 'node:path'
import { type Failure, failure } from './codes.ts'

/**
 * Describes an unexpected error by its name and its place. Its message is left out, because it may contain a secret.
 */
export function internalError(error: unknown): Failure {
  const name = error instanceof Error ? error.name : typeof error
  const where = error instanceof Error ? (/\bat (\S+)/.exec(error.stack ?? '')?.[1] ?? '') : ''
  const missing = missingFile(error)
  return failure('internal-error', { name, where, ...(missing !== null && { missing }) })
}

/** Returns the name of the action's file that could not be loaded because it does not exist. */
function missingFile(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  if (error.code !== 'ERR_MODULE_NOT_FOUND') return null
  const address = 'url' in error && typeof error.url === 'string' ? error.url : ''
  return basename(address) || 'dist/'
}
