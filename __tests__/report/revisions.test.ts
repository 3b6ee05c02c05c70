import { describe, expect, it } from '@jest/globals'
import type { Outcome } from '../../src/execute/outcome.ts'
import type { Deployment, ServiceInstance } from '../../src/inventory/inventory.ts'
import type { Revision, Step } from '../../src/plan/plan.ts'
import { rollbackStep } from '../../src/plan/rollback.ts'
import { toStep } from '../../src/plan/step-id.ts'
import { commitOf, digestOf, revisionChangeOf, revisionOf } from '../../src/report/revisions.ts'
import { deployment, imageReference, service, targetOf } from '../fixtures.ts'
import {
  deployStep,
  keepStep,
  outcomeOf,
  previewStep,
  sha,
  uploadStep,
  variablesStep,
} from './fixtures.ts'

const digest = `sha256:${'1'.repeat(64)}`
const old = 'b'.repeat(40)

describe('a deployment consists of', () => {
  // deployment, revision, digest
  it.each<[Partial<Deployment>, string, string | null]>([
    [{ commit: sha, image: 'redis:7' }, sha, null],
    [{ image: 'redis:7' }, 'redis:7', null],
    [{ image: 'redis:7', digest }, `redis@${digest}`, digest],
    [{ image: `redis@${digest}` }, `redis@${digest}`, digest],
    [{ image: 'NO IMAGE', digest: null }, 'NO IMAGE', null],
    [{}, 'd1', null],
    [{ digest }, 'd1', digest],
  ])('%j', (more, revision, itsDigest) => {
    expect(revisionOf(deployment('d1', more))).toBe(revision)
    expect(digestOf(deployment('d1', more))).toBe(itsDigest)
  })
})

const web = service('web', { active: [deployment('d0', { commit: old })] })
const fresh = service('fresh')
const crashed = service('crashed', {
  active: [deployment('d0', { commit: old, status: 'CRASHED' })],
})
const image = (instance: Partial<ServiceInstance>) =>
  service('db', { source: { kind: 'image', image: 'redis:7' }, ...instance })
const ofImage = image({ active: [deployment('d0', { image: 'redis:7', digest })] })
const deploy = (revision: Revision, instance = web) => deployStep(instance, { revision })
const adopt = (commit: string | null): Step =>
  toStep({
    action: 'adopt',
    deployment: deployment('d1', { commit }),
    revision: { kind: 'latest' },
    target: targetOf(web),
    detail: '',
  })
const upload = uploadStep(web)
const back = (from: Deployment | null) =>
  rollbackStep(targetOf(web), { from, to: deployment('d9', { commit: sha }) }, 0)

describe('a step leads', () => {
  it.each<[string, Step, string | null, string | null]>([
    ['to a commit', deploy({ kind: 'commit', sha }), old, sha],
    ['to a first commit', deploy({ kind: 'commit', sha }, fresh), null, sha],
    ['from a crash', deploy({ kind: 'commit', sha }, crashed), null, sha],
    ['to an image', deploy({ kind: 'image', image: imageReference('redis:8') }), old, 'redis:8'],
    ['to the choice of Railway', deploy({ kind: 'latest' }), old, null],
    ['to the same again', deploy({ kind: 'current' }), old, old],
    [
      'to the image that is set',
      deploy({ kind: 'current' }, image({ active: [deployment('d0', { image: 'redis:6' })] })),
      'redis:6',
      'redis:7',
    ],
    ['to a running deployment', adopt(sha), old, sha],
    ['to an earlier deployment', back(deployment('d5', { commit: old })), old, sha],
    ['to an earlier one, from nothing', back(null), null, sha],
    [
      'to the image that is set, from a digest',
      deploy({ kind: 'current' }, ofImage),
      `redis@${digest}`,
      'redis:7',
    ],
    [
      'to another image, from a digest',
      deploy({ kind: 'image', image: imageReference('redis:8') }, ofImage),
      `redis@${digest}`,
      'redis:8',
    ],
    [
      'from an upload',
      deploy({ kind: 'commit', sha }, service('web', { active: [deployment('d-up')] })),
      'd-up',
      sha,
    ],
    ['to an upload', upload, old, null],
    ['nowhere, if it is kept', keepStep(web), old, old],
    ['nowhere, if nothing is live', keepStep(fresh), null, null],
    ['nowhere, for variables', variablesStep(web), null, null],
    ['nowhere, for a preview', previewStep('delete-preview'), null, null],
  ])('%s', (_, step, from, to) => {
    expect(revisionChangeOf(step)).toEqual({ from, to })
  })
})

describe('the commit of an outcome', () => {
  const read = { deployment: deployment('d1', { commit: old }) }
  it.each<[string, Outcome, string | null]>([
    ['as read', outcomeOf(deployStep(web), 'success', read), old],
    [
      'read, and not reported',
      outcomeOf(deployStep(web), 'success', { deployment: deployment('d') }),
      null,
    ],
    ['as requested', outcomeOf(deployStep(web), 'not-started'), sha],
    [
      'of an image',
      outcomeOf(deploy({ kind: 'image', image: imageReference('a') }), 'failed'),
      null,
    ],
    ['of an adopted deployment', outcomeOf(adopt(sha), 'timed-out'), sha],
    ['of a rollback', outcomeOf(back(null), 'not-started'), sha],
    ['of an unchanged service', outcomeOf(keepStep(web), 'unchanged'), old],
    ['of an unchanged service that is not live', outcomeOf(keepStep(fresh), 'skipped'), null],
    [
      'of an environment that is kept',
      outcomeOf(keepStep(web, { target: { ...targetOf(web), instance: null } }), 'skipped'),
      null,
    ],
    ['of variables', outcomeOf(variablesStep(web), 'success'), null],
    ['of an upload', outcomeOf(upload, 'not-started'), null],
  ])('%s', (_, outcome, commit) => {
    expect(commitOf(outcome)).toBe(commit)
  })
})
