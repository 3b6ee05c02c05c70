import { describe, expect, it } from '@jest/globals'
import { errorSamples } from '../../scripts/docs/error-samples.ts'
import { type ErrorCode, type Failure, failure } from '../../src/errors/codes.ts'
import { errorCodes, messageFor } from '../../src/errors/messages/message-for.ts'
import { errorAnnotations } from '../../src/report/annotations.ts'

/** Every sample of every code as a failure. */
const failures: Failure[] = errorCodes.flatMap((code) => samplesOf(code))

function samplesOf<Code extends ErrorCode>(code: Code): Failure<Code>[] {
  return errorSamples[code].map((facts) => failure(code, facts))
}

const table = failures.map((one, index) => ({ name: `${one.code} ${index}`, one }))

/** Returns the names in the facts, of which an error must contain at least one. */
function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value.slice(0, 12)]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(namesIn)
}

describe('a name with a comma', () => {
  const hint = 'write each name on a line of its own'
  const project = (requested: string) =>
    failure('project-not-in-scope', { ...errorSamples['project-not-in-scope'][0], requested })
  const aService = (requested: string) =>
    failure('service-not-found', { ...errorSamples['service-not-found'][0], requested })

  it.each([
    ['two projects', project('shop, blog'), true],
    ['two services', aService('web,api'), true],
    ['one project', project('shop'), false],
    ['alternatives in braces', aService('{web,api}'), false],
  ])('says how to write a list only for several names: %s', (_, one, isList) => {
    expect(messageFor(one).next.includes(hint)).toBe(isList)
  })
})

describe('the texts of every error', () => {
  it.each(table)(
    'contain the problem, the reason and the next step as sentences: $name',
    ({ one }) => {
      const { title, what, why, next } = messageFor(one)
      for (const part of [what, why, next]) expect(part).toMatch(/^[\p{Lu}"`'].*[.?]$/u)
      expect(title).toMatch(/^([a-z]|API )/)
      expect(title.length).toBeLessThanOrEqual(50)
      for (const part of [title, what, why, next]) {
        expect(part).not.toMatch(/undefined|null|\[object|\n|\s\s|\.\.|;\.|,\./)
        expect(part.split('`').length % 2).toBe(1)
      }
    },
  )

  it.each(table)('name an object: $name', ({ one }) => {
    const { what, why } = messageFor(one)
    const names = namesIn(one.facts)
    const situational = one.code === 'token-missing' || one.code === 'cancelled'
    if (!situational && names.length > 0) {
      expect(
        names.some((name) => `${what} ${why}`.toLowerCase().includes(name.toLowerCase())),
      ).toBe(true)
    }
  })

  it.each(table)('advise an action in the next step: $name', ({ one }) => {
    expect(messageFor(one).next).toMatch(
      /\b(add|ask|change|check|connect|correct|create|deploy|exclude|follow|have|look|read|remove|run|see|set|skip|store|use)\b/i,
    )
  })

  it.each(
    table.filter(({ one }) => one.code !== 'token-invalid' && one.code !== 'api-incompatible'),
  )('describe nothing as invalid or expired: $name', ({ one }) => {
    expect(Object.values(messageFor(one)).join(' ')).not.toMatch(/\b(invalid|expired)\b/i)
  })

  it.each(table)('fit into an annotation that ends with the code: $name', ({ one }) => {
    const [annotation] = errorAnnotations([one], 'https://example.com/errors.md', {
      kind: 'unknown',
    })
    expect(annotation?.message.length).toBeLessThan(900)
    expect(annotation?.message).toMatch(new RegExp(`errors\\.md#${one.code} \\[${one.code}\\]$`))
  })

  it('match the snapshot', () => {
    const prose = failures.map((one) => {
      const { title, what, why, next } = messageFor(one)
      return `[${one.code}] ${title}\n  ${what}\n  ${why}\n  ${next}`
    })
    expect(`\n${prose.join('\n\n')}\n`).toMatchSnapshot()
  })
})

describe('a name from outside with backticks in it', () => {
  it('does not end the code format of our own text', () => {
    const { what } = messageFor(
      failure('input-invalid', {
        input: 'projects',
        given: 'a`b',
        problem: { kind: 'format', expected: 'patterns' },
      }),
    )
    expect(what).toBe('The value "a\'b" of the input `projects` cannot be used.')
  })
})
