import { describe, expect, it } from '@jest/globals'
import {
  type FaultRule,
  type LocalRailway,
  type Script,
  scripts,
  type World,
} from '../../local/railway/index.ts'
import { stage } from './fleet.ts'
import { type Run, repository } from './stage.ts'

const secret = 'sk_live_51HxyzAbCdEf'

const many = Array.from({ length: 300 }, (_, index) => `step ${index + 1} of the build`)

const crashing: Script = {
  ...scripts.crashes,
  buildLog: many,
  deployLog: [
    'Starting Container',
    `\u001b[31msk_live_51\u001b[0mHxyzAbCdEf is wrong`,
    'Error: bye',
  ],
}

/** Services of one project, each with a script in production. */
const fill =
  (...services: [string, Script | null][]) =>
  (world: World) => {
    const acme = world.workspace('Acme')
    const shop = world.project(acme, 'shop')
    for (const [name, script] of services) {
      const variables = { STRIPE_KEY: secret }
      const service = world.service(shop, name, { source: { repo: repository }, variables })
      if (script) world.script(service, 'production', [script])
    }
    return { token: world.workspaceToken(acme) }
  }

const logOf = ({ outputs, tempFiles }: Run) => tempFiles[outputs['log-file'] ?? ''] ?? ''

const logRequests = ({ requests }: LocalRailway) =>
  requests.map(({ operationName }) => operationName).filter((name) => name?.endsWith('Logs'))

describe('the log file', () => {
  it('has the whole build and container logs of a failed deployment, in one request', async () => {
    const { run, railway } = await stage(fill(['web', crashing]))
    const failed = await run({})
    expect(failed.outputs['log-file']).toMatch(/railway-workspace-deploy-[\w-]+\.log$/)
    const log = logOf(failed)
    for (const line of many) expect(log).toContain(` ${line}\n`)
    expect(log).toMatch(/^===== shop\/web in production, deployment \S+ =====\n--- build log\n/)
    expect(log).toMatch(/--- container log\n\S+ Starting Container\n/)
    expect(logRequests(railway)).toEqual(['AllLogs'])
    expect(failed.lines.filter((line) => line.includes('of the build'))).toEqual([])
  })

  it('has no secret in it, also not one that contains a terminal code', async () => {
    const { run } = await stage(fill(['web', crashing]))
    const failed = await run({})
    expect(logOf(failed)).toContain(' *** is wrong\n')
    expect(logOf(failed)).not.toContain('\u001b')
    expect(failed.leaks(secret)).toEqual([])
  })

  it('has the values of other services replaced, which became known after a log was read', async () => {
    const other = 'f4mily-s3cret-of-api'
    const { run } = await stage((world) => {
      const acme = world.workspace('Acme')
      const shop = world.project(acme, 'shop')
      const add = (name: string, script: Script, variables = {}) => {
        const service = world.service(shop, name, { source: { repo: repository }, variables })
        world.script(service, 'production', [script])
      }
      add('web', { ...scripts.buildFails, buildLog: [`calling api with ${other}`] })
      add('api', { ...scripts.crashes, deployLog: ['bye'] }, { KEY: other })
      return { token: world.workspaceToken(acme) }
    })
    const failed = await run({})
    expect(logOf(failed)).toContain('calling api with ***')
    expect(Object.values(failed.tempFiles).join('\n')).not.toContain(other)
  })

  it('has the build log alone when nothing was built', async () => {
    const { run, railway } = await stage(fill(['web', { ...scripts.buildFails, buildLog: many }]))
    const log = logOf(await run({}))
    for (const line of many) expect(log).toContain(` ${line}\n`)
    expect(log).toContain('--- no container log')
    expect(logRequests(railway)).toEqual(['BuildLogs'])
  })

  it('has the log of each failed deployment, and no others', async () => {
    const { run } = await stage(
      fill(['web', crashing], ['api', null], ['worker', scripts.buildFails]),
    )
    const log = logOf(await run({}))
    expect(log.match(/^===== \S+/gm)?.sort()).toEqual(['===== shop/web', '===== shop/worker'])
  })

  it.each([
    ['none failed', {}],
    ['nothing was done', { 'dry-run': 'true' }],
    ['nothing is changed', { command: 'list' }],
  ])('is written for none if %s', async (_, inputs) => {
    const { run } = await stage(fill(['web', null]))
    const ended = await run(inputs)
    expect(ended.exitCode).toBe(0)
    expect(ended.outputs['log-file']).toBe('')
    expect(Object.keys(ended.tempFiles).filter((path) => path.endsWith('.log'))).toEqual([])
  })

  const refused = (root: string): FaultRule => ({ root, times: Infinity, fault: 'refused' })

  it.each([
    ['the build log', 'buildLogs', 'Error: bye'],
    ['the container log', 'deploymentLogs', 'step 300 of the build'],
  ])('has the end of the other log if Railway refuses %s', async (_, root, line) => {
    const { run } = await stage(fill(['web', crashing]), { faults: [refused(root)] })
    expect(logOf(await run({}))).toContain(` ${line}\n`)
  })

  it('says that a log is missing whose secrets are not known', async () => {
    const faults = [refused('variables')]
    const { run } = await stage(fill(['web', crashing]), { faults })
    const failed = await run({})
    expect(logOf(failed)).toContain('The log is not shown')
    expect(logOf(failed)).not.toContain('Starting Container')
    expect(failed.leaks(secret)).toEqual([])
  })
})

describe('the log of a deployment that has not ended in time', () => {
  const hanging: Script = {
    steps: [{ status: 'BUILDING', seconds: 9_000 }, 'SUCCESS'],
    buildLog: ['fetching packages', `with ${secret}`, 'still fetching'],
  }

  it('is in the file and at the end of the job log, as far as it was written, without secrets', async () => {
    const { run, railway } = await stage(fill(['web', hanging], ['ok', null]))
    const late = await run({ timeout: '5m' })
    expect(late.codes).toEqual(['deployment-timeout'])
    expect(logOf(late)).toContain('still fetching')
    expect(logOf(late)).toContain('===== shop/web in production')
    expect(late.stdout).toContain('still fetching')
    expect(logOf(late) + late.stdout).not.toContain(secret)
    expect(logRequests(railway)).toHaveLength(1)
  })

  it('is read for the first five, if many end late together', async () => {
    const services = Array.from({ length: 12 }, (_, index): [string, Script] => [
      `s${index}`,
      hanging,
    ])
    const { run, railway } = await stage(fill(...services))
    const late = await run({ timeout: '5m' })
    expect(late.codes).toContain('deployment-timeout')
    expect(logRequests(railway)).toHaveLength(5)
  })

  it('is not read for one that waits for a check', async () => {
    const waiting: Script = { steps: [{ status: 'WAITING', seconds: 9_000 }, 'SUCCESS'] }
    const { run, railway } = await stage(fill(['web', waiting]))
    const late = await run({ timeout: '5m' })
    expect(late.codes).toEqual(['deployment-timeout'])
    expect(late.outputs['log-file']).toBe('')
    expect(logRequests(railway)).toEqual([])
  })
})
