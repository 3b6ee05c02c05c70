import { describe, expect, it } from '@jest/globals'
import type { FaultRule, World } from '../../local/railway/index.ts'
import { cancelJob } from '../../local/runner/index.ts'
import { changesMade, rows, stage } from './fleet.ts'
import { fillShop, setPreviewStage } from './preview-stage.ts'
import { commit, repository } from './stage.ts'

/** A service that is built from the repository. */
function built(world: World) {
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  const web = world.service(project, 'web', { source: { repo: repository } })
  return { token: world.workspaceToken(acme), web }
}

/** A service that runs an image. */
function imaged(world: World) {
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  const web = world.service(project, 'web', { source: { image: 'ghcr.io/acme/web:1' } })
  return { token: world.workspaceToken(acme), web }
}

const image = 'ghcr.io/acme/web:2'

describe('a refusal without a cause after the deployment was made', () => {
  const refusal: FaultRule = { operation: 'DeployService', fault: 'problem-after-effect' }

  it('leads to a search for it as long as lists lag', async () => {
    const { run, world } = await stage(built, {
      behaviour: { listLagSeconds: 30 },
      faults: [refusal],
    })
    const transcript = await run({})
    const [made] = world.newDeployments()
    expect(rows(transcript)[0]).toMatchObject({ status: 'success', deploymentId: made?.id })
    expect(world.newDeployments()).toHaveLength(1)
  })

  it('does not claim that nothing happened if a search is not possible', async () => {
    const { run } = await stage(built, {
      faults: [
        refusal,
        { operation: 'ServiceDeployments', times: Infinity, fault: 'status-502-html' },
      ],
    })
    const transcript = await run({})
    expect(rows(transcript)[0]).toMatchObject({ status: 'unknown', errorCode: 'api-unavailable' })
    expect(transcript.outputs.changed).toBe('true')
    expect(transcript.errors[0]).toContain(
      'The deployment may have been started: check it in Railway.',
    )
  })
})

describe('a refusal without a cause after a preview was made', () => {
  const refusal: FaultRule = { operation: 'CreateEnvironment', fault: 'problem-after-effect' }

  it('leads to a search for it as long as lists lag', async () => {
    const { preview, environments } = await setPreviewStage({
      fill: (world) => fillShop(world),
      behaviour: { listLagSeconds: 40 },
      faults: [refusal],
    })
    const transcript = await preview({ action: 'opened', sha: commit })
    expect(transcript.outputs).toMatchObject({ status: 'success', 'environment-created': 'true' })
    expect(environments('shop')).toEqual(['production', 'pr-7'])
  })

  it('does not claim that nothing happened if a search is not possible', async () => {
    const { preview, environments } = await setPreviewStage({
      fill: (world) => fillShop(world),
      faults: [refusal, { operation: 'ProjectRecords', times: Infinity, fault: 'status-502-html' }],
    })
    const transcript = await preview({ action: 'opened', sha: commit })
    expect(environments('shop')).toEqual(['production', 'pr-7'])
    expect(rows(transcript)[0]).toMatchObject({ action: 'create-preview', status: 'unknown' })
    expect(transcript.outputs.changed).toBe('true')
  })
})

it('a refusal that is certain needs no search', async () => {
  const { run, railway } = await stage(built, {
    faults: [{ operation: 'DeployService', fault: 'refused' }],
  })
  const transcript = await run({})
  expect(rows(transcript)[0]).toMatchObject({ status: 'refused' })
  expect(transcript.outputs.changed).toBe('false')
  expect(transcript.seconds).toBeLessThan(5)
  expect(railway.requests.some(({ operationName }) => operationName === 'ServiceDeployments')).toBe(
    false,
  )
})

describe('an image that was set', () => {
  it('without a response, and then the job was cancelled: it may have been set', async () => {
    const { run, world, web } = await stage(imaged, {
      faults: [{ operation: 'UpdateService', fault: 'silence-after-effect' }],
    })
    const transcript = await run({ image }, { signals: cancelJob(5) })
    expect(world.instance(web, 'production').source?.image).toBe(image)
    expect(rows(transcript)[0]).toMatchObject({ status: 'unknown' })
    expect(rows(transcript)[0]?.message).toContain('its image may or may not have been set')
    expect(transcript.outputs.changed).toBe('true')
  })

  it('without a response, and then a limit lasts longer than `timeout`: it may have been set', async () => {
    const { run, world, web } = await stage(imaged, {
      faults: [
        { operation: 'UpdateService', fault: 'reset-after-effect' },
        { operation: 'UpdateService', nth: 2, fault: { kind: 'rate-limited', retryAfter: 3000 } },
      ],
    })
    const transcript = await run({ image, timeout: '10m' })
    expect(world.instance(web, 'production').source?.image).toBe(image)
    expect(rows(transcript)[0]).toMatchObject({ status: 'unknown' })
    expect(transcript.outputs.changed).toBe('true')
  })

  it('and not deployed, because the job was cancelled in between', async () => {
    const { run, world, web, railway } = await stage(imaged, {
      faults: [{ operation: 'UpdateService', fault: { kind: 'slow', seconds: 3 } }],
    })
    const transcript = await run({ image }, { signals: cancelJob(2) })
    expect(world.instance(web, 'production').source?.image).toBe(image)
    expect(changesMade(railway)).toEqual(['serviceInstanceUpdate'])
    expect(rows(transcript)[0]).toMatchObject({
      status: 'cancelled',
      message: `its image is set to ${image}; the job was cancelled before it was deployed`,
    })
    expect(transcript.outputs.changed).toBe('true')
    expect(transcript.errors.join()).toContain(
      'The job was cancelled before it started a deployment.',
    )
  })

  it('and not deployed, because Railway refused that', async () => {
    const { run } = await stage(imaged, {
      faults: [{ operation: 'DeployService', fault: 'refused' }],
    })
    const transcript = await run({ image })
    expect(rows(transcript)[0]).toMatchObject({
      status: 'refused',
      message: `its image is set to ${image}; Railway rejected the request to deploy it`,
    })
    expect(transcript.outputs.changed).toBe('true')
  })

  it('not at all, because the job was cancelled before', async () => {
    const { run, railway } = await stage(imaged, {
      faults: [{ operation: 'UpdateService', times: Infinity, fault: 'throttled' }],
    })
    const transcript = await run({ image }, { signals: cancelJob(5) })
    expect(changesMade(railway)).toEqual(['serviceInstanceUpdate'])
    expect(rows(transcript)[0]).toMatchObject({ status: 'not-started' })
    expect(transcript.outputs.changed).toBe('false')
  })
})
