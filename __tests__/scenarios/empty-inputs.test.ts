import { describe, expect, it } from '@jest/globals'
import type { World } from '../../local/railway/index.ts'
import { changesMade, results, stage } from './fleet.ts'

const repository = { repo: 'acme/shop' }

/** Projects `p1` to `p6` with a service of this repository each, with variables, and a database. */
function six(world: World) {
  const acme = world.workspace('Acme')
  for (const name of ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']) {
    const project = world.project(acme, name)
    const variables = { STRIPE_KEY: 'sk_live_stored', EMPTY: '' }
    world.service(project, 'api', { source: repository, variables })
    world.service(project, 'Postgres', { source: { image: 'postgres:16' } })
  }
  return { token: world.workspaceToken(acme) }
}

describe('an empty list', () => {
  it.each<[string, Record<string, string>]>([
    ['of projects', { projects: '[]' }],
    ['of services', { projects: '*', services: ' [] ' }],
    ['of services without projects', { services: '[]' }],
    [
      'of projects for shared variables',
      { command: 'variables', projects: '[]', variables: 'A=1', 'shared-variables': 'true' },
    ],
    [
      'of projects to delete variables in',
      { command: 'variables', projects: '[]', services: '*', 'remove-variables': 'EMPTY' },
    ],
    ['of services to upload to', { projects: '*', services: '[]', directory: '.' }],
    ['of projects to roll back', { command: 'rollback', projects: '[]' }],
    ['of projects to list', { command: 'list', projects: '[]' }],
  ])('%s ends well and changes nothing', async (_, inputs) => {
    const { run, railway } = await stage(six)
    const transcript = await run(inputs)
    expect(transcript.codes).toEqual([])
    expect(transcript.exitCode).toBe(0)
    expect(transcript.outputs.status).toBe('unchanged')
    expect(transcript.annotations.filter(({ level }) => level === 'notice')).toHaveLength(1)
    expect(changesMade(railway)).toEqual([])
  })
})

describe('a step in a group', () => {
  const step = (indent: string, name: string) => `${indent}- uses: acme/railway-workspace-deploy@v1
${indent}  with:
${indent}    token: \${{ secrets.T }}
${indent}    projects: \${{ vars.${name} }}
${indent}    environment: \${{ vars.ENV }}
`
  const workflow = `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
${step('      ', 'FIRST')}      - parallel:
${step('          ', 'SECOND')}          - run: npm test
`

  it.each(['__acme_railway-workspace-deploy', '__acme_railway-workspace-deploy_2'])(
    'does not select every project by an empty expression, although it is not clear which step it is: %s',
    async (name) => {
      const { run, railway } = await stage(six)
      const result = await run(
        { projects: '' },
        {
          workspaceFiles: { '.github/workflows/deploy.yml': workflow },
          env: { GITHUB_ACTION: name },
        },
      )
      expect(result.codes).toEqual(['input-invalid'])
      expect(result.errors[0]).toContain(`\`\${{ vars.FIRST }}\`, \`\${{ vars.SECOND }}\``)
      expect(result.annotations).toMatchObject([{ file: undefined, line: undefined }])
      expect(railway.requests).toEqual([])
    },
  )
})

describe('a matrix of shards', () => {
  it('deploys every project exactly once', async () => {
    const { run } = await stage(six)
    const taken: string[] = []
    for (const part of [1, 2, 3]) {
      const transcript = await run({ projects: '*', shard: `${part}/3` })
      expect(transcript.exitCode).toBe(0)
      taken.push(...results(transcript))
    }
    expect(taken.toSorted()).toEqual(
      ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'].map((name) => `${name}/api: deploy success`),
    )
  })
})

describe('services by', () => {
  it.each<[string, string, string[]]>([
    ['`@repository`', '@repository', ['p1/api']],
    ['`@repository` and a name', '@repository\nPostgres', ['p1/api', 'p1/Postgres']],
    ['everything but `@repository`', '*\n!@repository', ['p1/Postgres']],
    ['a negated class', '[!p]*', ['p1/api']],
    ['braces', '{api,none}', ['p1/api']],
    ['a JSON array', '["API"]', ['p1/api']],
  ])('%s', async (_, services, expected) => {
    const { run } = await stage(six)
    const transcript = await run({ projects: 'p1', services, force: 'true' })
    expect(results(transcript).toSorted()).toEqual(
      expected.map((name) => `${name}: deploy success`).toSorted(),
    )
  })
})

describe('an empty value', () => {
  const variables = { command: 'variables', projects: 'p1', services: 'api' }
  it.each<[string, string, string[]]>([
    ['over another', 'STRIPE_KEY=', ['empty-value']],
    ['over another, quoted', 'STRIPE_KEY=""', ['empty-value']],
    ['over another, as JSON', '{"STRIPE_KEY": ""}', ['empty-value']],
    ['over an empty one', 'EMPTY=', []],
  ])('%s', async (_, text, codes) => {
    const { run, railway } = await stage(six)
    const transcript = await run({ ...variables, variables: text })
    expect(transcript.codes).toEqual(codes)
    expect(changesMade(railway)).toEqual([])
  })

  it('is written if it is allowed, and with a warning if the variable is new', async () => {
    const { run } = await stage(six)
    const allowed = await run({
      ...variables,
      variables: 'STRIPE_KEY=',
      'allow-empty-values': 'true',
    })
    expect(allowed.codes).toEqual([])
    const added = await run({ ...variables, variables: 'NEW=' })
    expect(added.codes).toEqual([])
    expect(added.warnings.join()).toContain('p1/api (NEW)')
  })
})

describe('variables of another environment', () => {
  it.each<[string, string, string | RegExp]>([
    ['by a glob', 'S*', 'adds STRIPE_KEY'],
    ['by exclusion', '!STRIPE*', 'adds EMPTY'],
    ['by a name that does not exist', 'STRIP_KEY', 'input-invalid'],
  ])('%s', async (_, names, part) => {
    const { run } = await stage((world) => {
      const acme = world.workspace('Acme')
      const project = world.project(acme, 'p1', { environments: ['production', 'staging'] })
      const variables = { STRIPE_KEY: 'sk_test_stored', EMPTY: '' }
      world.service(project, 'api', { source: repository, per: { staging: { variables } } })
      return { token: world.workspaceToken(acme) }
    })
    const transcript = await run({
      command: 'variables',
      projects: 'p1',
      services: 'api',
      'variables-from': 'staging',
      'variables-names': names,
      'dry-run': 'true',
    })
    expect(`${transcript.codes.join()} ${transcript.outputs.plan}`).toMatch(part)
  })
})
