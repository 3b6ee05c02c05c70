import { afterEach } from '@jest/globals'
import { GitHubWorld, type LocalGitHub, startLocalGitHub } from '../../local/github/index.ts'
import {
  type Alternative,
  alternatives,
  type FaultRule,
  faultCatalogue,
  scripts,
  type World,
} from '../../local/railway/index.ts'
import { pullRequest } from '../../local/runner/index.ts'
import { assumptions, topics } from '../../src/railway/assumptions/index.ts'
import { disagreements } from './agreement.ts'
import { type Run, repository, type Stage, setStage } from './stage.ts'

const sha = '1'.repeat(40)
const [older, old] = ['a'.repeat(40), 'b'.repeat(40)]

/** The tokens of the world, by their kinds. */
interface Tokens {
  account: string
  oauth: string
  project: string
}

/** A stage with a GitHub beside it, and the resources that the commands of the matrix need. */
interface MatrixStage extends Stage {
  tokens: Tokens
  preview(event: { sha?: string; action?: 'opened' | 'closed' }): Promise<Run>
}

/** A command of the matrix: its runs, the first of which is compared with the world. */
type Command = (stage: MatrixStage) => Promise<readonly Run[]>

const here = { environment: 'production', projects: 'shop' }
const code = { ...here, services: 'web\napi' }
const files = { workspaceFiles: { 'site/index.html': '<h1>hello</h1>' } }

/** Every command, and every variant of it that sends other requests. */
export const commands = {
  check: async ({ run }) => [await run({ command: 'check' })],
  list: async ({ run }) => [await run({ command: 'list' })],
  'check with an account token': async ({ run, tokens }) => [
    await run({ command: 'check', token: tokens.account, workspace: 'Acme' }),
  ],
  'check with an OAuth token': async ({ run, tokens }) => [
    await run({ command: 'check', token: tokens.oauth, workspace: 'Acme' }),
  ],
  'deploy with a project token': async ({ run, tokens }) => [
    await run({ ...code, token: tokens.project }),
  ],
  deploy: async ({ run }) => [await run(code)],
  'deploy of a build that fails': async ({ run, world }) => {
    const web = [...world.services.values()].find(({ name }) => name === 'web')
    if (web) world.script(web, 'production', [scripts.buildFails])
    return [await run(code)]
  },
  'deploy of an image': async ({ run }) => [
    await run({ ...here, image: 'ghcr.io/acme/mailer:2', services: 'mailer' }),
  ],
  'deploy of a directory': async ({ run }) => [
    await run({ ...here, directory: 'site', services: 'site' }, files),
  ],
  promotion: async ({ run }) => [
    await run({ ...code, services: 'web', 'from-environment': 'staging' }),
  ],
  variables: async ({ run }) => [
    await run({
      ...here,
      command: 'variables',
      services: 'web',
      variables: 'LOG_LEVEL=debug\nNEW=1',
      'remove-variables': 'OLD',
    }),
  ],
  'shared variables': async ({ run }) => [
    await run({
      ...here,
      command: 'variables',
      'shared-variables': 'true',
      variables: 'REGION=us',
    }),
  ],
  rollback: async ({ run }) => [await run({ ...code, command: 'rollback' })],
  preview: async ({ preview }) => [await preview({ action: 'opened', sha })],
  'preview that is closed': async ({ preview }) => [
    await preview({ action: 'opened', sha }),
    await preview({ action: 'closed', sha }),
  ],
} satisfies Record<string, Command>

export type CommandName = keyof typeof commands

function fill(world: World, tokens: Partial<Tokens>): string {
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop', { environments: ['production', 'staging'] })
  world.project(acme, 'gone', { deleted: true })
  const environment = world.environmentOf(shop, 'production')
  const source = { repo: repository }
  const history = [{ commit: older }, { commit: old }]
  world.sharedVariables(environment, { REGION: 'eu' })
  world.service(shop, 'Postgres', {
    source: { image: 'postgres:16' },
    volume: '/data',
    variables: { PASSWORD: 'hunter2' },
  })
  world.service(shop, 'web', {
    source,
    history,
    domain: true,
    targetPort: 8080,
    variables: { LOG_LEVEL: 'info', OLD: '1', REGION: `$${'{{shared.REGION}}'}` },
    sealed: { KEY: 'sealed' },
    per: { staging: { live: { commit: sha } } },
  })
  world.service(shop, 'api', { source, history, variables: { LOG_LEVEL: 'info' } })
  world.service(shop, 'mailer', { source: { image: 'ghcr.io/acme/mailer:1' } })
  world.service(shop, 'site', { live: {} })
  world.environment(shop, 'audit', { restricted: true })
  world.environment(shop, 'past', { deleted: true })
  tokens.account = world.accountToken([acme, world.workspace('Beta')])
  tokens.oauth = world.oauthToken([acme])
  tokens.project = world.projectToken(shop, 'production')
  return world.workspaceToken(acme)
}

const open: LocalGitHub[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((github) => github.close()))
})

type Option = Alternative['option']

async function setMatrixStage(option: Option, faults: FaultRule[]): Promise<MatrixStage> {
  const tokens = { account: '', oauth: '', project: '' }
  const stage = await setStage({ behaviour: option, fill: (world) => fill(world, tokens), faults })
  const hub = new GitHubWorld({ clock: stage.clock, repository })
  hub.pullRequest(7)
  const github = await startLocalGitHub({ world: hub, clock: stage.clock })
  open.push(github)
  const inputs = { command: 'preview', projects: 'shop', services: 'web\nPostgres' }
  return {
    ...stage,
    tokens,
    preview: (options) => {
      const event = pullRequest(options)
      hub.applyEvent(event.payload)
      return stage.run(
        { ...inputs, variables: 'LOG_LEVEL=debug' },
        { event, github: { apiUrl: github.url } },
      )
    },
  }
}

/** The result of one cell of the matrix. */
export interface CellResult {
  /** Codes of the errors of all runs. */
  readonly codes: readonly string[]
  /** Everything that is wrong for every behaviour of Railway. */
  readonly wrong: readonly string[]
  /** Operations that were sent. */
  readonly sent: ReadonlySet<string>
}

/** Runs a command against a Railway that follows these readings. */
export async function runCell(
  name: CommandName,
  option: Option = {},
  faults: FaultRule[] = [],
): Promise<CellResult> {
  const stage = await setMatrixStage(option, faults)
  const runs = await commands[name](stage)
  const { world, railway } = stage
  const changes = railway.requests.filter(({ kind }) => kind === 'mutation' || kind === 'upload')
  const reads = /^(check|list)/.test(name)
  return {
    codes: runs.flatMap(({ codes }) => codes),
    wrong: [
      ...runs.slice(0, 1).flatMap((run) => (reads ? defects(run) : disagreements(run, world))),
      ...runs.slice(1).flatMap(defects),
      ...(reads && changes.length > 0 ? ['a command that only reads has changed something'] : []),
      ...wrongInWorld(world),
    ],
    sent: new Set(railway.requests.map(operationOf)),
  }
}

const operationOf = ({ kind, operationName }: { kind: string; operationName: string | null }) =>
  kind === 'upload' ? 'Upload' : (operationName ?? '')

function defects(run: Run): string[] {
  return [
    ...(run.codes.includes('internal-error') ? [`a defect: ${run.errors.join()}`] : []),
    ...run.leaked.map(() => 'a token leaked'),
    ...((run.exitCode === 0) === (run.codes.length === 0) ? [] : ['exit code and errors differ']),
  ]
}

/** A preview is made once and never runs on the commit or values of the base, and no sealed value is lost. */
function wrongInWorld(world: World): string[] {
  const previews = [...world.environments.values()].filter(({ name }) => name === 'pr-7')
  const [web] = [...world.services.values()].filter(({ name }) => name === 'web')
  const ofPreview = [...world.deployments.values()].filter(
    ({ instance }) => instance.service === web && instance.environment.name === 'pr-7',
  )
  const sealed = web && world.instance(web, 'production').variables.get('KEY')
  return [
    ...(previews.length > 1 ? [`${previews.length} previews were made`] : []),
    ...ofPreview.flatMap(({ content }) =>
      content.kind === 'commit' && content.commit === sha ? [] : ['a preview of another commit'],
    ),
    ...ofPreview.flatMap(({ variables }) =>
      variables.LOG_LEVEL === 'debug' ? [] : ["a preview with the base's values"],
    ),
    ...(sealed?.sealed && sealed.value === 'sealed' ? [] : ['a sealed value is lost']),
  ]
}

/** One cell of the matrix: a command, and readings that Railway follows at once. */
export interface Cell {
  readonly id: string
  readonly option: Option
  readonly faults: FaultRule[]
}

const assumptionOf = (id: string) => id.split('/')[0] ?? ''

/** Readings that hide others, so they are in the last packs, after the others. */
const hiding = new Set(['rate-limit-headers', 'fields', 'objects'])

const packs = 6

/**
 * Returns the alternatives of the assumptions behind every request, several in one cell: the first of each such
 * assumption, the second of each, and so on. A limit is reached during the run, so that the responses after it are
 * tested, too.
 */
export function packedCells(): Cell[] {
  const options = Array.from({ length: packs }, (): Alternative[] => [])
  for (const { id, operations } of assumptions) {
    if (operations !== 'all') continue
    const own = alternatives.filter((one) => assumptionOf(one.id) === id)
    const from = hiding.has(id) ? packs - own.length : 0
    for (const [index, one] of own.entries()) options[from + index]?.push(one)
  }
  return options.map((pack) => ({
    id: pack.map(({ id }) => id).join(' + '),
    option: Object.assign({}, ...pack.map(({ option }) => option)),
    faults: [{ nth: 4, fault: faultCatalogue['rate-limited'] }],
  }))
}

/** The alternatives of the assumptions behind these requests, one in a cell. */
function singleCells(sent: ReadonlySet<string>): Cell[] {
  const touched = new Set(
    assumptions
      .filter(({ operations }) => operations !== 'all' && operations.some((one) => sent.has(one)))
      .map(({ id }) => id),
  )
  return alternatives
    .filter(({ id }) => touched.has(assumptionOf(id)))
    .map(({ id, option }) => ({ id, option, faults: [] }))
}

/**
 * Returns the cells of a command: its requests decide which readings can matter to it. A command that is `like` another
 * one gets only the cells for requests that the other does not send.
 */
export async function cellsOf(name: CommandName, like?: CommandName): Promise<Cell[]> {
  const { sent } = await runCell(name)
  if (!like) return [...packedCells(), ...singleCells(sent)]
  const known = (await runCell(like)).sent
  return singleCells(new Set([...sent].filter((one) => !known.has(one))))
}

/** The cells of the assumptions about tokens, for a token of another kind. */
export const tokenCells = (): Cell[] => {
  const [topic] = topics
  const ids = new Set(topic?.assumptions.map(({ id }) => id))
  return alternatives
    .filter(({ id }) => ids.has(assumptionOf(id)))
    .map(({ id, option }) => ({ id, option, faults: [] }))
}
