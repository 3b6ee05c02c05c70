import { type GitHubWorld, stateOf } from '../github/index.ts'
import type { RunnerEvent } from '../runner/index.ts'
import { NO_INK, renderMarkdown } from '../runner/render-markdown.ts'
import type { Sample } from '../sample.ts'
import { isWithoutSecrets } from '../workflow/run-workflow.ts'

/** The moment at which a run began. */
export interface RunStart {
  at: number
  requests: number
}

/** Describes what a run left behind, which a workflow does not show. */
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
          'GitHub gives this run no secrets and a token that only reads, so it had no Railway token.',
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

/** Describes the records that the run made or changed. */
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
      ...renderMarkdown(withoutMarker(body), NO_INK)
        .split('\n')
        .map((line) => `  ${line}`),
    ])

const withoutMarker = (body: string) => body.replace(/^<!--.*-->\n/, '')

const list = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)]
