import { describe, expect, it } from '@jest/globals'
import { failure } from '../../src/errors/codes.ts'
import { baseOutcome } from '../../src/execute/outcome.ts'
import { parseInputs } from '../../src/inputs/read-inputs.ts'
import { parseContext } from '../../src/inputs/run-context.ts'
import type { Named } from '../../src/named.ts'
import type { DeployStep } from '../../src/plan/plan.ts'
import { LiveUpdates } from '../../src/publish/live-updates.ts'
import type { Comments, GitHubDeploymentsPort } from '../../src/publish/ports.ts'
import { Redactor } from '../../src/redactor.ts'
import { initialReport } from '../../src/run-state.ts'

/** GitHub deployments that only record their states, as `<environment>: <states>`. */
function memory() {
  const states = new Map<string, string[]>()
  let hurried = false
  const records: GitHubDeploymentsPort = {
    open: async ({ environment }) => {
      states.set(environment, [])
      return { id: states.size, errors: [] }
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
  return { records, recordedStates: () => Object.fromEntries(states), isHurried: () => hurried }
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

const clock = { now: () => Date.UTC(2026, 10, 26), sleep: async () => {} }

const context = parseContext(
  {
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_SHA: 'c'.repeat(40),
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_RUN_ID: '1',
  },
  {
    action: 'synchronize',
    number: 7,
    pull_request: {
      number: 7,
      state: 'open',
      head: { sha: 'c'.repeat(40), ref: 'topic', repo: { full_name: 'acme/shop', id: 1 } },
      base: { ref: 'main', repo: { full_name: 'acme/shop', id: 1 } },
    },
    repository: { full_name: 'acme/shop', id: 1 },
  },
)

function inputsOf(raw: Record<string, string>) {
  const parsed = parseInputs(
    { environment: 'production', comment: 'true', 'github-deployments': 'true', ...raw },
    null,
    context,
  )
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failures))
  return parsed.value
}

/** A pull request that keeps the newest text of its comment. */
function pullRequest(put?: Comments['put']) {
  const bodies: string[] = []
  const comments: Comments = {
    put:
      put ??
      (async ({ body }) => {
        bodies.push(body)
        return []
      }),
    setFinalDeadline: () => {},
  }
  return { comments, bodies }
}

function updates(comments: Comments, records: GitHubDeploymentsPort, redactor = new Redactor()) {
  return new LiveUpdates(
    inputsOf({}),
    { comments, records },
    { clock, redactor, docs: 'https://github.com/acme/deploy/blob/v1/docs/errors.md' },
  )
}

describe('GitHub deployments', () => {
  it('that a run opened and abandoned before their end are closed anyway', async () => {
    const { records, recordedStates, isHurried } = memory()
    const live = updates(pullRequest().comments, records)
    const [ended, broken] = [deploy('production'), deploy('staging')]
    live.begin({ steps: [ended, broken], warnings: [] })
    expect(isHurried()).toBe(false)
    await live.end({ ...initialReport, outcomes: [baseOutcome(ended, 'success', '')] })
    expect(recordedStates()).toEqual({
      'shop / production': ['queued', 'success'],
      'shop / staging': ['queued', 'error'],
    })
    expect(isHurried()).toBe(true)
  })

  it('are in progress from the first deployment of their environment', async () => {
    const { records, recordedStates } = memory()
    const live = updates(pullRequest().comments, records)
    const step = deploy('production')
    live.begin({ steps: [step], warnings: [] })
    live.onEvent({ kind: 'started', step, deploymentId: 'd1' })
    live.onEvent({ kind: 'started', step, deploymentId: 'd2' })
    const place = { project: 'shop', environment: 'production', service: 'web' }
    const because = failure('deployment-skipped', { ...place, why: null })
    const outcome = { ...baseOutcome(step, 'failed', ''), failure: because }
    await live.end({ ...initialReport, outcomes: [outcome] })
    expect(recordedStates()).toEqual({ 'shop / production': ['queued', 'in_progress', 'failure'] })
  })
})

describe('the comment', () => {
  it('shows no secret, not even one that is divided by the escaping', async () => {
    const { comments, bodies } = pullRequest()
    const redactor = new Redactor()
    redactor.addValues(['p4ss*w0rd_x|y'])
    const live = updates(comments, memory().records, redactor)
    const step = deploy('production')
    live.begin({ steps: [{ ...step, detail: 'p4ss*w0rd_x|y' }], warnings: [] })
    const outcome = { ...baseOutcome(step, 'success', ''), domains: ['p4ss*w0rd_x|y.example.com'] }
    await live.end({ ...initialReport, outcomes: [outcome] })
    expect(bodies).toHaveLength(2)
    expect(bodies[1]).toContain('***.example.com'.replaceAll('*', '&#42;'))
    for (const body of bodies) expect(body).not.toMatch(/p4ss|w0rd/)
  })

  it('that cannot be written is a warning, and the deployments are closed', async () => {
    const { records, recordedStates } = memory()
    const { comments } = pullRequest(async () => {
      throw new TypeError('secret text')
    })
    const live = updates(comments, records)
    const step = deploy('production')
    live.begin({ steps: [step], warnings: [] })
    const warnings = await live.end({
      ...initialReport,
      outcomes: [baseOutcome(step, 'success', '')],
    })
    expect(recordedStates()).toEqual({ 'shop / production': ['queued', 'success'] })
    expect(warnings.map(({ message }) => message).join()).toContain('TypeError')
    expect(JSON.stringify(warnings)).not.toContain('secret text')
  })
})
