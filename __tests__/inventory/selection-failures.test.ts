import { describe, expect, it } from '@jest/globals'
import type { SelectedEnvironment, SelectionRequest } from '../../src/inventory/selection.ts'
import {
  describeWhere,
  otherEnvironmentsWith,
  serviceNotFound,
} from '../../src/inventory/selection-failures.ts'
import { environment, imageReference, project, service } from '../fixtures.ts'

const production = environment('production', [service('web')], { id: 'e1' })
const staging = environment('staging', [service('web'), service('worker')], { id: 'e2' })
const shop = project('shop', [production, staging])
const blog = project('blog', [environment('production', [service('site')], { id: 'e3' })])

const selected = (...parts: [typeof shop, typeof production][]): SelectedEnvironment[] =>
  parts.map(([owner, chosen]) => ({
    project: owner,
    environment: chosen,
    instances: chosen.instances,
  }))

const request: SelectionRequest = {
  projects: null,
  environment: null,
  defaultEnvironment: 'all',
  services: null,
  defaultServices: 'all',
  repository: 'acme/shop',
  shard: null,
  changesTargets: true,
}

describe('the project and environment in which services were searched', () => {
  const blogProduction = blog.environments[0] ?? production
  it.each<[string, SelectedEnvironment[], string]>([
    ['nowhere', [], 'the 0 selected projects'],
    ['one environment', selected([shop, production]), 'environment "production" of project "shop"'],
    [
      'two environments of one project',
      selected([shop, production], [shop, staging]),
      'project "shop"',
    ],
    [
      'one environment of two projects',
      selected([shop, production], [blog, blogProduction]),
      'environment "production" of the 2 selected projects',
    ],
    [
      'several of several',
      selected([shop, staging], [blog, blogProduction]),
      'the 2 selected projects',
    ],
  ])('%s', (_, environments, words) => {
    expect(describeWhere(environments)).toBe(words)
  })
})

describe('other environments that have a service', () => {
  it.each<[string, string, SelectedEnvironment[], string[]]>([
    [
      'by name',
      'Worker',
      selected([shop, production]),
      ['environment "staging" of project "shop"'],
    ],
    [
      'by id',
      's-worker',
      selected([shop, production]),
      ['environment "staging" of project "shop"'],
    ],
    ['not the selected ones', 'web', selected([shop, production], [shop, staging]), []],
    ['of selected projects only', 'site', selected([shop, production]), []],
    ['of none', 'nothing', selected([shop, production]), []],
  ])('%s', (_, requested, environments, names) => {
    expect(otherEnvironmentsWith(requested, environments)).toEqual(names)
  })

  it('are at most five, each once', () => {
    const many = project('shop', [
      production,
      staging,
      ...[1, 2, 3, 4, 5, 6].map((index) => environment(`pr-${index}`, [service('worker')])),
    ])
    const twice = selected([many, production], [many, staging])
    expect(otherEnvironmentsWith('worker', twice)).toEqual(
      [1, 2, 3, 4, 5].map((index) => `environment "pr-${index}" of project "shop"`),
    )
  })
})

describe('a service that is not found', () => {
  const all = [
    service('web'),
    service('db', { source: { kind: 'image', image: 'postgres:16' } }),
    service('site', { source: { kind: 'none' } }),
  ]

  it('comes with the existing services and their sources', () => {
    expect(serviceNotFound('wbe', 'here', all, request)).toEqual({
      code: 'service-not-found',
      facts: {
        requested: 'wbe',
        where: 'here',
        available: ['"web" (acme/shop)', '"db" (image postgres:16)', '"site" (no source)'],
        nearest: 'web',
        repository: 'acme/shop',
        elsewhere: [],
      },
    })
  })

  it('comes with the image that was searched', () => {
    const defaultServices = { image: imageReference('redis:7') }
    expect(serviceNotFound(null, 'here', [], { ...request, defaultServices }).facts).toMatchObject({
      image: 'docker.io/library/redis',
      nearest: null,
    })
  })

  it('suggests no other name if another environment has it', () => {
    expect(serviceNotFound('wbe', 'here', all, request, ['there']).facts).toMatchObject({
      nearest: null,
      elsewhere: ['there'],
    })
  })

  it('comes with at most twenty services, each name once, and with the number of the others', () => {
    const many = Array.from({ length: 50 }, (_, index) => service(`s${index >> 1}`))
    const { facts } = serviceNotFound('x', 'here', many, request)
    expect(facts).toMatchObject({
      available: [
        ...Array.from({ length: 20 }, (_, index) => `"s${index}" (acme/shop)`),
        'and 5 more',
      ],
    })
  })
})
