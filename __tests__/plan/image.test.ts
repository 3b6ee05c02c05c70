import { describe, expect, it } from '@jest/globals'
import { parseImageReference } from '../../src/inputs/image-reference.ts'
import { consistsOf } from '../../src/plan/image.ts'

const [index, platform, other] = ['a', 'b', 'c'].map((one) => `sha256:${one.repeat(64)}`)

describe('a deployment that consists of a reference', () => {
  it.each<[string, string, string | null, string | null, boolean]>([
    ['the same tag', 'acme/api:1.5.0', 'acme/api:1.5.0', null, true],
    [
      'the same tag with a digest told',
      'acme/api:1.5.0',
      'docker.io/acme/api:1.5.0',
      `${platform}`,
      true,
    ],
    ['another tag', 'acme/api:1.5.0', 'acme/api:1.5.1', null, false],
    ['another repository', 'acme/api:1.5.0', 'acme/web:1.5.0', null, false],
    ['an image that is not told', 'acme/api:1.5.0', null, null, false],
    ['the digest of the index', `acme/api@${index}`, `acme/api@${index}`, `${platform}`, true],
    [
      'the digest of the platform',
      `acme/api@${platform}`,
      `acme/api@${index}`,
      `${platform}`,
      true,
    ],
    ['the digest that a tag stands for', `acme/api@${platform}`, 'acme/api:1', `${platform}`, true],
    ['another digest', `acme/api@${other}`, `acme/api@${index}`, `${platform}`, false],
    ['a digest that is not told', `acme/api@${index}`, 'acme/api:1', null, false],
  ])('%s', (_, asked, image, digest, expected) => {
    const reference = parseImageReference(asked)
    if (!reference) throw new Error('no reference')
    expect(consistsOf({ image, digest }, reference)).toBe(expected)
  })
})
