import { describe, expect, it } from '@jest/globals'
import type { Outcome } from '../../src/execute/outcome.ts'
import type { Named } from '../../src/named.ts'
import { sharedNames, siteUrls } from '../../src/report/site-urls.ts'
import {
  deployment,
  environment,
  project,
  selectionOf,
  selectionOfProjects,
  service,
  targetOf,
} from '../fixtures.ts'
import { deployStep, outcomeOf, previewStep, reportOf } from './fixtures.ts'

const site = (name: string, domain = `${name}.example.com`) =>
  service(name, { domains: [domain], active: [deployment('d')] })
const deployed = (name: string, place: { project?: Named; service?: Named } = {}): Outcome => {
  const instance = { ...site(name), ...(place.service && { service: place.service }) }
  const target = { ...targetOf(instance), ...(place.project && { project: place.project }) }
  return outcomeOf(deployStep(instance, { target }), 'success')
}
const urls = (outcomes: Outcome[]) => siteUrls(reportOf({ outcomes }))

describe('the sites of deployed services', () => {
  it('are by project and service', () => {
    const none = outcomeOf(deployStep(service('worker')), 'success')
    expect(urls([deployed('web'), none, deployed('api')])).toEqual({
      'shop/web': 'https://web.example.com',
      'shop/api': 'https://api.example.com',
    })
  })

  it('are the first of two for one service', () => {
    const again = outcomeOf(deployStep(site('web', 'other.example.com')), 'success')
    expect(urls([deployed('web'), again])).toEqual({ 'shop/web': 'https://web.example.com' })
  })

  it('are by the name of an environment without a service', () => {
    const preview = outcomeOf(previewStep('update-preview'), 'success', {
      domains: ['a.example.com'],
    })
    expect(urls([preview])).toEqual({ 'shop/pr-7': 'https://a.example.com' })
  })

  it('have ids if names are shared', () => {
    const twin = { id: 'p2', name: 'shop', label: 'shop (p2)' }
    expect(urls([deployed('web', { project: twin })])).toEqual({
      'p2/web': 'https://web.example.com',
    })
  })

  it('have ids if a slash makes two keys look alike', () => {
    const outcomes = [
      deployed('x', { project: { id: 'p1', name: 'a/b' }, service: { id: 's1', name: 'c' } }),
      deployed('y', { project: { id: 'p2', name: 'a' }, service: { id: 's2', name: 'b/c' } }),
    ]
    expect(urls(outcomes)).toEqual({
      'p1/s1': 'https://x.example.com',
      'p2/s2': 'https://y.example.com',
    })
  })
})

describe('the sites of live services', () => {
  it('are those of the selection, of the base environment first', () => {
    const [staging, live] = [
      environment('staging', [site('web', 'staging.example.com')]),
      environment('production', [site('web'), service('idle', { domains: ['idle.example.com'] })]),
    ]
    const shop = project('shop', [staging, live], { baseEnvironmentId: live.id })
    const selection = selectionOfProjects(shop)
    expect(siteUrls(reportOf({ selection }))).toEqual({ 'shop/web': 'https://web.example.com' })
    expect(siteUrls(reportOf({ selection, outcomes: [] }))).toEqual({})
  })

  it('are none of a service that crashed', () => {
    const crashed = service('web', {
      domains: ['web.example.com'],
      active: [deployment('d', { status: 'CRASHED' })],
    })
    expect(siteUrls(reportOf({ selection: selectionOf([crashed]) }))).toEqual({})
  })

  it('are none without a selection', () => {
    expect(siteUrls(reportOf({}))).toEqual({})
  })
})

describe('names that are replaced by ids in keys', () => {
  const twin = { id: 'p2', name: 'shop', label: 'shop (p2)' }
  it.each<[string, Outcome[], string[]]>([
    ['none', [deployed('web')], []],
    [
      'a project, once',
      [deployed('web', { project: twin }), deployed('api', { project: twin })],
      ['shop'],
    ],
    [
      'a service',
      [deployed('web', { service: { id: 's2', name: 'web', label: 'web (s2)' } })],
      ['web'],
    ],
    [
      'none without a site',
      [
        outcomeOf(
          deployStep(service('web'), { target: { ...targetOf(service('web')), project: twin } }),
          'success',
        ),
      ],
      [],
    ],
    [
      'none of an environment',
      [outcomeOf(previewStep('update-preview'), 'success', { domains: ['a.example.com'] })],
      [],
    ],
  ])('%s', (_, outcomes, names) => {
    expect(sharedNames(reportOf({ outcomes }))).toEqual(names)
  })
})
