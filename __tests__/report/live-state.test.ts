import { describe, expect, it } from '@jest/globals'
import type { Outcome } from '../../src/execute/outcome.ts'
import { liveState } from '../../src/report/live-state.ts'
import { deployment, service, targetOf } from '../fixtures.ts'
import { deployStep, keepStep, outcomeOf, previewStep, variablesStep } from './fixtures.ts'

const before = deployment('before')
const after = deployment('after')
const web = service('web', { active: [before], domains: ['web.example.com'] })
const deploy = (status: Outcome['status'], more: Partial<Outcome> = {}) =>
  outcomeOf(deployStep(web), status, { domains: ['new.example.com'], ...more })

const inventoried = { deployment: before, domains: ['web.example.com'] }
const removed = outcomeOf(
  {
    ...previewStep('delete-preview'),
    target: { ...targetOf(web), instance: null },
  },
  'success',
)

describe('the live deployment of a service at the end of the run', () => {
  it.each<[string, Outcome[] | null, object]>([
    ['as the inventory has it', null, inventoried],
    ['nothing done', [], inventoried],
    ['another service deployed', [outcomeOf(deployStep(service('api')), 'success')], inventoried],
    [
      'deployed, and read',
      [deploy('success', { deployment: after })],
      { deployment: after, domains: ['new.example.com'] },
    ],
    [
      'rolled back, and read',
      [deploy('rolled-back', { deployment: after })],
      { deployment: after, domains: ['new.example.com'] },
    ],
    [
      'failed',
      [deploy('failed', { deployment: after })],
      { deployment: before, domains: ['new.example.com'] },
    ],
    [
      'deployed, and not read',
      [deploy('success')],
      { deployment: before, domains: ['new.example.com'] },
    ],
    [
      'read',
      [deploy('failed', { deployment: after, live: null })],
      { deployment: null, domains: ['new.example.com'] },
    ],
    [
      'read, and found there',
      [deploy('unknown', { live: after })],
      { deployment: after, domains: ['new.example.com'] },
    ],
    ['kept', [outcomeOf(keepStep(web), 'unchanged')], inventoried],
    [
      'variables after a deployment',
      [deploy('success', { deployment: after }), outcomeOf(variablesStep(web), 'success')],
      { deployment: after, domains: ['new.example.com'] },
    ],
    [
      'rolled back by a later step',
      [
        deploy('rolled-back', { deployment: after, live: after }),
        deploy('rolled-back', { deployment: before, live: before }),
      ],
      { deployment: before, domains: ['new.example.com'] },
    ],
    ['its environment deleted', [removed], { deployment: null, domains: [] }],
    ['its environment not deleted', [{ ...removed, status: 'unknown' }], inventoried],
    [
      'another environment deleted',
      [outcomeOf(previewStep('delete-preview'), 'success')],
      inventoried,
    ],
  ])('%s', (_, outcomes, expected) => {
    expect(liveState({ outcomes })(targetOf(web))).toEqual(expected)
  })

  it('is nothing for a service that crashed', () => {
    const crashed = service('x', { active: [deployment('d', { status: 'CRASHED' })] })
    expect(liveState({ outcomes: null })(targetOf(crashed)).deployment).toBeNull()
  })
})
