import { describe, expect, it } from '@jest/globals'
import { failure } from '../../src/errors/codes.ts'
import { escaped, joinTexts, trustedText } from '../../src/errors/escaped-text.ts'
import { messageFor } from '../../src/errors/messages/message-for.ts'

describe('words', () => {
  it('keep the backticks of the template, and replace those of text from outside', () => {
    expect(escaped`Set \`services\` to ${'a`b'}.`.text).toBe("Set `services` to a'b.")
  })

  it('keep the backticks of words in words', () => {
    const inner = escaped`\`${'x`y'}\` is set`
    expect(escaped`${inner}, which is empty`.text).toBe("`x'y` is set, which is empty")
  })

  it.each<[string, string | number | null | undefined, string]>([
    ['a number', 3, '3'],
    ['no value', null, ''],
    ['an undefined value', undefined, ''],
    ['an empty text', '', ''],
  ])('show %s', (_, value, shown) => {
    expect(escaped`(${value})`.text).toBe(`(${shown})`)
  })

  it('are joined without empty parts', () => {
    expect(joinTexts([escaped`a`, false, null, escaped``, undefined, escaped`b`], ', ').text).toBe(
      'a, b',
    )
    expect(joinTexts([]).text).toBe('')
  })

  it('are made of our own text unchanged', () => {
    expect(trustedText('one of `a`, `b`').text).toBe('one of `a`, `b`')
  })
})

describe('a message', () => {
  it.each([
    failure('project-not-in-scope', {
      requested: 'sh`op',
      workspace: 'workspace "A`c`me"',
      available: ['`', 'x`y'],
      nearest: 'x`y',
    }),
    failure('deployment-failed', {
      project: 'p`',
      environment: '`e',
      service: '`s`',
      how: 'failed',
      step: 'BUILD`',
      diagnosis: 'no `Dockerfile`',
      firstErrorLine: '`',
    }),
    failure('upload-refused', {
      project: 'p',
      environment: 'e',
      service: 's',
      directory: '`dist',
      bytes: 10,
      why: 'too `large',
    }),
  ])('keeps no backtick of a name: $code', (one) => {
    const { what, why } = messageFor(one)
    expect(`${what} ${why}`).not.toContain('`')
  })
})
