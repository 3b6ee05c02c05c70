import { describe, expect, it } from '@jest/globals'
import { type ListedLocation, listLocations } from '../../src/errors/list-locations.ts'

const at = (service: string | null, environment = 'production', note?: string): ListedLocation => ({
  project: 'shop',
  environment,
  service,
  note,
})
const many = (number: number, note?: string) =>
  Array.from({ length: number }, (_, index) => at(`s${index}`, 'production', note))
const names = (number: number, note = '') =>
  Array.from({ length: number }, (_, index) => `shop/s${index}${note}`).join(', ')

describe('a list of locations', () => {
  it.each<[string, ListedLocation[], string]>([
    ['one service', [at('web')], 'shop/web in environment "production"'],
    [
      'several services of an environment',
      [at('web'), at('api')],
      'shop/web, shop/api in environment "production"',
    ],
    [
      'several environments, each once',
      [at('web'), at('web', 'staging'), at('api')],
      'shop/web, shop/api in environment "production"; shop/web in environment "staging"',
    ],
    ['a whole environment', [at(null, 'pr-7')], 'shop in environment "pr-7"'],
    [
      'a note',
      [at('web', 'production', 'has 1a2b3c4'), at('api')],
      'shop/web (has 1a2b3c4), shop/api in environment "production"',
    ],
    ['20 services', many(20), `${names(20)} in environment "production"`],
    ['the first 20 of more', many(23), `${names(20)} in environment "production"; 3 more`],
    [
      'as many as fit, with their notes',
      many(5, 'x'.repeat(300)),
      `${names(3, ` (${'x'.repeat(300)})`)} in environment "production"; 2 more`,
    ],
    [
      'one that is too long',
      many(2, 'x'.repeat(2_000)),
      `${names(1, ` (${'x'.repeat(2_000)})`)} in environment "production"; 1 more`,
    ],
  ])('has %s', (_, locations, text) => {
    expect(listLocations(locations)).toBe(text)
  })
})
