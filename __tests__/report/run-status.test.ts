import { describe, expect, it } from '@jest/globals'
import type { Outcome, OutcomeStatus } from '../../src/execute/outcome.ts'
import { allFailures, hasChanged, type RunStatus, statusOf } from '../../src/report/run-status.ts'
import type { RunReport } from '../../src/run-state.ts'
import { inputsOf, service } from '../fixtures.ts'
import {
  buildFailed,
  deployStep,
  keepStep,
  outcomeOf,
  planOf,
  previewStep,
  reportOf,
  variablesStep,
} from './fixtures.ts'

const web = service('web')
const api = service('api')
const failure = buildFailed('web')
const other = buildFailed('api')

const ended = (status: OutcomeStatus, more: Partial<Outcome> = {}) =>
  outcomeOf(deployStep(web), status, more)
const bad = ended('failed', { failure })
const kept = outcomeOf(keepStep(api), 'unchanged')

describe('the status of a run', () => {
  it.each<[string, Partial<RunReport>, RunStatus]>([
    ['nothing found', {}, 'success'],
    ['nothing to be done for the event', { skipped: true }, 'skipped'],
    ['nothing to be done, and a failure', { skipped: true, failures: [failure] }, 'failure'],
    ['a failure before the plan', { failures: [failure] }, 'failure'],
    ['a dry run', { plan: planOf(keepStep(api), deployStep(web)) }, 'planned'],
    ['a dry run with nothing to do', { plan: planOf(keepStep(api)) }, 'unchanged'],
    ['a dry run of nothing', { plan: planOf() }, 'unchanged'],
    ['a dry run that fails', { plan: planOf(deployStep(web)), failures: [failure] }, 'failure'],
    ['a deployment', { plan: planOf(deployStep(web)), outcomes: [ended('success')] }, 'success'],
    ['one that is not waited for', { outcomes: [ended('success'), ended('accepted')] }, 'accepted'],
    ['everything kept', { outcomes: [kept, outcomeOf(keepStep(web), 'superseded')] }, 'unchanged'],
    ['one kept, one deployed', { outcomes: [kept, ended('success')] }, 'success'],
    ['nothing executed', { outcomes: [] }, 'unchanged'],
    ['one that Railway skipped', { outcomes: [ended('skipped')] }, 'success'],
    ['all failed', { outcomes: [bad] }, 'failure'],
    ['one failed, one live', { outcomes: [bad, ended('success')] }, 'partial'],
    ['one failed, one unchanged', { outcomes: [kept, bad] }, 'partial'],
    ['one failed, one started', { outcomes: [ended('accepted'), bad] }, 'partial'],
    ['one failed, one skipped', { outcomes: [ended('skipped'), bad] }, 'failure'],
    ['one failed, one not started', { outcomes: [ended('not-started'), bad] }, 'failure'],
    ['one failed, one rolled back', { outcomes: [ended('rolled-back'), bad] }, 'failure'],
    [
      'one failed, one rolled back as requested',
      {
        inputs: inputsOf({ command: 'rollback', environment: 'production' }),
        outcomes: [ended('rolled-back'), bad],
      },
      'partial',
    ],
    [
      'one failed, one skipped, of a rollback',
      {
        inputs: inputsOf({ command: 'rollback', environment: 'production' }),
        outcomes: [ended('skipped'), bad],
      },
      'failure',
    ],
    [
      'one failed, one rolled back by another command',
      { inputs: inputsOf({ environment: 'production' }), outcomes: [ended('rolled-back'), bad] },
      'failure',
    ],
    [
      'variables set, the deployment failed',
      { outcomes: [outcomeOf(variablesStep(web), 'success'), bad] },
      'failure',
    ],
    [
      'variables set for one, and not for the other',
      {
        outcomes: [
          outcomeOf(variablesStep(web), 'success'),
          outcomeOf(variablesStep(api), 'refused', { failure }),
        ],
      },
      'partial',
    ],
    [
      'a preview made, the deployment in it failed',
      { outcomes: [outcomeOf(previewStep('create-preview'), 'success'), bad] },
      'failure',
    ],
    [
      'a preview in which nothing was to be changed',
      { outcomes: [outcomeOf(previewStep('update-preview'), 'unchanged'), kept] },
      'unchanged',
    ],
    [
      'a preview that was changed',
      { outcomes: [outcomeOf(previewStep('update-preview'), 'success'), kept] },
      'success',
    ],
    [
      'a preview of which one is kept and one is changed',
      {
        outcomes: [
          outcomeOf(previewStep('update-preview'), 'unchanged'),
          outcomeOf(previewStep('update-preview', 'pr-8'), 'success'),
        ],
      },
      'success',
    ],
    ['a deployment that turned out unchanged', { outcomes: [ended('unchanged')] }, 'success'],
    [
      'all live, and a failure beside it',
      { failures: [other], outcomes: [ended('success')] },
      'partial',
    ],
  ])('%s: %s', (_, known, status) => {
    expect(statusOf(reportOf(known))).toBe(status)
  })
})

describe('everything that fails a job', () => {
  it.each<[string, Partial<RunReport>, object[]]>([
    ['nothing', {}, []],
    ['the failure that stopped the run', { failures: [failure] }, [failure]],
    ['the failures of targets', { outcomes: [ended('success'), bad] }, [failure]],
    ['both, in this order', { failures: [other], outcomes: [bad] }, [other, failure]],
    ['one cause of two ends, once', { failures: [failure], outcomes: [bad, bad] }, [failure]],
  ])('%s', (_, known, failures) => {
    expect(allFailures(reportOf(known))).toEqual(failures)
  })
})

it.each<[string, RunReport['outcomes'], boolean]>([
  ['that stopped', null, false],
  ['that had nothing to do', [], false],
  ['that kept everything', [kept], false],
  ['that deployed one', [kept, ended('success')], true],
  ['whose change may have failed', [ended('unknown')], true],
  ['whose deployment was refused', [ended('refused', { changed: false })], false],
])('a run %s has changed something: %s', (_, outcomes, expected) => {
  expect(hasChanged(reportOf({ outcomes }))).toBe(expected)
})
