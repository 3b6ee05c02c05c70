import { describe, expect, it } from '@jest/globals'
import { type Cost, costOf } from '../../src/plan/cost.ts'
import type { Step } from '../../src/plan/plan.ts'
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
    ['one that is under way', [adopt], 0],
    ['one that is left alone', [keep], 0],
    ['the deletion of a preview', [remove], 1],
    ['a step of five changes', [{ ...deploy, changes: 5 }], 5],
    ['an image of no change', [{ ...image, changes: 0 }], 0],
    ['kept, whatever it says', [{ ...keep, changes: 3 }], 0],
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
    ['one that is under way', [adopt], {}, { minimum: 4, typical: 12, extraAfterWait: 1 }],
    ['one that is left alone', [keep], {}, { minimum: 0, typical: 0, extraAfterWait: 0 }],
    ['variables only', [set(['A'], [])], {}, { minimum: 1, typical: 1, extraAfterWait: 0 }],
    ['an environment', [remove], {}, { minimum: 1, typical: 1, extraAfterWait: 0 }],
    [
      'an environment that is deleted for its age, which is looked at first',
      [{ ...remove, idleSince: 1 }, remove, { ...remove, idleSince: 2 }],
      {},
      { minimum: 5, typical: 5, extraAfterWait: 0 },
    ],
    ['not waited for', [deploy], { wait: false }, { minimum: 1, typical: 1, extraAfterWait: 1 }],
    [
      'as many as one request asks about',
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
      'two waves, the second looked at once more',
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
      'a second wave of what is left alone',
      [...inWave(0, deploy), ...inWave(1, keep)],
      {},
      { minimum: 5, typical: 13, extraAfterWait: 1 },
    ],
    [
      'a way back',
      many(deploy, 2),
      { onFailure: 'rollback' },
      { minimum: 2 + 4 + 8, typical: 2 + 12 + 8, extraAfterWait: 1 },
    ],
    [
      'a way back of two batches',
      many(deploy, 11),
      { onFailure: 'rollback', batch: 10 },
      { minimum: 11 + 8 + 22 + 8, typical: 11 + 24 + 22 + 8, extraAfterWait: 2 },
    ],
    [
      'no way back',
      many(deploy, 2),
      { onFailure: 'keep' },
      { minimum: 6, typical: 14, extraAfterWait: 1 },
    ],
  ])('%s', (_, steps, options, expected) => {
    expect(costOf({ steps, warnings: [] }, { ...base, ...options })).toMatchObject(expected)
  })
})
