import { describe, expect, it } from '@jest/globals'
import type { FaultRule } from '../../local/railway/index.ts'
import { type Run, rows, stage } from './fleet.ts'
import { repository, type Stage } from './stage.ts'

const polls = ['ServedDeployments', 'DeploymentStates']

async function shop(count: number) {
  return stage((world) => {
    const acme = world.workspace('Acme')
    const project = world.project(acme, 'shop')
    const services = Array.from({ length: count }, (_, index) =>
      world.service(project, `s${index}`, { source: { repo: repository } }),
    )
    return { token: world.workspaceToken(acme), services }
  })
}

/** Makes Railway refuse the reads of polls, from the `nth` request of each operation on. */
function refuseReads(
  { railway }: Stage,
  message: string,
  rule: Partial<FaultRule> & { path?: string } = {},
): void {
  const { path = false, ...rest } = rule
  for (const operation of polls) {
    railway.inject({ operation, times: Infinity, fault: { kind: 'error', message, path }, ...rest })
  }
}

const sent = ({ railway }: Stage, operation: string) =>
  railway.requests.filter(({ operationName }) => operationName === operation).length

const statuses = (run: Run) => [...new Set(rows(run).map(({ status }) => status))]

describe('polls of which Railway refuses every read while the token is valid', () => {
  it.each([
    [1, undefined, 30],
    [1, 'item0', 30],
    [60, 'item0', 150],
    // The search takes a few more requests if the refusal does not name the service.
    [60, undefined, 155],
  ])(
    'end soon and cost few requests: %i services, errors that name %s',
    async (count, path, most) => {
      const shopStage = await shop(count)
      refuseReads(shopStage, 'Not Authorized', path === undefined ? {} : { path })
      const run = await shopStage.run({ projects: 'shop' })
      expect([...new Set(run.codes.slice(0, 9))]).toEqual(['operation-not-permitted'])
      expect(run.errors[0]).toContain('Railway still accepts the workspace token')
      expect(statuses(run)).toEqual(['unknown'])
      expect(run.seconds).toBeLessThan(80)
      expect(shopStage.railway.requests.length).toBeLessThanOrEqual(most)
    },
  )

  it.each(['Deployment not found', 'Problem processing request'])(
    'cost few requests while they are repeated for longer: %s',
    async (message) => {
      const shopStage = await shop(60)
      refuseReads(shopStage, message)
      const run = await shopStage.run({ projects: 'shop' })
      expect([...new Set(run.codes.slice(0, 9))]).toEqual(['operation-not-permitted'])
      expect(statuses(run)).toEqual(['unknown'])
      expect(shopStage.railway.requests.length).toBeLessThanOrEqual(220)
    },
  )

  it.each([1, 20, 60])('succeed if Railway responds again: %i services', async (count) => {
    const shopStage = await shop(count)
    const until = shopStage.clock.now() + 45_000
    refuseReads(shopStage, 'Not Authorized', { matching: () => shopStage.clock.now() < until })
    const run = await shopStage.run({ projects: 'shop' })
    expect(run.exitCode).toBe(0)
    expect(statuses(run)).toEqual(['success'])
  })
})

describe('one service of 60 whose reads Railway refuses', () => {
  it('does not disturb the others, and costs few requests', async () => {
    const shopStage = await shop(60)
    const refused = shopStage.services[17]?.id
    const isRefused = ({ variables }: { variables: Record<string, unknown> }) =>
      Object.values(variables).includes(refused)
    refuseReads(shopStage, 'Not Authorized', { matching: isRefused })
    const run = await shopStage.run({ projects: 'shop' })
    expect(statuses(run)).toEqual(['success'])
    expect(run.seconds).toBeLessThan(65)
    // One search for the service, and one further request for each later poll.
    expect(sent(shopStage, 'ServedDeployments')).toBeLessThanOrEqual(21)
  })
})
