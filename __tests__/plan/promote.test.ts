import { describe, expect, it } from '@jest/globals'
import { pinned } from '../../src/plan/promote.ts'

const digest = `sha256:${'1'.repeat(64)}`
const other = `sha256:${'2'.repeat(64)}`

describe('an image by its digest', () => {
  it.each<[string, string | null, string | undefined]>([
    ['acme/api:main', digest, `acme/api@${digest}`],
    ['acme/api', digest, `acme/api@${digest}`],
    ['localhost:5000/api:v1', digest, `localhost:5000/api@${digest}`],
    ['localhost:5000/api', digest, `localhost:5000/api@${digest}`],
    [`acme/api@${other}`, digest, `acme/api@${other}`],
    ['acme/api:main', null, 'acme/api:main'],
    ['acme/api:main', 'nonsense', 'acme/api:main'],
    ['Not An Image', digest, undefined],
  ])('%s with %s', (text, told, expected) => {
    expect(pinned(text, told)?.text).toBe(expected)
  })
})
