import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import {
  errorCodeIndex,
  errorExample,
  exampleName,
  titlesOf,
} from '../../scripts/docs/error-examples.ts'
import { replaceMarked } from '../../scripts/docs/marked.ts'
import { errorCodes } from '../../src/errors/messages/message-for.ts'
import { root } from './project-files.ts'

const text = readFileSync(join(root, 'docs/errors.md'), 'utf8')
const sections = text.split(/^## /m).slice(1)

describe('docs/errors.md', () => {
  it('has a section for every code and for nothing else, in the order of the contract', () => {
    expect(sections.map((section) => section.split('\n')[0])).toEqual(errorCodes)
  })

  it('begins with an index of every code', () => {
    expect(replaceMarked(text, 'codes', errorCodeIndex())).toBe(text)
    const listed = [...(text.split(/^## /m)[0] ?? '').matchAll(/^- \[`([a-z-]+)`\]\(#\1\): \S/gm)]
    expect(listed.map(([, code]) => code)).toEqual(errorCodes)
  })

  it.each([...errorCodes])('shows the current texts for %s', (code) => {
    expect(replaceMarked(text, exampleName(code), errorExample(code))).toBe(text)
  })

  it.each(sections.map((section) => [section.split('\n')[0] ?? '', section]))(
    'begins with the literal titles of the annotation: %s',
    (code, section) => {
      const [first = ''] = section.split('\n\n')[2]?.split('\n') ?? []
      const known = errorCodes.find((one) => one === code)
      for (const title of known ? titlesOf(known) : ['?']) {
        expect(first).toContain(`**Railway: ${title}**`)
      }
    },
  )

  it.each(sections.map((section) => [section.split('\n')[0], section]))(
    'gives causes and remedies: %s',
    (_, section) => {
      expect(section).toMatch(/^1\. \S/m)
      expect(section).toMatch(/^What to do: \S/m)
    },
  )
})
