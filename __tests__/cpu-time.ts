/**
 * Returns the CPU time in milliseconds that synchronous work takes. Other processes on the machine do not lengthen it,
 * so a bound on it distinguishes code that takes quadratic time from a busy machine.
 */
export function cpuMilliseconds(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  return process.cpuUsage(before).user / 1000
}
