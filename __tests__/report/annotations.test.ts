import { describe, expect, it } from '@jest/globals'
import { failure } from '../../src/errors/codes.ts'
import type { StepFinding } from '../../src/inputs/workflow-step.ts'
import {
  errorAnnotations,
  messageOf,
  noticeAnnotation,
  warningAnnotations,
} from '../../src/report/annotations.ts'
import { buildFailed, docs } from './fixtures.ts'

const unknown: StepFinding = { kind: 'unknown' }
const found: StepFinding = {
  kind: 'found',
  step: { file: 'ci.yml', line: 3, inputs: new Map(), variables: new Map(), calls: [] },
}

const invalid = failure('input-invalid', {
  input: 'timeout',
  given: 'soon',
  problem: { kind: 'format', expected: 'a duration such as `20m`' },
})

describe('an error', () => {
  it('has a title, and a message that ends with its code', () => {
    const [annotation, ...others] = errorAnnotations([invalid], docs, unknown)
    expect(others).toEqual([])
    expect(annotation).toEqual({
      level: 'error',
      place: null,
      title: 'Railway: input cannot be used',
      message:
        'The value "soon" of the input `timeout` cannot be used. Expected a duration such as `20m`. Correct `timeout` under `with:` of the step. More: https://example.com/errors.md#input-invalid [input-invalid]',
    })
  })

  it('points to the line of the step', () => {
    expect(errorAnnotations([invalid], docs, found)[0]?.place).toEqual({ file: 'ci.yml', line: 3 })
  })

  it('is one line, for any content', () => {
    const strange = failure('input-invalid', {
      input: 'timeout',
      given: `a\n::error::b\r\n${'x'.repeat(5_000)}`,
      problem: { kind: 'format', expected: 'a duration' },
    })
    const message = messageOf(strange, docs)
    expect(message).not.toMatch(/[\r\n]/)
    expect(message.length).toBeLessThan(6_200)
  })
})

const many = (number: number) =>
  Array.from({ length: number }, (_, index) => buildFailed(`s${index}`))
const warnings = (number: number) =>
  Array.from({ length: number }, (_, index) => ({ title: `t${index}`, message: `m\n${index}` }))

describe('more than GitHub shows', () => {
  it.each([
    [0, 0, undefined],
    [1, 1, 'Railway: deployment failed'],
    [10, 10, 'Railway: deployment failed'],
    [11, 10, 'Railway: more errors'],
    [40, 10, 'Railway: more errors'],
  ])('%d errors are %d annotations, the last one titled %s', (failures, annotations, last) => {
    const shown = errorAnnotations(many(failures), docs, unknown)
    expect(shown).toHaveLength(annotations)
    expect(shown.at(-1)?.title).toBe(last)
  })

  it('errors are summed up with their codes, each once', () => {
    const shown = errorAnnotations([...many(10), invalid, ...many(2)], docs, found)
    expect(shown.at(-1)).toEqual({
      level: 'error',
      place: null,
      title: 'Railway: more errors',
      message: '4 more errors are listed in the job summary: [deployment-failed], [input-invalid].',
    })
    expect(shown.at(-2)?.message).toContain('service "s8"')
  })

  it('errors are summed up with the codes of those that are not shown', () => {
    const [, , , ...rest] = errorAnnotations([invalid, ...many(11)], docs, found)
    expect(rest.at(-1)?.message).toBe(
      '3 more errors are listed in the job summary: [deployment-failed].',
    )
  })

  it('warnings are summed up', () => {
    expect(warningAnnotations(warnings(10)).at(-1)).toEqual({
      level: 'warning',
      place: null,
      title: 'Railway: t9',
      message: 'm 9',
    })
    const shown = warningAnnotations(warnings(12))
    expect(shown).toHaveLength(10)
    expect(shown.at(-2)?.title).toBe('Railway: t8')
    expect(shown.at(-1)).toEqual({
      level: 'warning',
      place: null,
      title: 'Railway: more warnings',
      message: '3 more warnings are listed in the job summary.',
    })
  })
})

it('a notice is one line without a location', () => {
  expect(noticeAnnotation({ title: 'nothing to do', message: 'all\nis well' })).toEqual({
    level: 'notice',
    title: 'Railway: nothing to do',
    message: 'all is well',
    place: null,
  })
})
