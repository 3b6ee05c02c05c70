import { failure, type HealthCheckResult } from '../errors/codes.ts'
import { locationOf } from '../inventory/inventory.ts'
import { isPlaced, preparesPreview } from '../plan/plan.ts'
import { type EndlessDelays, pollUntil } from '../poll-until.ts'
import { humanTime } from '../text.ts'
import { explainFailure } from './explain-failure.ts'
import { endedWell, type Outcome } from './outcome.ts'
import type { StepContext } from './step-context.ts'

/** The number of good responses in a row after which a health check has passed. */
const goodResponsesNeeded = 2

/** The delays between two requests, in milliseconds. Each bad response multiplies the delay by `growth`. */
const minPause = 2_000
const maxPause = 10_000
const growth = 1.3

/** The result of a health check. */
type CheckResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'cancelled' }
  | {
      readonly kind: 'not-passed'
      /** The last response that explains why the check has not passed. */
      readonly last: HealthCheckResult
      /** The duration of the check, in milliseconds. */
      readonly waited: number
    }

/**
 * Checks the health of a service whose step has ended well, and returns the outcome with the result of the check.
 * Returns the outcome unchanged if the step has not ended well, or if the service runs on a schedule. Adds a note if
 * the service has no public address.
 */
export async function withHealthCheck(outcome: Outcome, context: StepContext): Promise<Outcome> {
  const { options, ports } = context
  const { step } = outcome
  const { target } = step
  if (options.healthCheck === null || !endedWell(outcome) || target.instance?.cron) return outcome
  const url = addressOf(outcome.domains[0], options.healthCheck.path)
  if (url === null) {
    const message = `${outcome.message}; its health was not checked, because it has no public address`
    return { ...outcome, message, warning: outcome.warning || !hasPlanWarning(outcome, context) }
  }
  const result = await checkHealth(url, outcome, context)
  const ended = { ...outcome, finishedAt: ports.clock.now() }
  switch (result.kind) {
    case 'passed':
      return { ...ended, message: `${outcome.message}; it passed its health check` }
    case 'cancelled': {
      const message = `${outcome.message}; the job was cancelled before it passed its health check`
      return { ...ended, status: 'cancelled', message }
    }
    case 'not-passed': {
      // The failure is reported before the log is read, because reading the log takes a while.
      context.queue.reportFailure()
      if (outcome.deploymentId !== null && isPlaced(target)) {
        await explainFailure(target, outcome.deploymentId, null, ports)
      }
      const waited = humanTime(result.waited)
      const message = `${outcome.message}, but it did not pass its health check: ${describe(result.last)}`
      const facts = { ...locationOf(target), url: withoutQuery(url), result: result.last, waited }
      return { ...ended, status: 'failed', failure: failure('unhealthy', facts), message }
    }
  }
}

/** Returns whether planning has already warned that the service has no public address. */
const hasPlanWarning = ({ step }: Outcome, { steps }: StepContext): boolean => {
  const isInPreview = step.after.some((id) => {
    const earlier = steps.get(id)
    return earlier !== undefined && preparesPreview(earlier)
  })
  return !isInPreview && step.target.instance?.domains.length === 0
}

/** The pattern of a domain name. Its last part starts with a letter, so an IP address does not match. */
const hostName = /^([a-z0-9-]+\.)+[a-z][a-z0-9-]*$/i

/**
 * Returns the URL of a path at a host. Returns `null` without a host, if the host is not a domain name, or if the URL
 * would have another host or a user name.
 */
export function addressOf(host: string | undefined, path: string): string | null {
  const text = `https://${host}${path}`
  if (host === undefined || !hostName.test(host) || !URL.canParse(text)) return null
  const url = new URL(text)
  return url.host === host.toLowerCase() && url.username === '' ? url.href : null
}

/** Returns a URL with an ellipsis for its query, which may have a secret that the redactor does not know. */
const withoutQuery = (url: string) => url.replace(/\?.*/, '?…')

async function checkHealth(
  url: string,
  { step }: Outcome,
  { options, ports, healthChecked }: StepContext,
): Promise<CheckResult> {
  const { clock, signal, deadline, probe, emit } = ports
  const { target } = step
  const startedAt = clock.now()
  const until = Math.min(startedAt + (options.healthCheck?.timeout ?? 0), deadline.at)
  const responses = new ResponseHistory()
  const wait = async (delay: number) => {
    if (delay > 0) await clock.sleep(Math.min(delay, until - clock.now()), signal)
    return !signal.aborted && clock.now() < until
  }
  healthChecked.add(target)
  try {
    const end = await pollUntil(responses.delays(), wait, async (): Promise<CheckResult | null> => {
      const response = await probe(url, until, signal)
      if (signal.aborted) return null
      responses.add(response, clock.now() >= until)
      if (responses.goodInRow === goodResponsesNeeded) return { kind: 'passed' }
      if (responses.bad === 1 && !isGood(response)) {
        const remaining = humanTime(until - startedAt)
        const note = `${withoutQuery(url)}: ${describe(response)}; retrying for up to ${remaining}`
        emit({ kind: 'note', target, note })
      }
      return null
    })
    if (end !== null) return end
    if (signal.aborted) return { kind: 'cancelled' }
    return { kind: 'not-passed', last: responses.last, waited: clock.now() - startedAt }
  } finally {
    healthChecked.delete(target)
  }
}

/** The responses to the requests of one health check. */
class ResponseHistory {
  goodInRow = 0
  bad = 0
  /** The last response that explains why the check has not passed. */
  last: HealthCheckResult = {
    kind: 'no-response',
    detail: '`timeout` passed before it was requested',
  }

  /** Adds a response. `isLate`: the time of the check was over when the request ended. */
  add(response: HealthCheckResult, isLate: boolean): void {
    this.goodInRow = isGood(response) ? this.goodInRow + 1 : 0
    // Neither a good response nor the end of the check's own time explains a failure.
    const isInterrupted = response.kind === 'no-response' && isLate
    if (this.bad === 0 || !(isGood(response) || isInterrupted)) this.last = response
    if (!isGood(response)) this.bad += 1
  }

  /** Yields the delays before the requests, in milliseconds. They grow with the number of bad responses. */
  *delays(): EndlessDelays {
    yield 0
    for (;;) yield Math.min(maxPause, minPause * growth ** this.bad)
  }
}

const isGood = (response: HealthCheckResult) => response.kind === 'status' && response.status < 400

const describe = (response: HealthCheckResult) =>
  response.kind === 'status' ? `HTTP ${response.status}` : response.detail
