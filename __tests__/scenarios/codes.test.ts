import { describe, expect, it } from '@jest/globals'
import type { Behaviour, FaultRule, World } from '../../local/railway/index.ts'
import { event, pullRequest, type RunOptions } from '../../local/runner/index.ts'
import { repository, setStage } from './stage.ts'

type Token = (world: World) => string

/** `Acme` with `shop` and `billing`, `Beta` with `warehouse`. */
function fill(token: Token) {
  return (world: World): string => {
    const acme = world.workspace('Acme')
    const shop = world.project(acme, 'shop', { environments: ['production', 'staging'] })
    world.service(shop, 'web', { source: { repo: repository } })
    world.service(shop, 'report', { source: { repo: repository }, in: ['production'] })
    const billing = world.project(acme, 'billing', { environments: ['production'] })
    world.service(billing, 'invoices', { source: { repo: 'acme/billing' } })
    const beta = world.workspace('Beta')
    const warehouse = world.project(beta, 'warehouse')
    world.service(warehouse, 'stock', { source: { repo: repository } })
    return token(world)
  }
}

function named(world: World, name: string) {
  const found = world.workspaces.find((workspace) => workspace.name === name)
  if (!found) throw new Error(`no workspace ${name}`)
  return found
}

const projectOf = (world: World, workspace: string, name: string) => {
  const found = named(world, workspace).projects.find((project) => project.name === name)
  if (!found) throw new Error(`no project ${name}`)
  return found
}

const ofAcme: Token = (world) => world.workspaceToken(named(world, 'Acme'))
const account: Token = (world) => world.accountToken([named(world, 'Acme'), named(world, 'Beta')])

interface Situation {
  name: string
  token?: Token
  inputs?: Record<string, string>
  behaviour?: Partial<Behaviour>
  faults?: FaultRule[]
  options?: Omit<RunOptions, 'inputs' | 'clock'>
  codes: string[]
  /** The texts that the errors and warnings contain, among others. */
  says?: RegExp[]
}

const down = (operation: string, fault: FaultRule['fault'] = 'status-502-html'): FaultRule => ({
  operation,
  fault,
  times: 1_000,
})

const situations: Situation[] = [
  {
    name: 'refused everywhere',
    token: (world) => {
      const token = ofAcme(world)
      world.revoke(token)
      return token
    },
    codes: ['token-invalid'],
    says: [/invalid: Railway does not recognize it/],
  },
  {
    name: 'an outage',
    faults: [down('WhoAmI'), down('TokenWorkspaces')],
    codes: ['api-unavailable'],
    says: [/HTTP 502\. The token is not the cause/],
  },
  {
    name: '`me` out of order',
    faults: [down('WhoAmI')],
    codes: [],
    says: [/may have access to more than this workspace/],
  },
  {
    name: '`apiToken` in a new shape',
    faults: [down('TokenWorkspaces', 'wrong-name')],
    codes: [],
    says: [/from the projects that the token has access to/],
  },
  {
    name: '`apiToken` refused to a workspace token',
    faults: [down('TokenWorkspaces', 'refused')],
    codes: [],
    says: [/from the projects that the token has access to/],
  },
  {
    name: 'both answers in a new shape',
    faults: [down('WhoAmI', 'wrong-name'), down('TokenWorkspaces', 'wrong-name')],
    codes: ['api-incompatible'],
    says: [/WhoAmI/],
  },
  {
    name: 'an account token, asked what it cannot answer',
    token: account,
    behaviour: { apiTokenForAccount: 'refused' },
    inputs: { workspace: 'acme' },
    codes: [],
    says: [/account token, which can do more than this run needs: it has access to 2 workspaces/],
  },
  {
    name: 'an account of two workspaces',
    token: account,
    codes: ['workspace-ambiguous'],
    says: [/"Acme", "Beta"/],
  },
  {
    name: 'two workspaces of the name that is given',
    token: (world) => world.accountToken([named(world, 'Acme'), world.workspace('Acme')]),
    inputs: { workspace: 'acme' },
    codes: ['workspace-ambiguous'],
    says: [/with the name "acme": "Acme \(\S+\)", "Acme \(\S+\)".*to one of the ids/],
  },
  {
    name: 'an account where only a workspace token will do',
    token: account,
    inputs: { workspace: 'Acme', 'require-workspace-token': 'true' },
    codes: ['token-account-scoped'],
  },
  {
    name: 'an account of no workspace',
    token: (world) => world.accountToken([]),
    codes: ['workspace-mismatch'],
    says: [/has access to no workspace/],
  },
  {
    name: 'a project of the other workspace',
    token: account,
    inputs: { workspace: 'Acme', projects: 'warehouse' },
    codes: ['project-not-in-scope'],
    says: [/The token also has access to workspace "Beta", which has this project/],
  },
  {
    name: 'an OAuth token',
    token: (world) => world.oauthToken([named(world, 'Acme')]),
    codes: [],
    says: [/expires after an hour/],
  },
  {
    name: 'an OAuth token without profile',
    token: (world) => world.oauthToken([named(world, 'Acme')], { scopes: ['openid'] }),
    behaviour: { apiTokenForOAuth: 'refused' },
    codes: ['workspace-mismatch'],
    says: [/OAuth token has access to no workspace/],
  },
  {
    name: 'an OAuth token for another workspace',
    token: (world) => world.oauthToken([named(world, 'Beta')]),
    inputs: { workspace: 'Acme' },
    codes: ['workspace-mismatch'],
    says: [/user did not consent to that workspace/],
  },
  {
    name: 'an OAuth token for one project only',
    token: (world) =>
      world.oauthToken([], {
        scopes: ['openid', 'email', 'profile', 'project:viewer'],
        projects: [projectOf(world, 'Acme', 'shop')],
      }),
    codes: [],
    says: [/OAuth token/],
  },
  {
    name: 'a second factor that is missing',
    token: (world) => {
      named(world, 'Acme').enforcesTwoFactor = true
      return world.accountToken([named(world, 'Acme')], { hasTwoFactor: false })
    },
    codes: ['two-factor-required'],
    says: [/Workspace "Acme" requires two-factor/],
  },
  {
    name: 'a second factor that is missing, and a workspace shown empty',
    token: (world) => {
      named(world, 'Acme').enforcesTwoFactor = true
      return world.accountToken([named(world, 'Acme')], { hasTwoFactor: false })
    },
    behaviour: { twoFactor: 'redacted' },
    codes: ['two-factor-required'],
    says: [/Workspace "Acme" requires two-factor/],
  },
  {
    name: 'a second factor does not concern a workspace token',
    token: (world) => {
      named(world, 'Acme').enforcesTwoFactor = true
      return ofAcme(world)
    },
    codes: [],
  },
  {
    name: 'a project token and its workspace',
    token: (world) => world.projectToken(projectOf(world, 'Acme', 'shop'), 'production'),
    inputs: { workspace: 'Acme' },
    codes: [],
  },
  {
    name: 'a project token and another workspace',
    token: (world) => world.projectToken(projectOf(world, 'Acme', 'shop'), 'production'),
    inputs: { workspace: 'Beta' },
    codes: ['workspace-mismatch'],
    says: [/project token belongs to workspace "Acme"/],
  },
  {
    name: 'a restricted environment',
    token: (world) => {
      world.environment(projectOf(world, 'Acme', 'shop'), 'audit', { restricted: true })
      return ofAcme(world)
    },
    inputs: { command: 'deploy', projects: 'shop', environment: 'audit' },
    codes: ['environment-restricted'],
    says: [/no access to environment "audit" of project "shop"/],
  },
  {
    name: 'an environment that others have',
    inputs: { command: 'deploy', projects: 'shop\nbilling', environment: 'staging' },
    codes: ['environment-not-found'],
    says: [/"billing" has no environment "staging".*"shop" has it/],
  },
  {
    name: 'a letter off',
    inputs: { command: 'deploy', projects: 'Shpo', environment: 'production' },
    codes: ['project-not-in-scope'],
    says: [/Did you mean "shop"/],
  },
  {
    name: 'a service of another environment',
    inputs: { command: 'deploy', projects: 'shop', environment: 'staging', services: 'report' },
    codes: ['service-not-found'],
    says: [/exists in environment "production" of project "shop"/],
  },
  {
    name: 'everything at once',
    inputs: {
      command: 'deploy',
      projects: 'nope\nbilling\nshop',
      environment: 'staging',
      services: 'wbe',
    },
    codes: ['project-not-in-scope', 'environment-not-found', 'service-not-found'],
  },
  {
    name: 'a refused deploy',
    inputs: { command: 'deploy', projects: 'shop', environment: 'staging' },
    faults: [{ kind: 'mutation', fault: 'refused' }],
    codes: ['operation-not-permitted'],
    says: [/Railway rejected the request to deploy service "web" of project "shop"/],
  },
  {
    name: 'an inventory that is refused',
    faults: [down('WorkspaceProjects', 'refused')],
    codes: ['operation-not-permitted'],
    says: [/read the projects of workspace "Acme"/],
  },
  {
    name: 'no secret for a fork',
    inputs: { token: '' },
    options: { event: pullRequest({ fork: true }) },
    codes: ['token-missing'],
    says: [/pull request from a fork/],
  },
  {
    name: 'no secret for Dependabot',
    inputs: { token: '' },
    options: { event: pullRequest({ dependabot: true }) },
    codes: ['token-missing'],
    says: [/only Dependabot secrets/],
  },
  {
    name: 'a fork where secrets are given',
    inputs: { token: '' },
    options: { event: pullRequest({ fork: true, target: true }) },
    codes: ['token-missing'],
    says: [/none was given to this step/],
  },
  {
    name: 'an empty variable',
    inputs: { token: '' },
    options: { env: { RAILWAY_TOKEN: '' } },
    codes: ['token-missing'],
    says: [/RAILWAY_TOKEN is set, but it is empty/],
  },
  {
    name: 'no token at all',
    inputs: { token: '' },
    options: { event: event('push', { sha: 'a'.repeat(40), ref: 'refs/heads/main' }) },
    codes: ['token-missing'],
    says: [/The input `token` and the environment variables/],
  },
]

describe('faults of the inputs have distinct codes', () => {
  it.each(situations)('$name', async (situation) => {
    const { token = ofAcme, inputs = {}, behaviour = {}, faults = [] } = situation
    const { run, railway } = await setStage({ fill: fill(token), behaviour, faults })
    const result = await run({ command: 'check', ...inputs }, situation.options)
    expect(result.codes).toEqual(situation.codes)
    expect(result.exitCode).toBe(situation.codes.length === 0 ? 0 : 1)
    const messages = [...result.errors, ...result.warnings].join('\n')
    for (const words of situation.says ?? []) expect(messages).toMatch(words)
    if (!situation.codes.includes('token-invalid')) expect(messages).not.toMatch(/\binvalid\b/i)
    expect(result.leaked).toEqual([])
    expect(railway.requests.filter(({ kind }) => kind === 'mutation').length).toBeLessThan(2)
  })
})

describe('more errors than GitHub shows', () => {
  it('are nine, and one that counts the rest; the summary and the report have all', async () => {
    const { run } = await setStage({ fill: fill(ofAcme) })
    const names = Array.from({ length: 14 }, (_, index) => `missing-${index + 1}`)
    const result = await run({
      command: 'deploy',
      environment: 'production',
      projects: names.join('\n'),
    })
    expect(result.errors).toHaveLength(10)
    expect(result.errors[9]).toBe(
      '5 more errors are listed in the job summary: [project-not-in-scope].',
    )
    for (const name of names) expect(result.summary).toContain(`"${name}"`)
    expect(result.outputs['error-code']).toBe('project-not-in-scope')
  })
})

describe('the source of the token is reported', () => {
  it.each<[string, Token, (token: string) => Record<string, string>, RegExp]>([
    [
      'RAILWAY_TOKEN with a workspace token',
      ofAcme,
      (token) => ({ RAILWAY_TOKEN: token }),
      /Railway's CLI expects a project token in RAILWAY_TOKEN\. This one is a workspace token\. This action accepts it/,
    ],
    [
      'both variables',
      ofAcme,
      (token) => ({ RAILWAY_API_TOKEN: token, RAILWAY_TOKEN: 'token-of-something-else' }),
      /RAILWAY_TOKEN is set too, to another token, which is not used/,
    ],
    [
      'both variables, one token',
      ofAcme,
      (token) => ({ RAILWAY_API_TOKEN: token, RAILWAY_TOKEN: token }),
      /RAILWAY_TOKEN is set too, to the same token/,
    ],
    [
      'RAILWAY_API_TOKEN with a project token',
      (world) => world.projectToken(projectOf(world, 'Acme', 'shop'), 'production'),
      (token) => ({ RAILWAY_API_TOKEN: token }),
      /token in RAILWAY_API_TOKEN\. This one is a project token/,
    ],
  ])('%s', async (_, token, env, words) => {
    const stage = await setStage({ fill: fill(token) })
    const result = await stage.run({ command: 'check', token: '' }, { env: env(stage.token) })
    expect(result.exitCode).toBe(0)
    expect(result.log.map(({ text }) => text).join('\n')).toMatch(words)
    expect(result.leaked).toEqual([])
  })
})

describe('the annotation points at the workflow file', () => {
  const path = '.github/workflows/deploy.yml'
  const workflow = `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: acme/railway-workspace-deploy@v1
        with:
          token: \${{ secrets.RAILWAY }}
          command: deploy
          environment: staging
          projects: |
            shop
            shpo
`
  const inputs = { command: 'deploy', environment: 'staging', projects: 'shop\nshpo' }
  const git = {
    '.git/HEAD': `${'a'.repeat(40)}\n`,
    '.git/config': '[remote "origin"]\n\turl = https://github.com/acme/shop\n',
  }

  it.each<
    [string, RunOptions['workspaceFiles'], Record<string, string>, RunOptions['env'], string]
  >([
    ['at the entry of the list', { [path]: workflow }, inputs, {}, `${path}:14`],
    ['at the token that is empty', { [path]: workflow }, { ...inputs, token: '' }, {}, `${path}:9`],
    [
      'at the step, if no input is the cause',
      { [path]: workflow.replace(/ {10}environment.*\n/, '') },
      { ...inputs, environment: '' },
      {},
      `${path}:7`,
    ],
    ['in a checkout in a folder', { [`sources/${path}`]: workflow }, inputs, {}, `${path}:14`],
    ['not if another commit is checked out', { [path]: workflow, ...git }, inputs, {}, 'none'],
    [
      'if that commit is checked out',
      { [path]: workflow, ...git },
      inputs,
      { GITHUB_WORKFLOW_SHA: 'a'.repeat(40) },
      `${path}:14`,
    ],
    [
      'not in a checkout of another repository',
      { [path]: workflow, '.git/config': git['.git/config'].replace('shop', 'other') },
      inputs,
      {},
      'none',
    ],
    ['not without a checkout', {}, inputs, {}, 'none'],
    [
      'not for a step of a composite action',
      { [path]: workflow },
      inputs,
      { GITHUB_ACTION_PATH: '/x' },
      'none',
    ],
    [
      'not for a workflow of another repository',
      { [path]: workflow },
      inputs,
      { GITHUB_WORKFLOW_REF: `other/repo/${path}@refs/heads/main` },
      'none',
    ],
  ])('%s', async (_, workspaceFiles, given, env, place) => {
    const { run } = await setStage({ fill: fill(ofAcme) })
    const result = await run(given, { workspaceFiles: workspaceFiles ?? {}, env: env ?? {} })
    const [error] = result.annotations.filter(({ level }) => level === 'error')
    expect(error?.file ? `${error.file}:${error.line}` : 'none').toBe(place)
  })

  it('says which secret is empty', async () => {
    const { run } = await setStage({ fill: fill(ofAcme) })
    const result = await run({ ...inputs, token: '' }, { workspaceFiles: { [path]: workflow } })
    expect(result.errors.join()).toContain(
      `The workflow sets \`token\` to \`$${'{{ secrets.RAILWAY }}'}\`, which is empty in this run`,
    )
  })

  it('says which job calls a reusable workflow without its secrets', async () => {
    const { run } = await setStage({ fill: fill(ofAcme) })
    const called = '.github/workflows/called.yml'
    const files = {
      [path]: `on: push\njobs:\n  ship:\n    uses: ./${called}\n`,
      [called]: workflow,
    }
    const result = await run({ ...inputs, token: '' }, { workspaceFiles: files })
    expect(result.annotations[0]).toMatchObject({ file: called, line: 9 })
    expect(result.errors.join()).toContain(
      `The job \`ship\` in ${path} calls this workflow without`,
    )
    const remote = {
      [path]: 'on: push\njobs:\n  ship:\n    uses: o/r/.github/workflows/x.yml@v1\n',
    }
    const elsewhere = await run({ ...inputs, token: '' }, { workspaceFiles: remote })
    expect(elsewhere.errors.join()).toContain('passes no secret for it')
    expect(elsewhere.annotations[0]?.file).toBeUndefined()
  })
})
