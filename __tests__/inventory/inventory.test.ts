import { describe, expect, it } from '@jest/globals'
import { locationOf, type Target, targetName } from '../../src/inventory/inventory.ts'
import { service } from '../fixtures.ts'

const place = { project: { id: 'p', name: 'shop' }, environment: { id: 'e', name: 'production' } }

describe('the names of a target', () => {
  it.each<[Target, string, object]>([
    [
      { ...place, instance: service('web') },
      'shop/web',
      { project: 'shop', environment: 'production', service: 'web' },
    ],
    [
      { ...place, instance: null },
      'shop/production',
      { project: 'shop', environment: 'production', service: null },
    ],
  ])('%#', (target, name, location) => {
    expect(targetName(target)).toBe(name)
    expect(locationOf(target)).toEqual(location)
  })
})
