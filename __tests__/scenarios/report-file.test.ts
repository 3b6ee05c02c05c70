import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { scripts, type World } from '../../local/railway/index.ts'
import { readAction } from '../../scripts/docs/action.ts'
import { setPreviewStage } from './preview-stage.ts'
import { type Run, repository } from './stage.ts'

const text = readFileSync(new URL('../../docs/outputs.schema.json', import.meta.url), 'utf8')

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(JSON.parse(text))

/** The schema in a form that permits only described properties. */
const validateStrictly = new Ajv2020({ allErrors: true }).compile(
  JSON.parse(
    text.replaceAll('"type": "object",', '"type": "object", "unevaluatedProperties": false,'),
  ),
)

const reportOf = ({ tempFiles, outputs }: Run): Record<string, unknown> =>
  JSON.parse(tempFiles[outputs['report-file'] ?? ''] ?? 'null')

/** A value in the form that the runner takes for an output. */
const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** A service of this repository whose second deployment fails, an image and an empty service. */
function fill(world: World): string {
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop', { environments: ['production', 'staging'] })
  const web = world.service(shop, 'web', {
    source: { repo: repository },
    variables: { LOG_LEVEL: 'info' },
    history: [{ commit: 'a'.repeat(40) }, { commit: 'b'.repeat(40) }],
    domain: true,
  })
  world.service(shop, 'cache', { source: { image: 'redis:7.4.1' } })
  world.service(shop, 'empty', { source: 'none' })
  world.script(web, 'staging', [scripts.buildFails])
  return world.workspaceToken(acme)
}

const production = { environment: 'production' }

describe('the report file', () => {
  it.each([
    ['a list', 'success', { command: 'list' }],
    ['a check', 'success', { command: 'check' }],
    ['a diagnosis', 'success', { command: 'check', diagnose: 'true' }],
    ['a deployment', 'success', { command: 'deploy', ...production }],
    ['a failed deployment', 'failure', { command: 'deploy', environment: 'staging' }],
    [
      'a deployment not waited for',
      'accepted',
      { command: 'deploy', wait: 'false', ...production },
    ],
    [
      'an image',
      'success',
      { command: 'deploy', image: 'redis:7.4.2', projects: 'shop', ...production },
    ],
    ['a dry run', 'planned', { command: 'deploy', 'dry-run': 'true', ...production }],
    ['variables', 'success', { command: 'variables', variables: 'A=b', ...production }],
    ['a rollback', 'success', { command: 'rollback', ...production }],
    ['a preview', 'success', { command: 'preview' }],
    ['nothing', 'unchanged', { command: 'deploy', services: '[]', ...production }],
    ['a miss', 'failure', { command: 'deploy', services: 'nope', projects: 'shop', ...production }],
    ['unusable inputs', 'failure', { command: 'fly' }],
    ['an unknown token', 'failure', { command: 'list', token: 'e'.repeat(36) }],
  ])('of %s is %s and has the documented form', async (_, status, inputs) => {
    const stage = await setPreviewStage({ fill })
    const run = await stage.preview({}, inputs)
    const report = reportOf(run)
    expect(report).toMatchObject({ schemaVersion: 1, status })
    validate(report)
    expect(validate.errors ?? []).toEqual([])
    validateStrictly(report)
    expect(validateStrictly.errors ?? []).toEqual([])
    const { 'report-file': _path, ...outputs } = run.outputs
    const texts = Object.keys(outputs).map((name) => [name, asText(report[name])])
    expect(outputs).toEqual(Object.fromEntries(texts))
  })

  it('has every output of action.yml in it, except for its own path', async () => {
    const stage = await setPreviewStage({ fill })
    const run = await stage.preview({}, { command: 'list' })
    const names = Object.keys(readAction().outputs)
    expect(Object.keys(run.outputs).sort()).toEqual([...names].sort())
    const { schemaVersion, warnings, ...outputs } = reportOf(run)
    expect([schemaVersion, warnings]).toEqual([1, []])
    expect(Object.keys(outputs).sort()).toEqual(names.filter((one) => one !== 'report-file').sort())
  })
})

describe('the schema of the report file', () => {
  it.each([
    ['at its root', (report: object) => ({ ...report, more: 1 })],
    ['in a matrix', (report: object) => ({ ...report, matrix: { include: [], more: 1 } })],
    [
      'in an error',
      (report: object) => ({ ...report, warnings: [{ title: '', message: '', more: 1 }] }),
    ],
  ])('describes all properties %s', async (_, withMore) => {
    const stage = await setPreviewStage({ fill })
    const report = reportOf(await stage.preview({}, { command: 'list' }))
    expect(validate(withMore(report))).toBe(true)
    expect(validateStrictly(withMore(report))).toBe(false)
  })

  it.each([
    ['another version', { schemaVersion: 2 }],
    ['no version', { schemaVersion: undefined }],
    ['an unknown status', { status: 'fine' }],
    ['a result that is text', { results: ['shop/web'] }],
    ['a matrix that is a list', { matrix: [] }],
    ['a number instead of text', { 'environment-name': 7 }],
  ])('does not take %s', async (_, wrong) => {
    const stage = await setPreviewStage({ fill })
    const report = reportOf(await stage.preview({}, { command: 'list' }))
    expect(validate(report)).toBe(true)
    expect(validate(JSON.parse(JSON.stringify({ ...report, ...wrong })))).toBe(false)
  })
})
