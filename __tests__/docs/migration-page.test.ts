import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

const page = readFileSync(new URL('../../docs/migration.md', import.meta.url), 'utf8')
const sections = page
  .split(/^## /m)
  .slice(1)
  .map((text) => [text.slice(0, text.indexOf('\n')), text] as const)

describe('the migration page', () => {
  it('has a section for each listed way', () => {
    expect(sections.length).toBeGreaterThan(6)
  })

  it.each(sections)('has before, after and the changes: %s', (_, text) => {
    expect(text).toMatch(/\bBefore\b/)
    expect(text).toMatch(/^After\b/m)
    expect(text).toMatch(/^What changes\b/m)
  })
})
