import { describe, expect, it } from '@jest/globals'
import type { Outcome, OutcomeStatus } from '../../src/execute/outcome.ts'
import {
  githubEnvironmentName,
  recordedEnvironments,
  recordStatuses,
  removedEnvironments,
} from '../../src/report/github-deployments.ts'
import { service, targetOf } from '../fixtures.ts'
import {
  buildFailed,
  deployStep,
  keepStep,
  outcomeOf,
  previewStep,
  variablesStep,
} from './fixtures.ts'

const web = service('web', { domains: ['web.up.railway.app'] })
const api = service('api')
const failure = buildFailed('web')
const page = 'https://railway.com/project/p-shop?environmentId=e-production'
const logs = 'https://railway.com/project/p-shop/service/s-web?id=d-web&environmentId=e-production'

const ended = (status: OutcomeStatus, instance = web, more: Partial<Outcome> = {}) =>
  outcomeOf(deployStep(instance), status, more)
const kept = (status: OutcomeStatus) => outcomeOf(keepStep(api), status)
const statusOf = (...outcomes: Outcome[]) => recordStatuses(outcomes).get('shop / production')

describe('the environments on GitHub', () => {
  it('are named by project and environment', () => {
    expect(githubEnvironmentName(deployStep(web))).toBe('shop / production')
    const target = { ...targetOf(web), project: { id: 'p', name: 'shop', label: 'shop (p)' } }
    expect(githubEnvironmentName(deployStep(web, { target }))).toBe('shop (p) / production')
  })

  it('are those of the deployments, each once', () => {
    const inBlog = deployStep(web, {
      target: { ...targetOf(web), project: { id: 'b', name: 'blog' } },
    })
    const keptElsewhere = keepStep(web, {
      target: { ...targetOf(web), environment: { id: 'x', name: 'other' } },
    })
    const steps = [deployStep(web), deployStep(api), keptElsewhere, inBlog, variablesStep(web)]
    expect(recordedEnvironments({ steps, warnings: [] })).toEqual([
      'shop / production',
      'blog / production',
    ])
  })

  it('are removed with a preview, or if it never existed', () => {
    const absent = { absent: true, name: 'pr-9' } as const
    const gone = keepStep(web, {
      target: { ...targetOf(web), environment: absent, instance: null },
    })
    expect(
      removedEnvironments([
        outcomeOf(previewStep('delete-preview', 'pr-7'), 'success'),
        outcomeOf(previewStep('delete-preview', 'pr-8'), 'unknown'),
        outcomeOf(gone, 'skipped'),
        outcomeOf(previewStep('update-preview', 'pr-10'), 'success'),
        kept('unchanged'),
      ]),
    ).toEqual(['shop / pr-7', 'shop / pr-9'])
  })
})

describe('the status of an environment', () => {
  it.each<[string, Outcome[], string, string]>([
    ['live', [ended('success')], 'success', 'Live'],
    ['unchanged', [kept('unchanged')], 'success', 'Live'],
    ['started', [ended('accepted'), kept('unchanged')], 'in_progress', 'Started, not verified'],
    ['skipped', [ended('skipped')], 'inactive', 'Railway skipped it'],
    ['one skipped', [ended('skipped'), kept('unchanged')], 'success', 'Live'],
    ['one skipped, one live', [kept('skipped'), ended('success')], 'success', 'Live'],
    ['superseded', [ended('superseded')], 'inactive', 'A newer deployment has replaced it'],
    ['one superseded', [ended('superseded'), kept('unchanged')], 'success', 'Live'],
    ['one superseded, one live', [kept('superseded'), ended('success')], 'success', 'Live'],
    [
      'cancelled',
      [ended('cancelled'), kept('unchanged')],
      'error',
      'Stopped before it was finished',
    ],
    ['not started', [ended('not-started')], 'error', 'Stopped before it was finished'],
    ['not known', [ended('unknown')], 'error', 'Stopped before it was finished'],
    ['failed', [ended('failed', web, { failure }), kept('unchanged')], 'failure', 'Failed: web'],
    [
      'failed twice',
      [ended('failed', web, { failure }), ended('timed-out', api, { failure })],
      'failure',
      'Failed: web, api',
    ],
    [
      'shared variables refused',
      [outcomeOf(variablesStep(null), 'refused', { failure })],
      'failure',
      'Failed: the shared variables',
    ],
    [
      'variables of a service refused',
      [outcomeOf(variablesStep(web), 'refused', { failure })],
      'failure',
      'Failed: web',
    ],
  ])('%s', (_, outcomes, state, description) => {
    expect(statusOf(...outcomes)).toMatchObject({ state, description })
  })

  it('a preview that could not be made', () => {
    const outcome = outcomeOf(previewStep('create-preview'), 'failed', { failure })
    expect(recordStatuses([outcome]).get('shop / pr-7')).toEqual({
      state: 'failure',
      description: 'Failed: the preview',
      environmentUrl: null,
      logUrl: 'https://railway.com/project/p-shop?environmentId=e-pr-7',
    })
  })

  it('has the site, and the page of the environment', () => {
    expect(statusOf(kept('unchanged'), ended('success'))).toMatchObject({
      environmentUrl: 'https://web.up.railway.app',
      logUrl: page,
    })
  })

  it('has the logs of the failed deployment, and no site of another one', () => {
    expect(statusOf(kept('unchanged'), ended('failed', web, { failure }))).toMatchObject({
      environmentUrl: null,
      logUrl: logs,
    })
  })

  it('has the page of the deployment if the failed one has no logs', () => {
    expect(statusOf(ended('not-started', web, { failure }))).toMatchObject({ logUrl: page })
  })

  it('has no page of an environment that does not exist', () => {
    const absent = { absent: true, name: 'production' } as const
    const step = keepStep(web, { target: { ...targetOf(web), environment: absent } })
    expect(statusOf(outcomeOf(step, 'skipped'))).toMatchObject({ logUrl: null })
  })

  it('is one for each environment', () => {
    const outcomes = [ended('success'), outcomeOf(previewStep('update-preview'), 'success')]
    expect([...recordStatuses(outcomes).keys()]).toEqual(['shop / production', 'shop / pr-7'])
  })
})
