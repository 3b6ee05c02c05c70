import { describe, expect, it } from '@jest/globals'
import {
  expectedImage,
  type ImageReference,
  isFixed,
  isSameImage,
  isSameReference,
  parseImageReference,
} from '../../src/inputs/image-reference.ts'

const digest = `sha256:${'a'.repeat(64)}`

function parsed(text: string): ImageReference {
  const reference = parseImageReference(text)
  if (!reference) throw new Error(`not a reference: ${text}`)
  return reference
}

describe('an image reference', () => {
  it.each([
    ['a bare name', 'redis', 'docker.io/library/redis', null, null],
    ['a name with a tag', 'redis:7.4', 'docker.io/library/redis', '7.4', null],
    ['a name with an owner', 'acme/api:1', 'docker.io/acme/api', '1', null],
    ['another registry', 'ghcr.io/acme/api:v1.2.3', 'ghcr.io/acme/api', 'v1.2.3', null],
    ['a deep path', 'eu.gcr.io/a/b/c_d/e--f', 'eu.gcr.io/a/b/c_d/e--f', null, null],
    [
      'a port without a tag',
      'registry.acme.dev:5000/api',
      'registry.acme.dev:5000/api',
      null,
      null,
    ],
    ['a port and a tag', 'localhost:5000/api:2', 'localhost:5000/api', '2', null],
    ['localhost without a port', 'localhost/api', 'localhost/api', null, null],
    ['an IPv6 registry', '[::1]:5000/api:2', '[::1]:5000/api', '2', null],
    ['a digest', `ghcr.io/acme/api@${digest}`, 'ghcr.io/acme/api', null, digest],
    ['a tag and a digest', `acme/api:1@${digest}`, 'docker.io/acme/api', '1', digest],
    [
      'Docker Hub by its long names',
      'index.docker.io/redis',
      'docker.io/library/redis',
      null,
      null,
    ],
    ['a registry in capitals', 'GHCR.io/acme/api', 'ghcr.io/acme/api', null, null],
    [
      'a name that begins like the long one',
      'xindex.docker.io/a',
      'xindex.docker.io/a',
      null,
      null,
    ],
    ['a name that ends in another', 'index.docker.io.eu/a', 'index.docker.io.eu/a', null, null],
    ['the highest port', 'acme.dev:65535/api', 'acme.dev:65535/api', null, null],
    [
      'a name of 255 characters',
      `acme/${'a'.repeat(250)}`,
      `docker.io/acme/${'a'.repeat(250)}`,
      null,
      null,
    ],
    ['an id in a registry', `ghcr.io/${'a'.repeat(64)}`, `ghcr.io/${'a'.repeat(64)}`, null, null],
    ['an id as an owner', `${'a'.repeat(64)}/api`, `docker.io/${'a'.repeat(64)}/api`, null, null],
    [
      'a name that ends like an id',
      `x${'a'.repeat(64)}`,
      `docker.io/library/x${'a'.repeat(64)}`,
      null,
      null,
    ],
    [
      'a name that begins like an id',
      `${'a'.repeat(64)}x`,
      `docker.io/library/${'a'.repeat(64)}x`,
      null,
      null,
    ],
    ['white space around it', '  redis:7 ', 'docker.io/library/redis', '7', null],
  ])('may be %s', (_, text, repository, tag, withDigest) => {
    expect(parseImageReference(text)).toEqual({
      text: text.trim(),
      repository,
      tag,
      digest: withDigest,
    })
  })

  it.each([
    ['nothing', ''],
    ['capitals in the path', 'acme/Api'],
    ['a URL', 'https://ghcr.io/acme/api'],
    ['an empty tag', 'acme/api:'],
    ['a tag that starts with a dash', 'acme/api:-1'],
    ['a tag of 129 characters', `acme/api:${'a'.repeat(129)}`],
    ['two tags', 'acme/api:1:2'],
    ['a short digest', 'acme/api@sha256:abc'],
    ['a digest in capitals', `acme/api@sha256:${'A'.repeat(64)}`],
    ['two digests', `acme/api@${digest}@${digest}`],
    ['half a digest twice', `acme/api@sha256:${'a'.repeat(32)}@${'a'.repeat(32)}`],
    ['an empty path component', 'acme//api'],
    ['a slash at the end', 'acme/api/'],
    ['white space inside', 'acme/api :1'],
    ['several lines', 'acme/api:1\nacme/web:1'],
    ['three underscores', 'acme/a___b'],
    ['a port out of range', 'acme.dev:70000/api'],
    ["an image's id", 'a'.repeat(64)],
    ['a name of 256 characters', `acme/${'a'.repeat(251)}`],
    ['an option', '--privileged'],
  ])('is not %s', (_, text) => {
    expect(parseImageReference(text)).toBeNull()
  })
})

describe('two references', () => {
  it.each([
    ['another tag of the same image', 'ghcr.io/acme/api:1', 'ghcr.io/acme/api:2', true, false],
    ['the same, spelled in full', 'redis', 'docker.io/library/redis:latest', true, true],
    ['a digest and a tag', `acme/api@${digest}`, 'acme/api:1', true, false],
    ['a digest and no tag', `acme/api@${digest}`, 'acme/api', true, false],
    ['no tag and a digest', 'acme/api', `acme/api@${digest}`, true, false],
    ['the same tag', 'acme/api:1', 'docker.io/acme/api:1', true, true],
    ['a tag and none', 'acme/api:1', 'acme/api', true, false],
    ['none and a tag', 'acme/api', 'acme/api:1', true, false],
    ['one digest under two tags', `acme/api:1@${digest}`, `acme/api:2@${digest}`, true, true],
    ['the same path in two registries', 'ghcr.io/acme/api:1', 'acme/api:1', false, false],
    ['something that is no reference', 'acme/api:1', 'Not An Image', false, false],
  ])('%s', (_, one, other, image, reference) => {
    expect(isSameImage(parsed(one), other)).toBe(image)
    expect(isSameReference(parsed(one), other)).toBe(reference)
  })
})

describe('a reference that cannot move', () => {
  it.each([
    ['acme/api', false],
    ['acme/api:latest', false],
    ['acme/api:main', false],
    ['acme/api:edge', false],
    ['acme/api:nightly', false],
    ['acme/api:stable', false],
    ['acme/api:v1', false],
    ['acme/api:1.0', false],
    ['acme/api:20261126', false],
    ['acme/api:2026-11-26', false],
    ['acme/api:facade', false],
    ['acme/api:deadbeef', false],
    ['acme/api:1.5.0-alpine', false],
    ['acme/api:pr-12', false],
    ['acme/api:1.5.0', true],
    ['acme/api:v1.5.0', true],
    ['acme/api:1.5.0-rc.1', true],
    ['acme/api:2026.11.26', true],
    ['acme/api:sha-1a2b3c4', true],
    ['acme/api:1a2b3c4', true],
    [`acme/api:${'a'.repeat(40)}`, true],
    [`acme/api@${digest}`, true],
    [`acme/api:latest@${digest}`, true],
  ])('%s: %s', (text, fixed) => {
    expect(isFixed(parsed(text))).toBe(fixed)
  })
})

describe('the expected form of an image', () => {
  const example = 'such as `ghcr.io/acme/api:1.4.0` or `ghcr.io/acme/api@sha256:…`'
  const lowerCase =
    'an image reference in lower case: the name of an image has no capital letters (a tag may have them)'
  const credentials = `an image reference without user name and password, which go into \`registry-username\` and \`registry-password\`, ${example}`
  const scheme = `an image reference without a scheme such as \`https://\`, ${example}`
  const ofDigest = `an image reference whose digest is \`sha256:\` and 64 lower-case hexadecimal digits, ${example}`
  const general = `an image reference ${example}`
  it.each([
    ['ghcr.io/Acme/API:1.0', lowerCase],
    ['Redis', lowerCase],
    ['user:password@ghcr.io/acme/api', credentials],
    ['user@ghcr.io/acme/api', credentials],
    ['@ghcr.io/acme/api', credentials],
    [`acme/api@x${digest}`, credentials],
    ['https://ghcr.io/acme/api', scheme],
    [' docker://ghcr.io/acme/api', scheme],
    ['h2c://ghcr.io/acme/api', scheme],
    ['acme/https://api', general],
    ['acme/api@sha256:abc', ofDigest],
    ['acme/api@ sha256:abc', ofDigest],
    [`acme/api@sha256:${'A'.repeat(64)}`, ofDigest],
    ['acme api', general],
    ['acme/api:-1', general],
    ['Acme API', general],
  ])('%s: %s', (given, expected) => {
    expect(expectedImage(given)).toBe(expected)
  })
})
