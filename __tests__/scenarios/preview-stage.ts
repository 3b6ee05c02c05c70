import { afterEach } from '@jest/globals'
import { GitHubWorld, type LocalGitHub, startLocalGitHub } from '../../local/github/index.ts'
import type { LoggedRequest, SeedDeployment, World } from '../../local/railway/index.ts'
import { type PullRequestOptions, pullRequest, type RunOptions } from '../../local/runner/index.ts'
import { type Run, repository, type Stage, type StageOptions, setStage } from './stage.ts'

export interface PreviewStage extends Stage {
  hub: GitHubWorld
  github: LocalGitHub
  /** Runs `preview` for an event of pull request 7. */
  preview(
    event: PullRequestOptions,
    inputs?: Record<string, string>,
    more?: Partial<RunOptions>,
  ): Promise<Run>
  /** Returns the operations of the requests to Railway since the last call, with the number of each. */
  spent(): Record<string, number>
  /** Returns the names of the existing environments of a project. */
  environments(project: string): string[]
  /** Returns `<service>: <commit or image>` of every deployment of a preview, oldest first. */
  deployed(environment?: string): string[]
}

const open: LocalGitHub[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((github) => github.close()))
})

/** The stage of the other scenarios with a GitHub beside it, on the same clock. */
export async function setPreviewStage({
  enterprise = false,
  ...options
}: StageOptions & { enterprise?: boolean }): Promise<PreviewStage> {
  const stage = await setStage(options)
  const { clock, world, railway } = stage
  const hub = new GitHubWorld({ clock, repository })
  hub.pullRequest(7)
  const github = await startLocalGitHub({ world: hub, clock, enterprise })
  open.push(github)
  let counted = 0
  return {
    ...stage,
    hub,
    github,
    preview: (options, inputs = {}, more = {}) => {
      const event = pullRequest(options)
      hub.applyEvent(event.payload)
      return stage.run(
        { command: 'preview', ...inputs },
        { event, github: { apiUrl: github.url }, ...more },
      )
    },
    spent() {
      const fresh = railway.requests.slice(counted)
      counted = railway.requests.length
      return count(fresh)
    },
    environments: (name) =>
      [...world.projects.values()]
        .filter((project) => project.name === name)
        .flatMap(({ environments }) => environments)
        .filter(({ deletedAt }) => deletedAt === null)
        .map((environment) => environment.name),
    deployed: (environment = 'pr-7') =>
      world
        .newDeployments()
        .filter((deployment) => deployment.environment === environment)
        .map(({ service, commit, image }) => `${service}: ${commit?.slice(0, 7) ?? image}`),
  }
}

function count(requests: readonly LoggedRequest[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { operationName } of requests) {
    const name = operationName ?? 'unreadable'
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

const reference = (name: string) => `\${{${name}}}`

/** A shop with a database, two services of the repository and one of another. */
export function fillShop(
  world: World,
  {
    domains = true,
    projects = ['shop'],
    live,
  }: { domains?: boolean; projects?: readonly string[]; live?: SeedDeployment } = {},
): string {
  const acme = world.workspace('Acme')
  for (const name of projects) {
    const shop = world.project(acme, name)
    const host = reference('RAILWAY_PRIVATE_DOMAIN')
    const database = {
      PASSWORD: 'hunter2',
      URL: `postgres://user:${reference('PASSWORD')}@${host}`,
    }
    const served = live && { live }
    world.service(shop, 'Postgres', {
      source: { image: 'postgres:16' },
      variables: database,
      ...served,
    })
    const source = { repo: repository }
    const variables = { DATABASE_URL: reference('Postgres.URL'), LOG_LEVEL: 'info' }
    world.service(shop, 'web', {
      source,
      domain: domains,
      targetPort: 8080,
      variables,
      ...served,
    })
    world.service(shop, 'api', { source, variables, ...served })
    world.service(shop, 'mailer', { source: { repo: 'acme/mailer' }, ...served })
  }
  return world.workspaceToken(acme)
}
