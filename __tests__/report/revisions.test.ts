import { describe, expect, it } from '@jest/globals'
import { baseOutcome, type Outcome } from '../../src/execute/outcome.ts'
import type { Deployment, ServiceInstance, ServiceTarget } from '../../src/inventory/inventory.ts'
import type { Step } from '../../src/plan/plan.ts'
import { liveState } from '../../src/report/live-state.ts'
import { commitOf, digestOf, revisionOf, transitionOf } from '../../src/report/revisions.ts'
import { deployment, imageReference, service } from '../fixtures.ts'

const old = 'b'.repeat(40)
const asked = 'c'.repeat(40)
const digest = `sha256:${'d'.repeat(64)}`

const place = {
  project: { id: 'p', name: 'shop' },
  environment: { id: 'e', name: 'production' },
}

const live = deployment('d-live', { commit: old })

const target = (more: Partial<ServiceInstance> = {}): ServiceTarget => ({
  ...place,
  instance: service('web', { active: [live], ...more }),
})

const base = { id: 'step', after: [], detail: '' }

const deploy = (
  revision: Extract<Step, { action: 'deploy' }>['revision'],
  of = target(),
): Step => ({
  ...base,
  action: 'deploy',
  revision,
  target: of,
})

const keep: Step = { ...base, action: 'keep', because: 'unchanged', target: target() }

const commit = { kind: 'commit', sha: asked } as const
const image = { kind: 'image', image: imageReference('redis:7.4.2') } as const
const ofImage = target({
  source: { kind: 'image', image: 'redis:7.4.1' },
  active: [deployment('d-image', { image: 'redis:7.4.1', digest })],
})

const rollback: Step = {
  ...base,
  action: 'rollback',
  from: live,
  to: deployment('d-past', { commit: asked }),
  image: null,
  revision: { kind: 'past' },
  target: target(),
}

const adopt: Step = {
  ...base,
  action: 'adopt',
  deployment: deployment('d-next', { commit: asked, status: 'BUILDING' }),
  revision: commit,
  target: target(),
}

describe('what a step leads from and to', () => {
  it.each<[string, Step, string | null, string | null]>([
    ['a commit in place of another', deploy(commit), old, asked],
    ['a commit in place of nothing', deploy(commit, target({ active: [] })), null, asked],
    [
      'a commit in place of what has crashed',
      deploy(commit, target({ active: [deployment('d', { commit: old, status: 'CRASHED' })] })),
      null,
      asked,
    ],
    ["Railway's newest commit", deploy({ kind: 'latest' }), old, null],
    ['the commit that it has', deploy({ kind: 'current' }), old, old],
    [
      'the image that it has',
      deploy({ kind: 'current' }, ofImage),
      `redis@${digest}`,
      'redis:7.4.1',
    ],
    ['an image', deploy(image, ofImage), `redis@${digest}`, 'redis:7.4.2'],
    [
      'what was uploaded',
      deploy(image, target({ active: [deployment('d-up')] })),
      'd-up',
      'redis:7.4.2',
    ],
    ['a deployment under way', adopt, old, asked],
    ['an earlier deployment', rollback, old, asked],
    ['what stays', keep, old, old],
    [
      'a preview',
      { ...base, action: 'delete-preview', target: { ...place, instance: null } },
      null,
      null,
    ],
  ])('%s', (_, step, from, to) => {
    expect(transitionOf(step)).toEqual({ from, to })
  })
})

describe('the revision of a deployment', () => {
  it.each<[string, Partial<Deployment>, string, string | null]>([
    ['its commit', { commit: old, image: 'web:1' }, old, null],
    ['its image by digest', { image: 'redis:7', digest }, `redis@${digest}`, digest],
    ['its image by name', { image: 'redis:7' }, 'redis:7', null],
    [
      'its image with the digest in its name',
      { image: `redis@${digest}` },
      `redis@${digest}`,
      digest,
    ],
    ['its id', {}, 'd', null],
  ])('is %s', (_, more, revision, expected) => {
    expect(revisionOf(deployment('d', more))).toBe(revision)
    expect(digestOf(deployment('d', more))).toBe(expected)
  })
})

const outcome = (step: Step, more: Partial<Outcome> = {}): Outcome => ({
  ...baseOutcome(step, 'success', ''),
  ...more,
})

describe('the commit of a result', () => {
  it.each<[string, Outcome, string | null]>([
    ['of its deployment', outcome(deploy(image), { deployment: live }), old],
    ['that was requested', outcome(deploy(commit)), asked],
    ['none, for an image', outcome(deploy(image)), null],
    ['of the deployment under way', outcome(adopt), asked],
    ['that it goes back to', outcome(rollback), asked],
    ['that stays', outcome(keep), old],
    [
      'none, where Railway does not say it',
      outcome(deploy(commit), { deployment: deployment('d') }),
      null,
    ],
  ])('is that %s', (_, one, expected) => {
    expect(commitOf(one)).toBe(expected)
  })
})

describe('what is live at the end', () => {
  const next = deployment('d-next', { commit: asked })
  const idOf = (outcomes: readonly Outcome[] | null) =>
    liveState({ outcomes })(target()).deployment?.id ?? null

  it.each<[string, Outcome[] | null, string | null]>([
    ['is what was found, without outcomes', null, 'd-live'],
    ['is what was found, if nothing was deployed', [outcome(keep)], 'd-live'],
    [
      'is what the run looked at',
      [outcome(deploy(commit), { deployment: next, live: next })],
      'd-next',
    ],
    [
      'is nothing, if the run saw that',
      [outcome(deploy(commit), { deployment: next, live: null })],
      null,
    ],
    [
      'is what succeeded, if it could not look again',
      [outcome(deploy(commit), { deployment: next })],
      'd-next',
    ],
    [
      'is what was there, after a failure',
      [outcome(deploy(commit), { status: 'failed', deployment: next })],
      'd-live',
    ],
    [
      'is what it was returned to',
      [
        outcome(deploy(commit), { status: 'rolled-back', deployment: next, live: next }),
        outcome(rollback, { status: 'rolled-back', deployment: live, live }),
      ],
      'd-live',
    ],
    [
      'is nothing in an environment that was deleted',
      [outcome({ ...base, action: 'delete-preview', target: { ...place, instance: null } })],
      null,
    ],
    [
      'is what was found in an environment that could not be deleted',
      [
        outcome(
          { ...base, action: 'delete-preview', target: { ...place, instance: null } },
          { status: 'refused' },
        ),
      ],
      'd-live',
    ],
  ])('%s', (_, outcomes, expected) => {
    expect(idOf(outcomes)).toBe(expected)
  })
})
