import { describe, expect, it } from '@jest/globals'
import {
  type DeploymentScript,
  type FaultRule,
  type Script,
  scripts,
  type World,
} from '../../local/railway/index.ts'
import { fillShop, setPreviewStage } from './preview-stage.ts'
import { repository, setStage } from './stage.ts'

const password = 'hunter'
const stored = {
  DATABASE_URL: `postgres://shop:${password}@db.internal:5432/main`,
  STRIPE_KEY: 'sk_live_51H"xyz+/=',
  WORD: 'marmalade',
  REGION: 'us-east-1',
  MODE: 'web',
  PORT: '1234567',
}

/** A service `web` that crashes in this way, with variables of its own. */
function dying(script: Script, variables: Record<string, string> = stored) {
  return (world: World): string => {
    const acme = world.workspace('Acme')
    const shop = world.project(acme, 'shop')
    const web = world.service(shop, 'web', { source: { repo: repository }, variables })
    world.script(web, 'production', [script])
    return world.workspaceToken(acme)
  }
}

const key = stored.STRIPE_KEY
const base64 = Buffer.from(`x${key}`).toString('base64')

const printed = [
  `Error: cannot connect to ${stored.DATABASE_URL}`,
  `login failed for shop with ${password}`,
  `config ${JSON.stringify({ key })}`,
  `GET /?key=${encodeURIComponent(key)}`,
  `Authorization: Basic ${base64}`,
  'the word is marmalade, in us-east-1, for web at port 1234567',
  `\u001b[31m${key.slice(0, 5)}\u001b[0m${key.slice(5)}`,
  `${'x'.repeat(980)} ${key}`,
]

const shownNowhere = [
  password,
  'marmalade',
  key,
  key.slice(3, 14),
  JSON.stringify(key).slice(1, -1),
  encodeURIComponent(key),
  base64.slice(4, 20),
]

const inputs = { environment: 'production', projects: 'shop', services: 'web' }

describe('an app that prints its own variables when it crashes', () => {
  it.each([
    ['after it started', { ...scripts.crashes, deployLog: printed }],
    ['in its build', { ...scripts.buildFails, buildLog: printed }],
    [
      'and Railway repeats it in its diagnosis',
      { ...scripts.crashes, deployLog: printed, diagnosis: { summary: printed.join(' ') } },
    ],
    [
      'and Railway repeats it as the error of a step',
      {
        ...scripts.crashes,
        deployLog: printed,
        diagnosis: null,
        failure: { step: 'CREATE_CONTAINER' as const, error: printed.join(' ') },
      },
    ],
  ])('has none of them shown: %s', async (_, script) => {
    const { run } = await setStage({ fill: dying(script) })
    const result = await run(inputs, { debug: true })
    expect(result.codes).toEqual(['deployment-failed'])
    expect(shownNowhere.flatMap((text) => result.leaks(text))).toEqual([])
    expect(result.shown).toContain('***, in us-east-1, for web at port 1234567')
    expect(result.shown).toContain('shop/web')
  })

  it('has none of them in the comment of the pull request', async () => {
    const stage = await setPreviewStage({
      fill: (world) => {
        const token = fillShop(world)
        for (const service of world.services.values()) {
          const script = { ...scripts.crashes, deployLog: printed }
          if (service.name === 'web') world.script(service, 'pr-7', [script])
        }
        return token
      },
    })
    const run = await stage.preview({ sha: '1'.repeat(40) }, { variables: JSON.stringify(stored) })
    expect(run.exitCode).toBe(1)
    const bodies = stage.hub.comments.map(({ body }) => body).join()
    expect(bodies).toContain('&#42;&#42;&#42;')
    for (const text of shownNowhere) expect(bodies).not.toContain(text)
  })

  it('has its log omitted if its variables cannot be read', async () => {
    const { run } = await setStage({
      fill: dying({ ...scripts.crashes, deployLog: printed }),
      faults: [{ operation: 'RenderedVariables', times: 99, fault: 'refused' }],
    })
    const result = await run(inputs)
    expect(result.codes).toEqual(['deployment-failed'])
    expect(result.shown).toContain('The log is not shown')
    expect(shownNowhere.flatMap((text) => result.leaks(text))).toEqual([])
  })
})

/** Divides a text with terminal codes after its third character. */
const divided = (text: string) => `${text.slice(0, 3)}\u001b[0m\u001b[1m${text.slice(3)}`

describe('a value that terminal codes divide', () => {
  const lines = [
    `Error: the word is ${divided('marmalade')}`,
    ...[280, 286, 478, 487, 495, 4_980, 99_978].map(
      (length) => `Error: ${'x'.repeat(length)} ${divided('marmalade')} after it`,
    ),
  ]
  const parts = ['marm', 'marmala', 'malade']
  it.each<[string, Partial<DeploymentScript>]>([
    ...lines.map((line): [string, Partial<DeploymentScript>] => [
      `in a log line of ${line.length} characters`,
      { deployLog: [line] },
    ]),
    ...lines.map((line): [string, Partial<DeploymentScript>] => [
      `in a diagnosis of ${line.length} characters`,
      { deployLog: ['x'], diagnosis: { summary: line } },
    ]),
    [
      'in the error of a step',
      {
        deployLog: ['x'],
        diagnosis: null,
        failure: { step: 'CREATE_CONTAINER', error: lines[0] ?? '' },
      },
    ],
  ])('is not shown: %s', async (_, script) => {
    const { run } = await setStage({ fill: dying({ ...scripts.crashes, ...script }) })
    const result = await run(inputs, { debug: true })
    expect(result.codes).toEqual(['deployment-failed'])
    expect(parts.flatMap((text) => result.leaks(text))).toEqual([])
  })
})

describe("Railway's reason for a failure", () => {
  const text = 'the value marmalade of the variable is not allowed'
  const silent = { deployLog: [], buildLog: [], diagnosis: null }
  it.each<[string, Partial<DeploymentScript>]>([
    ['its diagnosis, without a log', { ...silent, diagnosis: { summary: text } }],
    [
      'the error of a step, without a log',
      { ...silent, failure: { step: 'CREATE_CONTAINER', error: text } },
    ],
    ['an error of the configuration', { ...silent, configErrors: [text] }],
    ['an error of the configuration beside a log', { deployLog: ['x'], configErrors: [text] }],
  ])('does not show a stored value: %s', async (_, script) => {
    const { run } = await setStage({ fill: dying({ ...scripts.crashes, ...script }) })
    const result = await run(inputs, { debug: true })
    expect(result.codes).toEqual(['deployment-failed'])
    expect(result.leaks('marmalade')).toEqual([])
    expect(result.shown).toContain('the value *** of the variable')
  })

  it.each<[string, Partial<DeploymentScript>]>([
    ['its diagnosis', { diagnosis: { summary: text } }],
    [
      'the error of a step',
      { diagnosis: null, failure: { step: 'CREATE_CONTAINER', error: text } },
    ],
    ['an error of the configuration', { diagnosis: null, configErrors: [text] }],
  ])('is omitted if the variables cannot be read: %s', async (_, script) => {
    const { run } = await setStage({
      fill: dying({ ...scripts.crashes, deployLog: printed, ...script }),
      faults: [{ operation: 'RenderedVariables', times: 99, fault: 'refused' }],
    })
    const result = await run(inputs, { debug: true })
    expect(result.codes).toEqual(['deployment-failed'])
    expect(result.leaks('marmalade')).toEqual([])
  })
})

describe('a server that quotes the request', () => {
  it.each([
    'Bad token TOKEN',
    'Bad token in {"authorization":"Bearer TOKEN"}',
    'Value marmalade-1 is not allowed for marmalade',
  ])('has none of it shown: %s', async (message) => {
    const faults: FaultRule[] = []
    const { run, token } = await setStage({
      faults,
      fill: (world) => {
        const made = dying(scripts.succeeds)(world)
        const quoting = { kind: 'error' as const, message: message.replace('TOKEN', made) }
        faults.push({ operation: 'DeployService', times: 9, fault: quoting })
        return made
      },
    })
    const result = await run(
      { ...inputs, variables: 'SECRET=marmalade-1\nWORD=marmalade' },
      { debug: true },
    )
    expect(result.exitCode).toBe(1)
    expect(result.leaks(token)).toEqual([])
    expect(result.leaks('marmalade')).toEqual([])
  })
})

describe('values that are names or words', () => {
  it('distort neither log nor outputs', async () => {
    const { run } = await setStage({ fill: dying(scripts.succeeds, {}) })
    const variables = {
      A: 'railway',
      B: 'production',
      C: 'success',
      D: 'us-east-1',
      E: '0123456789abcdef0123456789abcdef01234567',
      F: 'hunter2',
      G: 'https://railway.com',
    }
    const result = await run({ ...inputs, variables: JSON.stringify(variables) })
    expect(result.outputs.status).toBe('success')
    expect(JSON.stringify(result.outputs)).not.toContain('***')
    expect(result.summary).not.toContain('***')
    expect(result.summary).toContain('https://railway.com/project/')
  })
})
