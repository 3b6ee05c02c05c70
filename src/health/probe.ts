import pLimit from 'p-limit'
import type { Clock } from '../clock.ts'
import type { HealthCheckResult } from '../errors/codes.ts'
import type { HealthProbe } from '../execute/ports.ts'
import { describeNetworkError } from '../network-error.ts'
import { withTimeLimit } from '../time-limit.ts'

/** The maximum number of concurrent requests. More of them could use up the sockets of the runner. */
const maxConcurrent = 200

/** The dependencies of a health check. */
export interface ProbeDeps {
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
}

/**
 * Returns the function that requests the URLs of health checks. It sends no credentials and no cookies, follows no
 * redirect, and reads only the status of the response. A failed request is a result, never an exception.
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
  const timeLimit = Math.min(requestTimeout, until - startedAt)
  if (stop.aborted || timeLimit <= 0) return notRequested
  return withTimeLimit(clock, timeLimit, stop, async ({ signal, passed }) => {
    try {
      const response = await fetch(url, {
        redirect: 'manual',
        credentials: 'omit',
        headers: { accept: '*/*', 'user-agent': 'railway-workspace-deploy' },
        signal,
      })
      response.body?.cancel().catch(() => {})
      return { kind: 'status', status: response.status }
    } catch (error) {
      const detail = passed()
        ? `no response within ${Math.round(timeLimit / 1000)} s`
        : describeNetworkError(error).detail
      return { kind: 'no-response', detail }
    }
  })
}

/** The timeout of one request, in milliseconds. */
const requestTimeout = 10_000

const notRequested: HealthCheckResult = {
  kind: 'no-response',
  detail: 'it was not requested in time',
}
