import { deploys, isBad, type Outcome } from '../execute/outcome.ts'
import { markdown, preformatted } from '../markdown.ts'
import { describeDeployment, liveOf } from '../plan/rollback.ts'
import { targetKey } from '../plan/step-id.ts'
import type { RunReport } from '../run-state.ts'
import { count } from '../text.ts'
import { nameOf } from './log-lines.ts'

/** The maximum number of services in the section. The table of results has all of them. */
const maxServices = 20

/**
 * Renders each failed deployment with the deployment that is live now, and with the last lines of its log if there is
 * an excerpt. Returns an empty text if no deployment failed.
 */
export function failedDeployments({ outcomes, logExcerpts }: RunReport): string {
  const all = outcomes ?? []
  const parts = all.filter(isBad).flatMap((outcome) => {
    const excerpt = logExcerpts.find(({ deploymentId }) => deploymentId === outcome.deploymentId)
    const serving = describeServing(outcome, rollbackOf(outcome, all))
    return excerpt || serving ? [renderFailed(outcome, serving, excerpt?.lines ?? [])] : []
  })
  if (parts.length === 0) return ''
  const rest = parts.length - maxServices
  return [
    '### Failed deployments',
    ...parts.slice(0, maxServices),
    ...(rest > 0 ? [`More failed deployments in the table of results: ${rest}`] : []),
  ].join('\n\n')
}

function renderFailed(outcome: Outcome, serving: string, lines: readonly string[]): string {
  const name = `**${markdown(nameOf(outcome.step.target))}**`
  return [
    serving === '' ? name : `${name}: ${markdown(serving)}`,
    ...(lines.length === 0
      ? []
      : [
          `<details><summary>Last ${count(lines.length, 'line')} of the log</summary>`,
          preformatted(lines),
          '</details>',
        ]),
  ].join('\n\n')
}

/** Returns the outcome of the rollback that changed the service after its deployment; `undefined` if there is none. */
const rollbackOf = (outcome: Outcome, all: readonly Outcome[]) =>
  all.find(
    (one) =>
      one !== outcome &&
      one.changed &&
      one.step.action === 'rollback' &&
      targetKey(one.step.target) === targetKey(outcome.step.target),
  )

/**
 * Describes the deployment that is live after a failed one, and after its rollback. If it was not read after the
 * failure, the text names the deployment that was live before. Returns an empty text for an outcome whose message says
 * it, such as a rollback, and if the result of the rollback was not read.
 */
function describeServing({ step, status, live: failed }: Outcome, rollback?: Outcome): string {
  const { instance } = step.target
  if (status !== 'failed' || !instance || !deploys(step)) return ''
  if (rollback && rollback.live === undefined) return ''
  const live = rollback ? rollback.live : failed
  const isRead = live !== undefined
  const serving = isRead ? live : liveOf({ instance })
  if (serving === null) return isRead ? 'nothing is live now' : 'nothing was live before this run'
  const deployment = describeDeployment(serving)
  return isRead ? `${deployment} is live now` : `${deployment} was live before this run`
}
