import { describe, expect, it } from '@jest/globals'
import type { World } from '../../local/railway/index.ts'
import { changesMade, plan, stage } from './fleet.ts'
import { repository } from './stage.ts'

function shop(world: World) {
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  const variables = { STRIPE_KEY: 'sk_live_1', EMPTY: '', LOG_LEVEL: 'info' }
  const web = world.service(project, 'web', { source: { repo: repository }, variables })
  return { token: world.workspaceToken(acme), web }
}

const inputs = { command: 'variables', projects: 'shop', services: 'web' }

describe('an empty value', () => {
  it.each([
    ['of a variable that has one', 'STRIPE_KEY='],
    ['beside values that are fine', 'LOG_LEVEL=debug\nSTRIPE_KEY='],
    ['in quotes', "STRIPE_KEY=''"],
    ['in JSON', '{"STRIPE_KEY":""}'],
  ])('%s is refused, and nothing is written', async (_, variables) => {
    const { run, railway } = await stage(shop)
    const result = await run({ ...inputs, variables })
    expect(result.codes).toEqual(['empty-value'])
    expect(result.errors[0]).toContain('STRIPE_KEY')
    expect(changesMade(railway)).toEqual([])
  })

  it('is refused of `deploy` with variables, too', async () => {
    const { run, railway } = await stage(shop)
    const result = await run({ projects: 'shop', services: 'web', variables: 'STRIPE_KEY=' })
    expect(result.codes).toEqual(['empty-value'])
    expect(changesMade(railway)).toEqual([])
  })

  it('of a variable that is empty already changes nothing', async () => {
    const { run, railway } = await stage(shop)
    const result = await run({ ...inputs, variables: 'EMPTY=' })
    expect([result.exitCode, result.outputs.status]).toEqual([0, 'unchanged'])
    expect(changesMade(railway)).toEqual([])
  })

  it('of a new variable is written, with a warning', async () => {
    const { run } = await stage(shop)
    const result = await run({ ...inputs, variables: 'NEW=' })
    expect(result.exitCode).toBe(0)
    expect(result.warnings.join()).toContain('shop/web (NEW)')
  })

  it('is written if `allow-empty-values` permits it', async () => {
    const { run } = await stage(shop)
    const result = await run({ ...inputs, variables: 'STRIPE_KEY=', 'allow-empty-values': 'true' })
    expect([result.exitCode, result.codes]).toEqual([0, []])
  })
})

describe('`fail-on-changes`', () => {
  it('fails a dry run that has something to do, once', async () => {
    const { run, railway } = await stage(shop)
    const result = await run({ 'dry-run': 'true', 'fail-on-changes': 'true' })
    expect([result.exitCode, result.codes]).toEqual([1, ['changes-pending']])
    expect(plan(result)).toHaveLength(1)
    expect(changesMade(railway)).toEqual([])
  })

  it('passes a dry run that has nothing to do', async () => {
    const { run } = await stage(shop)
    const nothing = { ...inputs, variables: 'LOG_LEVEL=info' }
    const result = await run({ ...nothing, 'dry-run': 'true', 'fail-on-changes': 'true' })
    expect([result.exitCode, result.codes, result.outputs.status]).toEqual([0, [], 'unchanged'])
  })
})
