import { describe, expect, it } from '@jest/globals'
import {
  isPublic,
  locationOf,
  namesOf,
  type ServiceInstance,
  type Target,
  targetName,
} from '../../src/inventory/inventory.ts'
import { service } from '../fixtures.ts'

const place = { project: { id: 'p', name: 'shop' }, environment: { id: 'e', name: 'production' } }

const label = (id: string, name: string) => ({ id, name, label: `${name} (${id})` })
const [web, renamed] = [service('web'), service('web', { service: label('s', 'web') })]

describe('the names of a target', () => {
  // the target, its name, its location, its plain names
  it.each<[Target, string, object, object]>([
    [
      { ...place, instance: web },
      'shop/web',
      { project: 'shop', environment: 'production', service: 'web' },
      { project: 'shop', environment: 'production', service: 'web' },
    ],
    [
      { ...place, instance: null },
      'shop/production',
      { project: 'shop', environment: 'production', service: null },
      { project: 'shop', environment: 'production', service: null },
    ],
    [
      {
        project: label('p', 'shop'),
        environment: label('e', 'production'),
        instance: renamed,
      },
      'shop (p)/web (s)',
      { project: 'shop (p)', environment: 'production (e)', service: 'web (s)' },
      { project: 'shop', environment: 'production', service: 'web' },
    ],
  ])('%#', (target, name, location, names) => {
    expect(targetName(target)).toBe(name)
    expect(locationOf(target)).toEqual(location)
    expect(namesOf(target)).toEqual(names)
  })
})

it.each<[string, Partial<ServiceInstance>, boolean]>([
  ['without domains', {}, false],
  ['with a domain', { domains: ['a.example.com'] }, true],
  ['with a domain that is not verified', { unverifiedDomains: ['a.example.com'] }, true],
  ['with both', { domains: ['a.example.com'], unverifiedDomains: ['b.example.com'] }, true],
])('a service %s may be public', (_, more, expected) => {
  expect(isPublic(service('web', more))).toBe(expected)
})
