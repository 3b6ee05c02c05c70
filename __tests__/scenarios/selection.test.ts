import { describe, expect, it } from '@jest/globals'
import type { World } from '../../local/railway/index.ts'
import { changesMade, results, stage } from './fleet.ts'

const repository = { repo: 'acme/shop' }

/** Two projects with a database each; `billing` has nothing of this repository. */
function two(world: World) {
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop', { environments: ['production', 'staging'] })
  const web = world.service(shop, 'web', { source: repository })
  const worker = world.service(shop, 'worker', { source: repository })
  world.service(shop, 'Postgres', { source: { image: 'postgres:16' } })
  const billing = world.project(acme, 'billing')
  world.service(billing, 'invoices', { source: { repo: 'acme/billing' } })
  world.service(billing, 'Redis', { source: { image: 'redis:7' } })
  return { token: world.workspaceToken(acme), shop, billing, web, worker }
}

describe('a pattern that selects less than expected', () => {
  it.each([
    ['`projects` of nothing but comments', { projects: '# shop', services: '*' }, 'projects'],
    ['an exclusion of no service', { projects: 'shop', services: '*\n!postgers' }, 'services'],
    ['an exclusion of no project', { projects: '*\n!biling', services: '*' }, 'projects'],
  ])('%s changes nothing', async (_, inputs, input) => {
    const { run, railway } = await stage(two)
    const transcript = await run(inputs)
    expect(transcript.exitCode).toBe(1)
    expect(transcript.errors[0]).toMatch(
      { projects: /`projects`|"biling"/, services: /"postgers"/ }[input] ?? /never/,
    )
    expect(changesMade(railway)).toEqual([])
  })

  it('shared variables are not written to every project because of a comment', async () => {
    const { run, railway } = await stage(two)
    const transcript = await run({
      command: 'variables',
      projects: '# shop',
      'shared-variables': 'true',
      variables: 'A=1',
    })
    expect(transcript.codes).toEqual(['input-invalid'])
    expect(changesMade(railway)).toEqual([])
  })

  it('a list of exclusions alone excludes from the default selection', async () => {
    const { run } = await stage(two)
    const transcript = await run({ projects: 'shop', services: '!worker' })
    expect(results(transcript)).toEqual(['shop/web: deploy success'])
  })
})

describe('a project that is named and has nothing to do', () => {
  it('causes a warning', async () => {
    const { run } = await stage(two)
    const transcript = await run({ projects: 'shop\nbilling' })
    expect(transcript.exitCode).toBe(0)
    expect(transcript.warnings.join()).toContain('nothing is done there: "billing"')
    const byGlob = await run({ projects: '*', force: 'true' })
    expect(byGlob.warnings.join()).not.toContain('billing')
  })

  it('has its shared variables written, for services of any source', async () => {
    const { run } = await stage(two)
    const inputs = { command: 'variables', 'shared-variables': 'true', variables: 'A=1' }
    const transcript = await run({ ...inputs, projects: 'billing' })
    expect(transcript.codes).toEqual([])
    expect(JSON.parse(transcript.outputs.results ?? '[]')).toMatchObject([
      { project: 'billing', service: null, action: 'set-variables', status: 'success' },
    ])
  })
})

describe('an environment that the token may not act in', () => {
  it.each(['check', 'list', 'deploy'])(
    'is an error of `%s` if it is requested',
    async (command) => {
      const { run, railway } = await stage((world) => {
        const made = two(world)
        world.environment(made.shop, 'audit', { restricted: true })
        return made
      })
      const transcript = await run({ command, environment: 'audit', projects: 'shop' })
      expect(transcript.codes).toEqual(['environment-restricted'])
      expect(changesMade(railway)).toEqual([])
    },
  )
})

describe('an inventory with missing parts', () => {
  const gap = (field: string, times: number) => ({
    faults: [{ operation: 'WorkspaceProjects', fault: { kind: 'gap', field } as const, times }],
  })

  it.each(['source', 'latestDeployment', 'meta'])('`%s`: is read again', async (field) => {
    const { run } = await stage(two, gap(field, 1))
    const transcript = await run({ projects: 'shop' })
    expect(results(transcript)).toEqual(['shop/web: deploy success', 'shop/worker: deploy success'])
  })

  it.each(['source', 'latestDeployment', 'meta'])(
    '`%s`, permanently: nothing is changed, and the error names it',
    async (field) => {
      const { run, railway } = await stage(two, gap(field, Infinity))
      const transcript = await run({ projects: 'shop' })
      expect(transcript.codes).toEqual(['api-unavailable'])
      expect(transcript.errors[0]).toContain(`"${field}" of shop / production / web`)
      expect(changesMade(railway)).toEqual([])
    },
  )

  it('is a warning if nothing would be changed', async () => {
    const { run } = await stage(two, gap('source', Infinity))
    const transcript = await run({ command: 'check', environment: '' })
    expect(transcript.exitCode).toBe(0)
    expect(transcript.warnings.join()).toContain('"source" of shop / production / web')
  })
})

describe('pages that shift while they are read', () => {
  it('contain a project twice, and it is deployed once', async () => {
    let moved = false
    const { run, railway, world, shop } = await stage(two, { pages: { max: 1 } })
    railway.inject({
      operation: 'WorkspaceProjects',
      fault: 'slow',
      matching: ({ variables }) => {
        // Before the second page is read, a new project pushes the first one onto it.
        if (variables.after && !moved) {
          moved = true
          const { projects } = shop.workspace
          projects.unshift(world.project(shop.workspace, 'new'))
          projects.pop()
        }
        return false
      },
    })
    const transcript = await run({ projects: 'shop' })
    expect(moved).toBe(true)
    expect(results(transcript)).toEqual(['shop/web: deploy success', 'shop/worker: deploy success'])
    expect(world.newDeployments()).toHaveLength(2)
  })
})

describe('an environment that is missing in a project with many environments', () => {
  const manyEnvironments = (count: number) => (world: World) => {
    const acme = world.workspace('Acme')
    const previews = Array.from({ length: count - 1 }, (_, index) => `pr-${index + 1}`)
    const shop = world.project(acme, 'shop', { environments: ['production', ...previews] })
    world.service(shop, 'web', { source: repository, in: ['production'] })
    return { token: world.workspaceToken(acme) }
  }

  it.each([
    ['11, all of them', 11, {}, '"pr-10". No selected project has it.'],
    ['30, all of them', 30, {}, '"pr-29". No selected project has it.'],
    ['31, the first 30', 31, {}, '"pr-29" and 1 more. No selected project has it.'],
    [
      '30, for another input',
      30,
      { environment: 'production', services: 'web', 'from-environment': 'staging' },
      '"pr-29".',
    ],
  ])('lists its environments: %s', async (_, count, inputs, end) => {
    const { run } = await stage(manyEnvironments(count))
    const transcript = await run({ projects: 'shop', environment: 'staging', ...inputs })
    expect(transcript.codes).toEqual(['environment-not-found'])
    expect(transcript.errors[0]).toContain(`"pr-9", "pr-10"${count > 11 ? ', "pr-11"' : ''}`)
    expect(transcript.errors[0]).toContain(end)
  })
})

describe('patterns that select nothing', () => {
  const shop = (world: World) => {
    const acme = world.workspace('Acme')
    world.service(world.project(acme, 'shop'), 'web', { source: repository })
    return { token: world.workspaceToken(acme) }
  }
  const hint = 'Commas do not separate names'

  it.each<[string, Record<string, string>, boolean]>([
    ['services with a comma on one line', { projects: '*', services: 'a*, b*' }, true],
    ['services on several lines', { projects: '*', services: 'a*\nb*' }, false],
    ['services and an exclusion', { projects: '*', services: 'w*\n!web' }, false],
    ['projects with a comma on one line', { projects: 'a*, b*' }, true],
    ['projects and an exclusion', { projects: '*\n!shop' }, false],
  ])('%s: a hint about commas only if a pattern has one', async (_, inputs, hasHint) => {
    const { run } = await stage(shop)
    const transcript = await run(inputs)
    expect(transcript.exitCode).toBe(1)
    expect(transcript.errors[0]?.includes(hint)).toBe(hasHint)
  })
})
