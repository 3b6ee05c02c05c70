import { describe, expect, it } from '@jest/globals'
import { checkBudget } from '../../src/plan/budget.ts'
import { type Cost, costOf } from '../../src/plan/cost.ts'
import type { Plan, Step } from '../../src/plan/plan.ts'
import { rollbackStep } from '../../src/plan/rollback.ts'
import { toStep } from '../../src/plan/step-id.ts'
import { deployment, imageReference, service, targetOf } from '../fixtures.ts'

const target = targetOf(service('web'))
const environmentTarget = { ...target, instance: null }
const deploy: Step = toStep({
  action: 'deploy',
  revision: { kind: 'commit', sha: 'a'.repeat(40) },
  target,
  detail: '',
})
const image: Step = toStep({
  action: 'deploy',
  revision: { kind: 'image', image: imageReference('redis:7') },
  target,
  detail: '',
})
const adopt: Step = toStep({
  action: 'adopt',
  deployment: deployment('d'),
  revision: { kind: 'latest' },
  target,
  detail: '',
})
const keep: Step = toStep({ action: 'keep', because: 'unchanged', target, detail: '' })
const remove = toStep({ action: 'delete-preview', target: environmentTarget, detail: '' })

const set = (write: string[], remove: string[]): Step =>
  toStep({
    action: 'set-variables',
    target,
    variables: {
      owner: { kind: 'shared', projectId: 'p-shop', environmentId: 'e-production' },
      write,
      remove,
      diff: {
        added: write,
        changed: [],
        removed: remove,
        unchanged: [],
        sealed: [],
        kept: [],
      },
      leftoverPaths: [],
    },
    detail: '',
  })

const many = (step: Step, number: number) => Array.from({ length: number }, () => step)
const inWave = (wave: number, ...steps: Step[]) => steps.map((step) => ({ ...step, wave }))

type Options = Parameters<typeof costOf>[1]
const base: Options = { wait: true, batch: 200 }

describe('the changes of a plan', () => {
  it.each<[string, Step[], number]>([
    ['nothing', [], 0],
    ['a deployment', [deploy], 1],
    ['three', many(deploy, 3), 3],
    ['an image, which is put on the service first', [image], 2],
    ['a running one', [adopt], 0],
    ['an unchanged one', [keep], 0],
    ['the deletion of a preview', [remove], 1],
    ['a step of five changes', [{ ...deploy, changes: 5 }], 5],
    ['an image of no change', [{ ...image, changes: 0 }], 0],
    ['kept, for any detail', [{ ...keep, changes: 3 }], 0],
    ['variables to write', [set(['A', 'B'], [])], 1],
    ['variables to remove, staged and committed', [set([], ['A', 'B'])], 2],
    ['both', [set(['A'], ['B'])], 3],
    ['neither', [set([], [])], 0],
    [
      'a rollback of an image',
      [
        rollbackStep(
          target,
          { from: null, to: deployment('d'), image: imageReference('redis:6') },
          0,
        ),
      ],
      2,
    ],
  ])('%s', (_, steps, mutations) => {
    expect(costOf({ steps, warnings: [] }, base).mutations).toBe(mutations)
  })
})

describe('the requests of a plan', () => {
  it.each<[string, Step[], Partial<Options>, Omit<Cost, 'mutations'>]>([
    ['nothing', [], {}, { minimum: 0, typical: 0, extraAfterWait: 0 }],
    ['one deployment', [deploy], {}, { minimum: 5, typical: 13, extraAfterWait: 1 }],
    ['a running one', [adopt], {}, { minimum: 4, typical: 12, extraAfterWait: 1 }],
    ['an unchanged one', [keep], {}, { minimum: 0, typical: 0, extraAfterWait: 0 }],
    ['variables only', [set(['A'], [])], {}, { minimum: 1, typical: 1, extraAfterWait: 0 }],
    ['an environment', [remove], {}, { minimum: 1, typical: 1, extraAfterWait: 0 }],
    [
      'an environment that is deleted for its age, which is read first',
      [{ ...remove, idleSince: 1 }, remove, { ...remove, idleSince: 2 }],
      {},
      { minimum: 5, typical: 5, extraAfterWait: 0 },
    ],
    ['not waited for', [deploy], { wait: false }, { minimum: 1, typical: 1, extraAfterWait: 1 }],
    [
      'as many as fit into one request',
      many(deploy, 10),
      { batch: 10 },
      { minimum: 14, typical: 22, extraAfterWait: 1 },
    ],
    [
      'one more than that',
      many(deploy, 11),
      { batch: 10 },
      { minimum: 19, typical: 35, extraAfterWait: 2 },
    ],
    ['after a wait', [deploy], { stale: true }, { minimum: 6, typical: 14, extraAfterWait: 0 }],
    [
      'two waves, the second of which is read once more',
      [...inWave(1, deploy), ...inWave(0, deploy)],
      {},
      { minimum: 2 + 8 + 1, typical: 2 + 24 + 1, extraAfterWait: 1 },
    ],
    [
      'waves of different sizes, the later one listed first',
      [...inWave(1, ...many(deploy, 30)), ...inWave(0, ...many(deploy, 10))],
      { batch: 10 },
      { minimum: 40 + 16 + 3, typical: 40 + 48 + 3, extraAfterWait: 1 },
    ],
    [
      'two waves after a wait',
      [...inWave(0, deploy), ...inWave(1, deploy)],
      { stale: true },
      { minimum: 2 + 8 + 2, typical: 2 + 24 + 2, extraAfterWait: 0 },
    ],
    [
      'a second wave of unchanged services',
      [...inWave(0, deploy), ...inWave(1, keep)],
      {},
      { minimum: 5, typical: 13, extraAfterWait: 1 },
    ],
    [
      'a rollback on failure',
      many(deploy, 2),
      { onFailure: 'rollback' },
      { minimum: 2 + 4 + 8, typical: 2 + 12 + 8, extraAfterWait: 1 },
    ],
    [
      'a rollback on failure of two batches',
      many(deploy, 11),
      { onFailure: 'rollback', batch: 10 },
      { minimum: 11 + 8 + 22 + 8, typical: 11 + 24 + 22 + 8, extraAfterWait: 2 },
    ],
    [
      'no rollback on failure',
      many(deploy, 2),
      { onFailure: 'keep' },
      { minimum: 6, typical: 14, extraAfterWait: 1 },
    ],
  ])('%s', (_, steps, options, expected) => {
    expect(costOf({ steps, warnings: [] }, { ...base, ...options })).toMatchObject(expected)
  })
})

describe('the cost of 250 deployments in requests', () => {
  const plan: Plan = { steps: many(deploy, 250), warnings: [] }
  const now = Date.UTC(2026, 0, 5, 9)

  it('is one for each change, and polls that do not grow with the services up to the batch size', () => {
    expect(costOf(plan, { wait: true, batch: 200 })).toEqual({
      mutations: 250,
      minimum: 258,
      typical: 274,
      extraAfterWait: 2,
    })
    expect(costOf(plan, { wait: false, batch: 200 })).toEqual({
      mutations: 250,
      minimum: 250,
      typical: 250,
      extraAfterWait: 2,
    })
  })

  it('has polls for each turn of `max-parallel`', () => {
    const options = { wait: true, batch: 200 }
    expect(costOf(plan, { ...options, maxParallel: 50 })).toEqual({
      mutations: 250,
      minimum: 250 + 5 * 4 + 4,
      typical: 250 + 5 * 12 + 4,
      extraAfterWait: 2,
    })
    expect(costOf(plan, { ...options, maxParallel: 1 }).minimum).toBe(250 + 250 * 4 + 249)
    expect(costOf(plan, { ...options, maxParallel: 250 })).toEqual(costOf(plan, options))
    expect(costOf(plan, { ...options, maxParallel: 10_000 })).toEqual(costOf(plan, options))
    const none = costOf({ steps: [], warnings: [] }, { ...options, maxParallel: 1 })
    expect(none).toEqual({ mutations: 0, minimum: 0, typical: 0, extraAfterWait: 0 })
  })

  it('has another poll after a wait: for a canary, or for the whole plan', () => {
    const [first, ...rest] = plan.steps
    const canary = { ...plan, steps: [first, ...rest.map((step) => ({ ...step, wave: 1 }))] }
    const steps = canary.steps.flatMap((step) => step ?? [])
    const waves = costOf({ ...canary, steps }, { wait: true, batch: 200 })
    expect(waves).toEqual({ mutations: 250, minimum: 264, typical: 288, extraAfterWait: 1 })
    const stale = costOf(plan, { wait: true, batch: 200, stale: true })
    expect(stale).toEqual({ mutations: 250, minimum: 260, typical: 276, extraAfterWait: 0 })
  })

  it.each<
    [string, { remaining: number | null; resetsAt: number | null; limit: number | null }, string]
  >([
    ['nothing is known', { remaining: null, resetsAt: null, limit: null }, 'enough'],
    ['plenty is left', { remaining: 1000, resetsAt: now, limit: 1000 }, 'enough'],
    [
      'too little, and the reset is near',
      { remaining: 10, resetsAt: now + 60_000, limit: 1000 },
      'wait',
    ],
    [
      'too little, and the reset is far',
      { remaining: 10, resetsAt: now + 3_600_000, limit: 1000 },
      'too-little',
    ],
    [
      'too little even after the reset',
      { remaining: 10, resetsAt: now + 60_000, limit: 100 },
      'too-little',
    ],
    [
      'too little, and no reset is known',
      { remaining: 10, resetsAt: null, limit: null },
      'too-little',
    ],
  ])('%s', (_, budget, expected) => {
    const cost = costOf(plan, { wait: true, batch: 200 })
    expect(checkBudget(cost, budget, now + 1_200_000).kind).toBe(expected)
  })

  it('says for a shard that the rest of the budget is for one shard', () => {
    const cost = costOf(plan, { wait: true, batch: 200 })
    const budget = { remaining: 10, resetsAt: null, limit: 100, shards: 5 }
    expect(checkBudget(cost, budget, now)).toMatchObject({
      failure: { facts: { remaining: 10, shards: 5 } },
    })
  })

  it('warns when the requests are few enough but leave few', () => {
    const cost = costOf(plan, { wait: true, batch: 200 })
    const verdict = checkBudget(cost, { remaining: 260, resetsAt: now, limit: 1000 }, now)
    expect(verdict).toMatchObject({
      kind: 'enough',
      warnings: [{ title: 'request budget runs low' }],
    })
  })
})
