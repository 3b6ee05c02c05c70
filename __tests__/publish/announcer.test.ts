import { describe, expect, it } from '@jest/globals'
import { baseOutcome } from '../../src/execute/outcome.ts'
import type { Named } from '../../src/named.ts'
import type { DeployStep } from '../../src/plan/plan.ts'
import { UpdateQueue } from '../../src/publish/announcer.ts'
import type { GitHubDeploymentsPort } from '../../src/publish/ports.ts'

/** GitHub deployments that only keep what they were told, as `<environment>: <states>`. */
function memory() {
  const states = new Map<string, string[]>()
  let hurried = false
  const records: GitHubDeploymentsPort = {
    open: async ({ environment }) => {
      states.set(environment, [])
      return { id: states.size, troubles: [] }
    },
    status: async (id, { state }) => {
      ;[...states.values()][id - 1]?.push(state)
      return []
    },
    deactivateOthers: async () => [],
    setFinalDeadline: () => {
      hurried = true
    },
  }
  return { records, told: () => Object.fromEntries(states), isHurried: () => hurried }
}

const deploy = (name: string): DeployStep<Named> => ({
  id: `deploy ${name}`,
  after: [],
  action: 'deploy',
  revision: { kind: 'latest' },
  detail: '',
  target: {
    project: { id: 'p', name: 'shop' },
    environment: { id: name, name },
    instance: {
      service: { id: 's', name: 'web' },
      source: { kind: 'repository', repository: 'acme/shop' },
      latest: null,
      active: [],
      triggers: [],
      domains: [],
      cron: false,
      configFile: null,
    },
  },
})

describe('GitHub deployments', () => {
  it('that a run opened and broke off before their end are closed all the same', async () => {
    const { records, told, isHurried } = memory()
    const announcer = new UpdateQueue({
      comment: null,
      records: { port: records, sha: 'f'.repeat(40), transient: false },
    })
    const [ended, broken] = [deploy('production'), deploy('staging')]
    announcer.begin({ steps: [ended, broken], warnings: [] }, null)
    expect(isHurried()).toBe(false)
    announcer.end([baseOutcome(ended, 'success', '')], null)
    await announcer.finish()
    expect(told()).toEqual({
      'shop / production': ['queued', 'success'],
      'shop / staging': ['queued', 'error'],
    })
    expect(isHurried()).toBe(true)
  })
})
