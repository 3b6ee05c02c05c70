import { describe, expect, it } from '@jest/globals'
import { type SampleWorkspace, sampleWorkspace } from '../../local/railway/index.ts'
import { type Stage, setStage } from './stage.ts'

type TokenKind = keyof SampleWorkspace['tokens']
type Command = 'check' | 'list' | 'deploy'

/** The targets of the workflow; `shop` in production is the scope of the project token. */
const targets = {
  'its own environment': { projects: 'shop', environment: 'production' },
  'another environment': { projects: 'shop', environment: 'staging' },
  'another project': { projects: 'billing', environment: 'staging', services: 'invoices' },
  "another workspace's project": {
    projects: 'warehouse',
    environment: 'production',
    services: 'stock',
  },
  'no such project': { projects: 'shpo', environment: 'production' },
  'another workspace': { workspace: 'Nowhere', projects: 'shop', environment: 'production' },
} as const satisfies Record<string, Record<string, string>>

type Target = keyof typeof targets

const ok = 'ok'
const wholeWorkspace: Record<Target, string> = {
  'its own environment': ok,
  'another environment': ok,
  'another project': ok,
  "another workspace's project": 'project-not-in-scope',
  'no such project': 'project-not-in-scope',
  'another workspace': 'workspace-mismatch',
}

const always = (outcome: string): Record<Target, string> => ({
  'its own environment': outcome,
  'another environment': outcome,
  'another project': outcome,
  "another workspace's project": outcome,
  'no such project': outcome,
  'another workspace': outcome,
})

/** One row per kind of token. An account of two workspaces is used with `Acme`, unless the target says otherwise. */
const outcomes: Record<TokenKind, Record<Target, string>> = {
  workspace: wholeWorkspace,
  account: wholeWorkspace,
  oauth: wholeWorkspace,
  foreign: {
    ...always('project-not-in-scope'),
    "another workspace's project": ok,
    'another workspace': 'workspace-mismatch',
  },
  project: {
    ...always('token-project-scoped'),
    'its own environment': ok,
    'another workspace': 'workspace-mismatch',
  },
  revoked: always('token-invalid'),
}

/**
 * The commands under test. Every command runs the same code up to the plan, so a cell's outcome is the same for all of
 * them. A new command is one more entry here, with the inputs that it needs.
 */
const commands: Record<Command, Record<string, string>> = {
  check: {},
  list: {},
  deploy: { 'dry-run': 'true' },
}

const cells = (Object.keys(outcomes) as TokenKind[]).flatMap((token) =>
  (Object.keys(commands) as Command[]).map((command) => ({ token, command })),
)

async function stageWithSample(): Promise<{ stage: Stage; sample: SampleWorkspace }> {
  const filled: SampleWorkspace[] = []
  const stage = await setStage({
    fill: (world) => {
      const sample = sampleWorkspace(world)
      filled.push(sample)
      return sample.tokens.workspace
    },
  })
  const [sample] = filled
  if (!sample) throw new Error('The world was not filled.')
  return { stage, sample }
}

describe('a token of each kind, every command, targets in and out of its scope', () => {
  it.each(cells)('$token token, $command', async ({ token, command }) => {
    const { stage, sample } = await stageWithSample()
    const seen: Partial<Record<Target, string>> = {}
    await Promise.all(
      (Object.keys(targets) as Target[]).map(async (target) => {
        const chosen = token === 'account' ? { workspace: 'Acme' } : {}
        const run = await stage.run({
          ...chosen,
          ...targets[target],
          ...commands[command],
          command,
          token: sample.tokens[token],
        })
        seen[target] = run.exitCode === 0 ? ok : run.codes.join(' ')
        expect(run.leaked).toEqual([])
        expect(run.outputs['error-code']).toBe(run.codes[0] ?? '')
        if (token !== 'revoked') expect(run.shown).not.toMatch(/invalid/i)
      }),
    )
    expect(seen).toEqual(outcomes[token])
    expect(stage.railway.requests.filter(({ kind }) => kind === 'mutation')).toEqual([])
  })

  it('a project token deploys within its scope', async () => {
    const { stage, sample } = await stageWithSample()
    const run = await stage.run({ token: sample.tokens.project, environment: 'production' })
    expect(run.exitCode).toBe(0)
    expect(run.outputs['token-type']).toBe('project')
    expect(stage.world.newDeployments()).toHaveLength(4)
    expect(run.leaked).toEqual([])
  })

  it('an account token deploys with a warning that names the narrower token', async () => {
    const { stage, sample } = await stageWithSample()
    const run = await stage.run({
      token: sample.tokens.account,
      workspace: 'Acme',
      projects: 'shop-eu',
      environment: 'production',
    })
    expect(run.exitCode).toBe(0)
    expect(run.warnings.join()).toMatch(
      /account token, .*has access to 2 workspaces.*railway\.com\/account\/tokens.*"Acme" instead of "No workspace"/,
    )
  })
})

describe('the environments beside the one of a project token', () => {
  it.each([
    ['refused', 'refused'],
    ['shown empty', 'empty'],
  ] as const)('do not prevent the deployment: %s', async (_, restrictedEnvironment) => {
    const tokens: string[] = []
    const stage = await setStage({
      behaviour: { restrictedEnvironment },
      fill: (world) => {
        const sample = sampleWorkspace(world)
        world.environment(sample.projects.shop, 'closed', { restricted: true })
        tokens.push(sample.tokens.project)
        return sample.tokens.project
      },
    })
    const run = await stage.run({ command: 'check' })
    expect(run.exitCode).toBe(0)
    expect(run.shown).toContain('1 project, 1 environment, 6 services')
    expect(run.json('projects')).toMatchObject([{ name: 'shop', environmentName: 'production' }])
  })
})

describe('the scope card', () => {
  it('reports at the start the kind and the scope of the token, its limits, and the rest of the budget', async () => {
    const { stage } = await stageWithSample()
    const run = await stage.run({ command: 'check' })
    const log = run.log.map(({ text }) => text).join('\n')
    for (const [label, value] of [
      ['Token', 'workspace token, from the input `token`'],
      ['Workspace', 'Acme ('],
      ['Has access to', '5 projects, 9 environments (1 restricted: billing/audit), 18 services'],
      ['Cannot', 'access other workspaces, or act as a person'],
      ['Requests left', ' this hour'],
    ] as const) {
      expect(log).toMatch(new RegExp(`^${label} +.*`, 'm'))
      expect(log).toContain(value)
      expect(run.summary).toContain(`**${label}**`)
    }
    expect(run.summary).toContain('workspace token, from the input <code>token</code>')
    expect(run.summary).toContain('accessible, except for 1 restricted environment')
  })

  it('is shown for a token of the wrong workspace, too', async () => {
    const { stage, sample } = await stageWithSample()
    const run = await stage.run({
      command: 'check',
      token: sample.tokens.foreign,
      workspace: 'Acme',
    })
    expect(run.summary).toMatch(/\*\*Workspace\*\* \| Beta/)
    expect(run.summary).toContain('**Requests left**')
    expect(run.outputs['token-type']).toBe('workspace')
  })
})
