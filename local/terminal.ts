/** Whether the output may have colors: stdout is a terminal that supports them, and `NO_COLOR` is not set (https://no-color.org). */
export function hasColors({
  env,
  stdout,
}: {
  env: Readonly<Record<string, string | undefined>>
  stdout: { isTTY?: boolean }
}): boolean {
  return stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
}
