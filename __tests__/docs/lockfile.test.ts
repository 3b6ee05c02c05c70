import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { root } from './project-files.ts'

const { packages } = z
  .object({
    packages: z.record(
      z.string(),
      z.looseObject({ integrity: z.string().optional(), resolved: z.string().optional() }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))

/** Packages without a checksum in the registry. There is none today; list each with its reason. */
const withoutChecksum: readonly string[] = []

describe('package-lock.json', () => {
  const entries = Object.entries(packages).filter(([path]) => path !== '')

  it('has a checksum for every package, on every platform', () => {
    expect(entries.length).toBeGreaterThan(100)
    const bare = entries.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))
    expect(bare.map(([path]) => path)).toEqual(withoutChecksum)
  })

  it('names no other source than the configured registry', () => {
    expect(entries.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  })
})
