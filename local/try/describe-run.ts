import { type GitHubWorld, stateOf } from '../github/index.ts'
import type { RunnerEvent } from '../runner/index.ts'
import { PLAIN, renderMarkdown } from '../runner/render-markdown.ts'
import type { Sample } from '../sample.ts'
import { isWithoutSecrets } from '../workflow/run-workflow.ts'

/** The state of the sample at the start of a run. */
export interface RunStart {
  /** Simulated time, in milliseconds since the epoch. */
  at: number
  /** Number of requests to Railway before the run. */
  requests: number
}

/** Renders the effects of a run: requests, deployments, health checks, and changes at GitHub. */
export function describeRun(sample: Sample, start: RunStart, event: RunnerEvent): string {
  const { world, hub, railway, sites } = sample
  const deployments = world
    .newDeployments()
    .filter(({ createdAt }) => createdAt >= start.at)
    .map(
      ({ project, environment, service, status }) =>
        `${project}/${environment}/${service}: ${status}`,
    )
  const requested = sites.requests
    .filter(({ at }) => at >= start.at)
    .map(({ host, path }) => `https://${host}${path}`)
  return [
    ...(isWithoutSecrets(event)
      ? [
          'GitHub passes no secrets and a read-only token to runs for this event, so the run had no Railway token.',
        ]
      : []),
    `Requests to Railway: ${railway.requests.length - start.requests}`,
    ...list('New deployments', deployments),
    ...list('Health checks', [...new Set(requested)]),
    ...list('GitHub deployments', githubDeploymentsOf(hub, start)),
    ...commentsOf(hub, start),
    '',
  ].join('\n')
}

/** Returns a line for each GitHub deployment that was created or changed in the run. */
const githubDeploymentsOf = ({ deployments }: GitHubWorld, { at }: RunStart): string[] =>
  deployments
    .filter(({ createdAt, statuses }) =>
      [createdAt, ...statuses.map((one) => one.createdAt)].some((time) => time >= at),
    )
    .map((one) => `${one.environment}: ${stateOf(one)}`)

const commentsOf = ({ comments }: GitHubWorld, { at }: RunStart): string[] =>
  comments
    .filter(({ updatedAt }) => updatedAt >= at)
    .flatMap(({ issue, body }) => [
      '',
      `The comment on pull request ${issue}:`,
      ...renderMarkdown(withoutMarker(body), PLAIN)
        .split('\n')
        .map((line) => `  ${line}`),
    ])

const withoutMarker = (body: string) => body.replace(/^<!--.*-->\n/, '')

const list = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)]
