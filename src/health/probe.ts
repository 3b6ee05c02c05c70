import pLimit from 'p-limit'
import type { Clock } from '../clock.ts'
import type { HealthCheckResult } from '../errors/codes.ts'
import type { HealthProbe } from '../execute/ports.ts'
import { describeNetworkError } from '../network-error.ts'
import { withTimeLimit } from '../time-limit.ts'

/** The maximum number of concurrent requests, so that a large workspace does not use up the runner's sockets. */
const maxConcurrent = 200

/** The parts of a run that a health check needs. */
export interface ProbeDeps {
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
}

/**
 * Returns the probe of health checks. It requests a URL without credentials or cookies, and follows no redirect. Only
 * the status of the answer is used, so the body is not read. Errors are results, never exceptions.
 */
export function healthProbe(deps: ProbeDeps): HealthProbe {
  const limit = pLimit(maxConcurrent)
  return (url, until, signal) => limit(() => request(url, until, signal, deps))
}

async function request(
  url: string,
  until: number,
  stop: AbortSignal,
  { fetch, clock }: ProbeDeps,
): Promise<HealthCheckResult> {
  const startedAt = clock.now()
  const timeLimit = Math.min(attemptLimit, until - startedAt)
  if (stop.aborted || timeLimit <= 0) return notRequested
  return withTimeLimit(clock, timeLimit, stop, async ({ signal, passed }) => {
    try {
      const answer = await fetch(url, {
        redirect: 'manual',
        credentials: 'omit',
        headers: { accept: '*/*', 'user-agent': 'railway-workspace-deploy' },
        signal,
      })
      answer.body?.cancel().catch(() => {})
      return { kind: 'status', status: answer.status }
    } catch (error) {
      const detail = passed()
        ? `no answer within ${Math.round(timeLimit / 1000)} s`
        : describeNetworkError(error).detail
      return { kind: 'no-answer', detail }
    }
  })
}

/** The time limit of one request, in milliseconds. */
const attemptLimit = 10_000

const notRequested: HealthCheckResult = {
  kind: 'no-answer',
  detail: 'it was not requested in time',
}
