import { inspect } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { Secret } from '../src/secret.ts'

describe('a secret', () => {
  it('is never printed, and can be compared', () => {
    const secret = new Secret('hidden-1')
    const ways = [`${secret}`, JSON.stringify({ secret }), inspect(new Map([['A', secret]]))]
    for (const way of ways) expect(way).not.toContain('hidden')
    expect(secret.equals(new Secret('hidden-1'))).toBe(true)
    expect(secret.equals(new Secret('hidden-2'))).toBe(false)
  })
})
