import { failure, type HealthCheckResult } from '../errors/codes.ts'
import { locationOf } from '../inventory/inventory.ts'
import { isPlaced, preparesPreview } from '../plan/plan.ts'
import { humanTime } from '../text.ts'
import { explainFailure } from './explain-failure.ts'
import { endedWell, type Outcome } from './outcome.ts'
import type { StepContext } from './step-context.ts'

/** The number of good answers in a row that make a service healthy. */
const goodAnswersNeeded = 2

/** Milliseconds between two requests of an address. The interval grows while the address does not answer well. */
const minPause = 2_000
const maxPause = 10_000
const growth = 1.3

/** The result of a health check. `last`: the last bad answer. */
type CheckResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'not-passed'; readonly last: HealthCheckResult; readonly waited: number }

/**
 * Checks the health of a service whose deployment went live, and returns the outcome after that. A bad outcome stays as
 * it is. So does the outcome of a service that runs by a schedule or has no public address.
 */
export async function withHealthCheck(outcome: Outcome, context: StepContext): Promise<Outcome> {
  const { options, ports } = context
  const { step } = outcome
  const { target } = step
  if (options.healthCheck === null || !endedWell(outcome) || target.instance?.cron) return outcome
  const url = addressOf(outcome.domains[0], options.healthCheck.path)
  if (url === null) {
    const message = `${outcome.message}; its health was not checked, because it has no public address`
    return { ...outcome, message, warning: outcome.warning || !wasWarnedOf(outcome, context) }
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
      // Before its log is read, which takes a while.
      context.queue.reportFailure()
      if (outcome.deploymentId !== null && isPlaced(target)) {
        await explainFailure(target, outcome.deploymentId, ports)
      }
      const waited = humanTime(result.waited)
      const message = `${outcome.message}, but it did not pass its health check: ${describe(result.last)}`
      const facts = { ...locationOf(target), url: withoutQuery(url), result: result.last, waited }
      return { ...ended, status: 'failed', failure: failure('unhealthy', facts), message }
    }
  }
}

/** Returns whether the plan warns that the service has no address. */
const wasWarnedOf = ({ step }: Outcome, { steps }: StepContext): boolean => {
  const isInPreview = step.after.some((id) => {
    const earlier = steps.get(id)
    return earlier !== undefined && preparesPreview(earlier)
  })
  return !isInPreview && step.target.instance?.domains.length === 0
}

/** The name of a host on the internet. Its last part starts with a letter, so it is no number of a machine. */
const hostName = /^([a-z0-9-]+\.)+[a-z][a-z0-9-]*$/i

/**
 * Returns the address of a path at a host; `null` if there is no host, or if the address would be of another host or
 * path.
 */
export function addressOf(host: string | undefined, path: string): string | null {
  const text = `https://${host}${path}`
  if (host === undefined || !hostName.test(host) || !URL.canParse(text)) return null
  const url = new URL(text)
  return url.host === host.toLowerCase() && url.username === '' ? url.href : null
}

/** Returns an address without its query, which may hold a secret of the workflow that is not known here. */
const withoutQuery = (url: string) => url.replace(/\?.*/, '?…')

async function checkHealth(
  url: string,
  { step }: Outcome,
  { options, ports, checked }: StepContext,
): Promise<CheckResult> {
  const { clock, signal, deadline, probe, emit } = ports
  const { target } = step
  const startedAt = clock.now()
  const until = Math.min(startedAt + (options.healthCheck?.timeout ?? 0), deadline.at)
  let last: HealthCheckResult = {
    kind: 'no-answer',
    detail: '`timeout` ran out before it was requested',
  }
  let inRow = 0
  let bad = 0
  checked.add(target)
  try {
    while (clock.now() < until) {
      const answer = await probe(url, until, signal)
      if (signal.aborted) return { kind: 'cancelled' }
      inRow = isGood(answer) ? inRow + 1 : 0
      if (inRow === goodAnswersNeeded) return { kind: 'passed' }
      // A good answer explains nothing, and neither does a wait that was cut short.
      const isInterrupted = answer.kind === 'no-answer' && clock.now() >= until
      if (bad === 0 || !(isGood(answer) || isInterrupted)) last = answer
      if (!isGood(answer)) bad += 1
      if (bad === 1 && !isGood(answer)) {
        const remaining = humanTime(until - startedAt)
        emit({
          kind: 'note',
          target,
          note: `${withoutQuery(url)}: ${describe(answer)}; trying for ${remaining}`,
        })
      }
      const pause = Math.min(maxPause, minPause * growth ** bad)
      await clock.sleep(Math.min(pause, until - clock.now()), signal)
      if (signal.aborted) return { kind: 'cancelled' }
    }
    return { kind: 'not-passed', last, waited: clock.now() - startedAt }
  } finally {
    checked.delete(target)
  }
}

const isGood = (answer: HealthCheckResult) => answer.kind === 'status' && answer.status < 400

const describe = (answer: HealthCheckResult) =>
  answer.kind === 'status' ? `HTTP ${answer.status}` : answer.detail
