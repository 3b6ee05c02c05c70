/** Says whether the output may have colors: on a terminal that has them, unless `NO_COLOR` is set (https://no-color.org). */
export function hasColors({
  env,
  stdout,
}: {
  env: Readonly<Record<string, string | undefined>>
  stdout: { isTTY?: boolean }
}): boolean {
  return stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
}
