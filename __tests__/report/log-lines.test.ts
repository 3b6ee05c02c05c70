import { describe, expect, it } from '@jest/globals'
import type { ExecuteEvent } from '../../src/execute/events.ts'
import type { ServiceInstance } from '../../src/inventory/inventory.ts'
import type { Plan, Step } from '../../src/plan/plan.ts'
import {
  eventLines,
  planLines,
  requestLine,
  scopeLines,
  selectionLines,
  waitLine,
} from '../../src/report/log-lines.ts'
import { deployment, selectionOf, service, targetOf } from '../fixtures.ts'
import { deployStep, keepStep, outcomeOf, previewStep, sha } from './fixtures.ts'

const web = service('web')
const worker = service('worker')
const target = targetOf(web)
const logs = 'https://railway.com/project/p-shop/service/s-web?id=d1&environmentId=e-production'

it('the scope card is aligned, one row per line', () => {
  const rows = [
    { label: 'Token', value: 'workspace\ntoken' },
    { label: 'Requests left', value: '88' },
  ]
  expect(scopeLines(rows)).toEqual(['Token         workspace token', 'Requests left 88'])
})

describe('the lines of a plan', () => {
  const wave = (number: number, step: Step): Step => ({ ...step, wave: number })

  it.each<[string, Plan, string[]]>([
    ['nothing', { steps: [], warnings: [] }, []],
    [
      'two steps, aligned',
      { steps: [deployStep(web), keepStep(worker, { detail: 'a\nb' })], warnings: [] },
      ['deploy  shop/web     commit aaaaaaa', 'keep    shop/worker  a b'],
    ],
    [
      'a long action',
      { steps: [previewStep('delete-preview'), deployStep(web)], warnings: [] },
      ['delete-preview shop/pr-7  delete-preview pr-7', 'deploy         shop/web   commit aaaaaaa'],
    ],
    [
      'a canary',
      {
        steps: [wave(0, deployStep(web)), wave(1, deployStep(worker)), wave(0, keepStep(web))],
        warnings: [],
        canary: true,
      },
      [
        'deploy  shop/web     commit aaaaaaa (canary)',
        'deploy  shop/worker  commit aaaaaaa (after the canary)',
        'keep    shop/web     aaaaaaa is already live',
      ],
    ],
    [
      'waves',
      {
        steps: [wave(0, deployStep(web)), wave(1, deployStep(web)), wave(2, deployStep(web))],
        warnings: [],
      },
      [
        'deploy  shop/web  commit aaaaaaa (wave 1 of 3)',
        'deploy  shop/web  commit aaaaaaa (wave 2 of 3)',
        'deploy  shop/web  commit aaaaaaa (wave 3 of 3)',
      ],
    ],
    [
      'waves behind a canary',
      {
        steps: [wave(0, deployStep(web)), wave(1, deployStep(web)), wave(2, deployStep(web))],
        warnings: [],
        canary: true,
      },
      [
        'deploy  shop/web  commit aaaaaaa (canary)',
        'deploy  shop/web  commit aaaaaaa (wave 1 of 2)',
        'deploy  shop/web  commit aaaaaaa (wave 2 of 2)',
      ],
    ],
    [
      'a canary of everything',
      { steps: [wave(0, deployStep(web))], warnings: [], canary: true },
      ['deploy  shop/web  commit aaaaaaa'],
    ],
  ])('%s', (_, plan, lines) => {
    expect(planLines(plan)).toEqual(lines)
  })
})

describe('the line of a selected service', () => {
  it.each<[string, Partial<ServiceInstance>, string]>([
    ['never deployed', {}, 'shop/web in production: acme/shop, never deployed'],
    [
      'of an image',
      {
        source: { kind: 'image', image: 'redis:7' },
        latest: deployment('d', { status: 'SUCCESS' }),
      },
      'shop/web in production: redis:7, SUCCESS',
    ],
    [
      'without a source',
      { source: { kind: 'none' }, latest: deployment('d', { status: 'FAILED', commit: sha }) },
      'shop/web in production: no source, FAILED at aaaaaaa',
    ],
  ])('%s', (_, instance, line) => {
    expect(selectionLines(selectionOf([service('web', instance)]))).toEqual([line])
  })
})

describe('the lines of events', () => {
  const state = (to: string): ExecuteEvent => ({
    kind: 'state',
    target,
    deploymentId: 'd1',
    from: null,
    to,
  })
  const waiting = (...statuses: string[]) => statuses.map((status) => ({ target, status }))

  it.each<[string, ExecuteEvent, string]>([
    [
      'a start',
      { kind: 'started', step: { ...deployStep(web), target }, deploymentId: 'd1' },
      `shop/web: started ${logs}`,
    ],
    [
      'a lost response',
      { kind: 'lookup', target, because: 'no answer' },
      'shop/web: no answer; checking whether it was started',
    ],
    ['a note', { kind: 'note', target, note: 'a\nb' }, 'shop/web: a b'],
    ['a state', state('BUILDING'), 'shop/web: BUILDING'],
    [
      'an unknown state',
      state('DREAMING'),
      'shop/web: DREAMING (this version of the action does not know the status, and keeps waiting)',
    ],
    [
      'an approval',
      state('NEEDS_APPROVAL'),
      `shop/web: NEEDS_APPROVAL: a person has to approve it at ${logs}`,
    ],
    [
      'checks',
      state('WAITING'),
      `shop/web: WAITING: the deployment waits for the checks of the commit. If this job is one of the checks, each waits for the other: turn off "Wait for CI" for this service in Railway, or set \`wait: false\`. ${logs}`,
    ],
    [
      'a heartbeat',
      { kind: 'heartbeat', waiting: waiting('BUILDING'), milliseconds: 61_000 },
      'Waiting for 1 deployment after 1 min 1 s: 1 BUILDING (shop/web)',
    ],
    [
      'a heartbeat of five',
      {
        kind: 'heartbeat',
        waiting: waiting('BUILDING', 'QUEUED', 'BUILDING', 'BUILDING', 'QUEUED'),
        milliseconds: 5_000,
      },
      'Waiting for 5 deployments after 5 s: 3 BUILDING, 2 QUEUED (shop/web, shop/web, shop/web, shop/web, shop/web)',
    ],
    [
      'a heartbeat of seven',
      {
        kind: 'heartbeat',
        waiting: waiting('A', 'A', 'A', 'A', 'A', 'A', 'A'),
        milliseconds: 5_000,
      },
      'Waiting for 7 deployments after 5 s: 7 A (shop/web, shop/web, shop/web, shop/web, shop/web and 2 more)',
    ],
    [
      'a package',
      { kind: 'packed', target, files: 1, bytes: 1_500 },
      'shop/web: sending 1.5 kB with 1 file',
    ],
    [
      'packing',
      { kind: 'progress', target, doing: 'packing', done: 3, of: 9, unit: 'files' },
      'shop/web: packing, 3 of 9 files',
    ],
    [
      'sending',
      { kind: 'progress', target, doing: 'sending', done: 1_500, of: 3_000, unit: 'bytes' },
      'shop/web: sending, 1.5 kB of 3.0 kB',
    ],
    [
      'a rollback on failure',
      { kind: 'rollback-started', services: 2 },
      'A deployment did not succeed: returning 2 services to the deployments that were live before',
    ],
    [
      'no-response',
      { kind: 'no-response', milliseconds: 90_000 },
      'Railway has sent no response for 1 min 30 s; retrying, while the deployments continue on Railway',
    ],
    [
      'an end',
      { kind: 'ended', outcome: outcomeOf(deployStep(web), 'success') },
      'shop/web: success, it is success',
    ],
    [
      'an end without a message',
      { kind: 'ended', outcome: outcomeOf(deployStep(web), 'success', { message: '' }) },
      'shop/web: success',
    ],
  ])('%s', (_, event, line) => {
    expect(eventLines(event)).toEqual([line])
  })
})

describe('the line of a request', () => {
  const request = {
    operation: 'Deploy',
    attempt: 2,
    milliseconds: 12.6,
    status: 200,
    result: 'ok',
    traceId: 'abc',
    remaining: 7,
  }
  it.each<[Partial<Parameters<typeof requestLine>[0]>, string]>([
    [{}, 'Deploy, 13 ms, HTTP 200, ok, attempt 2, trace abc, left 7'],
    [
      { status: null, traceId: null, remaining: null },
      'Deploy, 13 ms, no status, ok, attempt 2, trace -, left ?',
    ],
    [{ remaining: 0 }, 'Deploy, 13 ms, HTTP 200, ok, attempt 2, trace abc, left 0'],
  ])('%j', (more, line) => {
    expect(requestLine({ ...request, ...more })).toBe(line)
  })
})

it('a wait is logged with its end and its reason', () => {
  expect(waitLine({ until: Date.UTC(2026, 0, 5, 10), because: 'the\nlimit' })).toBe(
    'Waiting until 2026-01-05T10:00:00.000Z: the limit',
  )
})
