import { describe, expect, it } from '@jest/globals'
import { messageFor } from '../../src/errors/messages/message-for.ts'
import type { ExecuteEvent } from '../../src/execute/events.ts'
import type { DeploymentState, FailureReport, InstanceState } from '../../src/execute/ports.ts'
import { toOutcome } from '../../src/execute/to-outcome.ts'
import { toStep } from '../../src/plan/step-id.ts'
import { deployment, service, targetOf } from '../fixtures.ts'

const sha = 'a'.repeat(40)

const step = toStep({
  action: 'deploy',
  revision: { kind: 'commit', sha },
  target: targetOf(service('web')),
  detail: 'commit aaaaaaa',
})

const explained = (more: Partial<FailureReport>): FailureReport => ({
  step: null,
  reason: null,
  diagnosis: null,
  firstErrorLine: null,
  lines: [],
  log: { build: [], container: [] },
  ...more,
})

async function outcomeOf(
  state: Partial<DeploymentState>,
  report: Partial<FailureReport>,
  instance: InstanceState | null = null,
) {
  const events: ExecuteEvent[] = []
  const outcome = await toOutcome(
    {
      step,
      id: 'd1',
      startedAt: 0,
      seenAt: 60_000,
      stableAt: 60_000,
      served: null,
      state: { ...deployment('d1', { commit: sha, status: 'FAILED' }), stopped: false, ...state },
    },
    instance,
    { onSkipped: 'warn' },
    {
      deployments: {
        explain: async (_target, _id, reason) => explained({ ...report, reason }),
        deleted: async () => null,
      },
      emit: (event) => events.push(event),
    },
  )
  return { outcome, events }
}

describe('the message of a failed deployment', () => {
  it.each<[string, Partial<DeploymentState>, Partial<FailureReport>, string]>([
    ['without a reason', {}, {}, 'Railway gave no reason'],
    ['with a step', {}, { step: 'BUILD_IMAGE' }, 'step BUILD_IMAGE'],
    [
      'with a step and an error line',
      {},
      { step: 'BUILD_IMAGE', firstErrorLine: 'error TS2304' },
      'step BUILD_IMAGE: error TS2304',
    ],
    [
      'with a diagnosis, which counts more than an error line',
      {},
      { diagnosis: 'Out of memory', firstErrorLine: 'Killed' },
      'Out of memory',
    ],
    [
      'with a reason, which counts most',
      { reason: 'The root directory does not exist' },
      { step: 'SNAPSHOT_CODE', diagnosis: 'Failed' },
      'step SNAPSHOT_CODE: The root directory does not exist',
    ],
    [
      'that crashed',
      { status: 'CRASHED' },
      { step: 'CREATE_CONTAINER', firstErrorLine: 'exit 1' },
      'it crashed, step CREATE_CONTAINER: exit 1',
    ],
    ['that crashed without a log line', { status: 'CRASHED' }, {}, 'it crashed'],
    [
      'with an error line of two lines that is very long',
      {},
      { firstErrorLine: `a\nb${'x'.repeat(300)}` },
      `a b${'x'.repeat(196)}…`,
    ],
  ])('%s follows the status without repeating it', async (_, state, report, message) => {
    const { outcome } = await outcomeOf(state, report)
    expect(outcome).toMatchObject({ status: 'failed', message })
    expect(message).not.toContain('failed')
  })
})

describe('the message of a deployment that no longer exists', () => {
  const nothing: InstanceState = { latest: null, active: [], domains: [] }
  const removed = { ...deployment('d1', { commit: sha, status: 'REMOVED' }), stopped: false }

  it.each<[string, string, InstanceState, string]>([
    ['never reported as live', 'REMOVED', nothing, 'was removed before it was live'],
    ['that was live and is not listed', 'SUCCESS', nothing, 'was live, but is no longer live'],
    [
      'that was live and was removed',
      'SUCCESS',
      { ...nothing, latest: removed },
      'was live, but is no longer live',
    ],
  ])('%s contains the reason', async (_, status, instance, what) => {
    const { outcome } = await outcomeOf({ status }, {}, instance)
    expect(outcome).toMatchObject({ status: 'failed', message: `it ${what}` })
    const { failure } = outcome
    if (!failure) throw new Error('the outcome has no failure')
    expect(messageFor(failure).what).toContain(what)
  })
})

it('the last lines of a log name their deployment', async () => {
  const { events } = await outcomeOf({}, { lines: ['bye'] })
  expect(events).toEqual([
    expect.objectContaining({ kind: 'explained', deploymentId: 'd1' }),
    expect.objectContaining({ kind: 'log-read', deploymentId: 'd1' }),
  ])
})
