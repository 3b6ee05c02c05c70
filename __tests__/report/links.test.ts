import { describe, expect, it } from '@jest/globals'
import type { Outcome } from '../../src/execute/outcome.ts'
import {
  deploymentLink,
  environmentLink,
  linksOf,
  serviceLink,
  siteLink,
} from '../../src/report/links.ts'
import { service, targetOf } from '../fixtures.ts'
import { deployStep, outcomeOf } from './fixtures.ts'

const web = service('web', { domains: ['shop.example.com', 'web.up.railway.app'] })
const target = targetOf(web)

describe('a link to', () => {
  it.each<[string, string, string]>([
    [
      'a service',
      serviceLink(target),
      'https://railway.com/project/p-shop/service/s-web?environmentId=e-production',
    ],
    [
      'an environment',
      environmentLink({ ...target, instance: null }),
      'https://railway.com/project/p-shop?environmentId=e-production',
    ],
    [
      'a deployment',
      deploymentLink(target, 'd1'),
      'https://railway.com/project/p-shop/service/s-web?id=d1&environmentId=e-production',
    ],
    [
      'a deployment of a whole environment',
      deploymentLink({ ...target, instance: null }, 'd1'),
      'https://railway.com/project/p-shop?environmentId=e-production',
    ],
  ])('%s', (_, link, expected) => {
    expect(link).toBe(expected)
  })

  it.each<[string[], string | null]>([
    [[], null],
    [[''], null],
    [['a.example.com', 'b.example.com'], 'https://a.example.com'],
    [['http://a.example.com'], 'http://a.example.com'],
    [['https://a.example.com'], 'https://a.example.com'],
    [['httpsa.example.com'], 'https://httpsa.example.com'],
  ])('the site of %j', (domains, link) => {
    expect(siteLink(domains)).toBe(link)
  })
})

describe('the links of an outcome', () => {
  const logs =
    'https://railway.com/project/p-shop/service/s-web?id=d-web&environmentId=e-production'
  const absent = { absent: true, name: 'pr-7' } as const
  it.each<[string, Outcome, object]>([
    [
      'a deployment',
      outcomeOf(deployStep(web), 'success'),
      { url: 'https://shop.example.com', logsUrl: logs },
    ],
    [
      'none started',
      outcomeOf(deployStep(web), 'not-started'),
      { url: 'https://shop.example.com', logsUrl: null },
    ],
    ['no site', outcomeOf(deployStep(service('web')), 'success'), { url: null, logsUrl: logs }],
    [
      'an environment that does not exist',
      outcomeOf(deployStep(web, { target: { ...target, environment: absent } }), 'failed'),
      { url: 'https://shop.example.com', logsUrl: null },
    ],
  ])('%s', (_, outcome, links) => {
    expect(linksOf(outcome)).toEqual(links)
  })
})
