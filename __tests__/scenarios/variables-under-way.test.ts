import { describe, expect, it } from '@jest/globals'
import type { FaultName, Script, World } from '../../local/railway/index.ts'
import { repository, type Stage, setStage } from './stage.ts'

const live = 'b'.repeat(40)
const newer = 'e'.repeat(40)
const newest = '9'.repeat(40)
const inputs = {
  command: 'variables',
  environment: 'production',
  projects: 'shop',
  services: 'web',
  variables: 'NEW=1',
  timeout: '1h',
}
const building = (seconds: number, end: 'SUCCESS' | 'FAILED'): Script => ({
  steps: [{ status: 'BUILDING', seconds }, end],
})

/** Runs `variables` while pushes of these commits are deployed as the scripts say. */
async function runBeside(
  pushes: readonly { sha: string; script: Script; seconds?: number }[],
  more: Record<string, string> = {},
  prepare: (stage: Stage) => void = () => {},
) {
  const stage = await setStage({
    fill: (world: World) => {
      const acme = world.workspace('Acme')
      const shop = world.project(acme, 'shop')
      const web = world.service(shop, 'web', {
        source: { repo: repository },
        live: { commit: live },
      })
      world.script(
        web,
        'production',
        pushes.map(({ script }) => script),
      )
      return world.workspaceToken(acme)
    },
  })
  const { world, run, clock, railway } = stage
  prepare(stage)
  for (const { sha, seconds = 0 } of pushes) {
    const push = () => void world.push(repository, 'main', sha)
    if (seconds === 0) push()
    else clock.at(clock.now() + seconds * 1000, push)
  }
  const result = await run({ ...inputs, ...more })
  const own = world.newDeployments().filter(({ cause }) => cause === 'api')
  const { commit, variables } = world.snapshot()['shop/production/web'] ?? {}
  return { result, commit, variables, railway, own: own.map((one) => one.commit) }
}

describe('new variables of a service whose other deployment starts to wait', () => {
  it.each([
    ['WAITING', 10],
    ['WAITING', 90],
    ['NEEDS_APPROVAL', 10],
  ] as const)('do not wait for it: %s after %i seconds', async (status, seconds) => {
    const script: Script = [{ status: 'BUILDING', seconds }, { status, seconds: 7_200 }, 'SUCCESS']
    const { result, own } = await runBeside([{ sha: newer, script }])
    expect(result.codes).toEqual([])
    expect(own).toEqual([live])
    expect(result.seconds).toBeLessThan(seconds + 120)
    expect(result.shown).toContain(`eeeeeee is ${status}`)
  })
})

describe('new variables of a service that is being deployed', () => {
  it('take effect with the newer commit once that is live', async () => {
    const { result, own, commit, variables } = await runBeside([
      { sha: newer, script: building(120, 'SUCCESS') },
    ])
    expect(result.codes).toEqual([])
    expect(result.warnings).toEqual([])
    expect(own).toEqual([newer])
    expect(commit).toBe(newer)
    expect(variables).toMatchObject({ NEW: '1' })
    expect(result.json('plan')).toMatchObject([
      { action: 'set-variables' },
      {
        action: 'deploy',
        detail:
          'the revision that is live after the deployment of eeeeeee, which is in progress, with the new variables',
      },
    ])
    expect(result.stdout).toContain('eeeeeee is being deployed; the new variables take effect with')
  })

  it('take effect with the old commit if the newer one fails', async () => {
    const { result, own, commit, variables } = await runBeside([
      { sha: newer, script: building(60, 'FAILED') },
    ])
    expect(result.exitCode).toBe(0)
    expect(own).toEqual([live])
    expect(commit).toBe(live)
    expect(variables).toMatchObject({ NEW: '1' })
  })

  it('take effect with the last of several commits in a row', async () => {
    const { own, commit, variables } = await runBeside([
      { sha: newer, script: building(60, 'SUCCESS') },
      { sha: newest, script: building(100, 'SUCCESS'), seconds: 50 },
    ])
    expect(own).toEqual([newest])
    expect(commit).toBe(newest)
    expect(variables).toMatchObject({ NEW: '1' })
  })

  it('take effect immediately if it is a deployment of the live commit', async () => {
    const { result, own } = await runBeside([{ sha: live, script: building(600, 'SUCCESS') }])
    expect(own).toEqual([live])
    expect(result.seconds).toBeLessThan(120)
  })

  it('take effect with the commit of that deployment without `wait`', async () => {
    const { result, own } = await runBeside([{ sha: newer, script: building(120, 'SUCCESS') }], {
      wait: 'false',
    })
    expect(result.exitCode).toBe(0)
    expect(own).toEqual([newer])
    expect(result.seconds).toBeLessThan(30)
  })

  it('are written and not deployed if it does not end in time', async () => {
    const { result, own } = await runBeside([{ sha: newer, script: building(900, 'SUCCESS') }], {
      timeout: '2m',
    })
    expect(result.codes).toEqual(['deployment-timeout'])
    expect(own).toEqual([])
  })

  it('take effect with the live commit if it waits for a check, with a warning', async () => {
    const waiting: Script = { steps: [{ status: 'WAITING', seconds: 3_000 }, 'SUCCESS'] }
    const { result, own } = await runBeside([{ sha: newer, script: waiting }])
    expect(own).toEqual([live])
    expect(result.warnings.join()).toContain('waits for a check or an approval')
  })
})

/** Makes Railway respond to these operations with a fault, always. */
const broken =
  (operations: readonly string[], fault: FaultName) =>
  ({ railway }: Stage) => {
    for (const operation of operations) railway.inject({ operation, times: Infinity, fault })
  }

describe('a service that cannot be read once the newer commit is live', () => {
  const readings: [string, string[], FaultName][] = [
    ['refused', ['InstanceStates'], 'refused'],
    ['refused throughout', ['InstanceStates', 'ServedDeployments'], 'refused'],
    ['without a response', ['InstanceStates'], 'status-500'],
    ['without any response', ['InstanceStates', 'ServedDeployments'], 'status-500'],
  ]
  it.each(readings)('does not go back if its reading is %s', async (_, operations, fault) => {
    const { own, commit } = await runBeside(
      [{ sha: newer, script: building(60, 'SUCCESS') }],
      {},
      broken(operations, fault),
    )
    expect(own).toEqual([newer])
    expect(commit).toBe(newer)
  })

  it('keeps the old commit if the newer one failed', async () => {
    const { own, commit } = await runBeside(
      [{ sha: newer, script: building(60, 'FAILED') }],
      {},
      broken(['InstanceStates', 'ServedDeployments'], 'refused'),
    )
    expect(own).toEqual([live])
    expect(commit).toBe(live)
  })

  it('does not go back if the running deployment cannot be read at all', async () => {
    const { own } = await runBeside(
      [{ sha: newer, script: building(600, 'SUCCESS') }],
      {},
      broken(['DeploymentStates', 'ServedDeployments'], 'refused'),
    )
    // The run ends before this deployment, because it may not read it.
    expect(own).toEqual([newer])
  })
})

describe('new variables of a service that is deployed again and again', () => {
  it('take effect with the commit of the running deployment after the run stops waiting', async () => {
    const pushes = ['1', '2', '3', '4', '5', '6'].map((digit, index) => ({
      sha: digit.repeat(40),
      script: building(60, 'SUCCESS'),
      seconds: index * 50,
    }))
    const { result, own, commit } = await runBeside(pushes)
    expect(result.exitCode).toBe(0)
    expect(own).toEqual(['6'.repeat(40)])
    expect(commit).toBe('6'.repeat(40))
  })

  it('need no request for the deployment that is live then', async () => {
    const { railway } = await runBeside([{ sha: newer, script: building(60, 'SUCCESS') }])
    const sent = railway.requests.map(({ operationName }) => operationName)
    expect(sent.slice(0, sent.indexOf('DeployService'))).not.toContain('InstanceStates')
  })
})

describe('new variables of a service whose image is being changed', () => {
  const changeImage = async (more: Record<string, string>) => {
    const { world, run } = await setStage({
      fill: (world: World) => {
        const acme = world.workspace('Acme')
        const shop = world.project(acme, 'shop')
        const web = world.service(shop, 'web', { source: { image: 'acme/web:1.0.0' } })
        world.script(web, 'production', [building(90, 'SUCCESS')])
        return world.workspaceToken(acme)
      },
    })
    const image = { environment: 'production', projects: 'shop', services: 'web' }
    await run({ ...image, image: 'acme/web:2.0.0', wait: 'false' })
    return { world, result: await run({ ...inputs, ...more }) }
  }

  it('do not set its old image again', async () => {
    const { world, result } = await changeImage({})
    expect(result.codes).toEqual([])
    expect(world.snapshot()['shop/production/web']).toMatchObject({
      image: expect.stringMatching(/^acme\/web:2\.0\.0@/),
      variables: { NEW: '1' },
    })
  })

  it('do not set its old image again without `wait`', async () => {
    const { world, result } = await changeImage({ wait: 'false' })
    expect(result.codes).toEqual([])
    const image = 'acme/web:2.0.0'
    expect(world.newDeployments().map((one) => one.image)).toEqual([image, image])
  })
})
