import { inspect } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { Secret } from '../../src/secret.ts'
import { masksOf } from '../../src/variables/masks.ts'

describe('what the runner is asked to hide', () => {
  it.each([
    ['a key', 'sk_live_51Hxyz', ['sk_live_51Hxyz']],
    ['an address with a password', 'postgres://u:pa55@db/main', ['postgres://u:pa55@db/main']],
    [
      'each line of a key that is one',
      '-----BEGIN KEY-----\nMIIE12345\nx\n-----END KEY-----',
      ['MIIE12345'],
    ],
    ['what would be a command', '::error::1\n##[group]2', ['::error::1', '##[group]2']],
    ['nothing of a short one', 'a1b2c3', []],
    ['no plain word', 'production', []],
    ['no number', '1234567890', []],
    ['no reference', `$\{{Postgres.DATABASE_URL}}`, []],
    ['no address that the summary may link to', 'https://shop.example.com/a', []],
    ['no host name', 'shop.example.com', []],
    ['nothing of nothing', '', []],
  ])('is %s', (_, value, masks) => {
    expect(masksOf(value)).toEqual(masks)
  })
})

describe('a secret', () => {
  it('prints in no way, and compares', () => {
    const secret = new Secret('hidden-1')
    const ways = [`${secret}`, JSON.stringify({ secret }), inspect(new Map([['A', secret]]))]
    for (const way of ways) expect(way).not.toContain('hidden')
    expect(secret.equals(new Secret('hidden-1'))).toBe(true)
    expect(secret.equals(new Secret('hidden-2'))).toBe(false)
  })
})
