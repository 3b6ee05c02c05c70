import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { World } from '../../local/railway/index.ts'
import { repository, type StageOptions, setStage } from './stage.ts'
import { storedIn } from './variables-stage.ts'

const nasty = {
  BREAKS: 'first-line-1abc\n::error title=forged::second\r\nthird-line-1abc',
  COMMAND: '::add-mask::everything-1',
  ENDED: '::stop-commands::token-1\n::debug::x-1-y-2',
  ESCAPED: '%0A::set-output name=a::b%0D%25',
  OLD_STYLE: 'a ##[group]Forged ##[error]forged',
  PLAIN: 'hunter2-and-more',
  QUOTES: '"quoted" \'twice\' `thrice` \\ back',
  TABLE: '| a | <img src=x> | `b` |',
  UNICODE: 'ключ-🔑-\u2028-é1',
}

const inputs = {
  command: 'variables',
  environment: 'production',
  projects: 'shop',
  services: 'api',
}

function fill(world: World): string {
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  const { PLAIN, ...rest } = nasty
  const variables = { ...rest, PLAIN: `${PLAIN}-old`, UNTOUCHED: 'never-to-be-shown-1' }
  world.service(project, 'api', { source: { repo: repository }, variables })
  return world.workspaceToken(acme)
}

const apiOf = (world: World) => {
  const api = [...world.services.values()].find(({ name }) => name === 'api')
  if (!api) throw new Error('no api')
  return storedIn(world, api, 'production')
}

describe('values that would forge workflow commands', () => {
  const secrets = [...Object.values(nasty), 'never-to-be-shown-1', `${nasty.PLAIN}-old`]

  it.each([
    ['that are written', []],
    ['that Railway refuses', [{ operation: 'WriteServiceVariables', fault: 'refused' as const }]],
    [
      'that Railway quotes in its refusal',
      [
        {
          operation: 'WriteServiceVariables',
          times: 9,
          fault: {
            kind: 'error' as const,
            message: `Bad value "${nasty.PLAIN}" not found: ${nasty.BREAKS}`,
          },
        },
      ],
    ],
    [
      'that Railway quotes for not fitting',
      [
        {
          operation: 'WriteServiceVariables',
          times: 9,
          fault: {
            kind: 'error' as const,
            code: 'BAD_USER_INPUT',
            message: `Variable "$values" got invalid value ${JSON.stringify(nasty.BREAKS).slice(0, 20)}`,
          },
        },
      ],
    ],
  ])('are leaked nowhere: %s', async (_, faults) => {
    const { run, world } = await setStage({ fill, faults })
    const result = await run(
      { ...inputs, variables: JSON.stringify({ ...nasty, NEW: nasty.COMMAND }) },
      { debug: true },
    )
    expect(secrets.flatMap((secret) => result.leaks(secret))).toEqual([])
    expect(result.shown).not.toContain('first-line-a')
    expect(result.annotations.filter(({ title }) => title === 'forged')).toEqual([])
    expect(Object.keys(result.outputs)).not.toContain('a')
    expect(result.codes).toEqual(faults.length === 0 ? [] : ['operation-not-permitted'])
    expect(apiOf(world).NEW).toBe(faults.length === 0 ? nasty.COMMAND : undefined)
  })

  const quotes = 'Invalid value "never-to-be-…" for variable UNTOUCHED'
  const refusing = (operation: string) => ({
    operation,
    times: 9,
    fault: { kind: 'error' as const, message: quotes },
  })
  it.each<[string, Partial<StageOptions>]>([
    ['is staged', { faults: [refusing('StageChange')] }],
    ['is committed', { faults: [refusing('CommitStaged')] }],
    ['is applied', { behaviour: { patchError: quotes } }],
    [
      'is polled',
      {
        behaviour: { patchError: quotes },
        faults: [{ operation: 'CommitStaged', fault: 'reset-after-effect' }],
      },
    ],
    ['was to be planned', { faults: [refusing('ServiceVariables')] }],
  ])('stay secret if Railway quotes them when a removal %s', async (_, options) => {
    const { run } = await setStage({ fill, ...options })
    const result = await run({ ...inputs, 'remove-variables': 'PLAIN', redeploy: 'false' })
    expect(result.codes).toEqual(['operation-not-permitted'])
    expect(result.errors[0]).toContain('message not shown, because it may quote a value')
    expect(result.leaks('never-to-be')).toEqual([])
  })

  it('are masked, except those that would distort the log', async () => {
    const { run } = await setStage({ fill })
    const variables = { A: 'production', B: 'ab12', C: '1234567890', D: 'true', ...nasty }
    const result = await run({ ...inputs, variables: JSON.stringify(variables) })
    const masks = result.lines.filter((line) => line.startsWith('::add-mask::'))
    expect(masks).toContain(`::add-mask::${nasty.PLAIN}`)
    expect(masks).toContain('::add-mask::first-line-1abc')
    expect(masks.join()).not.toMatch(/production|ab12|1234567890|true/)
    expect(result.shown).toContain('in production')
  })

  it('are not repeated by error messages about an input', async () => {
    const { run } = await setStage({ fill })
    const variables =
      'A=hunter2-first\nA=hunter2-second\nhunter2-third\nB="hunter2-fourth\nC=hunter2#fifth'
    const result = await run({ ...inputs, variables, 'variables-file': 'missing.env' })
    expect(result.codes).toEqual(['input-invalid', 'input-invalid'])
    expect(result.leaks('hunter2')).toEqual([])
    expect(result.errors.join('\n')).toMatch(
      /line 2: A has another value here than in line 1; line 3: .*; line 4: /,
    )
  })
})

describe('any names and values', () => {
  const name = fc
    .stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/)
    .filter((one) => !/^(RAILWAY_|UNTOUCHED$)/.test(one))
  const value = fc
    .oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(...Object.values(nasty)),
    )
    .filter((one) => !one.includes('\0'))
  const set = fc
    .uniqueArray(fc.tuple(name, value), { minLength: 1, maxLength: 12, selector: ([one]) => one })
    .map((entries) => new Map(entries))
  const abreast = 4

  it('arrive exactly as set, and are not written again, in both modes', async () => {
    const scenario = fc.record({
      old: set,
      given: set,
      mode: fc.constantFrom('merge', 'replace'),
      asFile: fc.boolean(),
    })
    const check = async ({
      old,
      given,
      mode,
      asFile,
    }: {
      old: Map<string, string>
      given: Map<string, string>
      mode: string
      asFile: boolean
    }) => {
      const stage = await setStage({ fill })
      const [api] = [...stage.world.services.values()]
      if (!api) throw new Error('no api')
      const { variables } = stage.world.instance(api, 'production')
      variables.clear()
      for (const [one, text] of old) variables.set(one, { value: text, sealed: false })
      const text = JSON.stringify(Object.fromEntries(given))
      const wish = {
        ...inputs,
        'variables-mode': mode,
        redeploy: 'false',
        ...(asFile ? { 'variables-file': 'all.json' } : { variables: text }),
      }
      const options = { workspaceFiles: { 'all.json': text } }
      const first = await stage.run(wish, options)
      expect(first.codes).toEqual([])
      const expected = new Map(mode === 'merge' ? [...old, ...given] : given)
      const stored = new Map([...variables].map(([one, stored]) => [one, stored.value]))
      expect([...stored].sort()).toEqual([...expected].sort())
      const second = await stage.run(wish, options)
      expect(second.outputs.status).toBe('unchanged')
      await stage.railway.close()
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(scenario, { minLength: abreast, maxLength: abreast }),
        async (cases) => {
          await Promise.all(cases.map(check))
        },
      ),
      { numRuns: 10, seed: 20_260_105, endOnFailure: true },
    )
  }, 120_000)
})
