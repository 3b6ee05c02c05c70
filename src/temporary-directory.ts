import { statSync } from 'node:fs'
import { tmpdir } from 'node:os'

/** Returns the directory for temporary files: `RUNNER_TEMP` if it exists, or that of the operating system. */
export function temporaryDirectory({
  RUNNER_TEMP,
}: Readonly<Record<string, string | undefined>>): string {
  return RUNNER_TEMP && isDirectory(RUNNER_TEMP) ? RUNNER_TEMP : tmpdir()
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
