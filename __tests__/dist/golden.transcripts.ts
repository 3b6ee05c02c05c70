import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { readGolden, runScenario } from '../golden/golden.ts'
import { scenarios } from '../golden/scenarios.ts'

/** The visible output of the built action, run by run, in `__tests__/golden/`. `npm run golden` writes it again. */

// Starts all of them at once: most of the time they wait.
const runs = new Map(scenarios.map((scenario) => [scenario.name, runScenario(scenario)]))
// Each test reports the failure of its own run.
for (const run of runs.values()) run.catch(() => {})

describe('the golden transcript', () => {
  it.each(scenarios.map(({ name }) => name))(
    '%s is the output of the built action',
    async (name) => {
      expect(await runs.get(name)).toBe(readGolden(name))
    },
    400_000,
  )

  it('belongs to a scenario', () => {
    const files = readdirSync(resolve(import.meta.dirname, '..', 'golden'))
    expect(files.filter((file) => file.endsWith('.md')).toSorted()).toEqual(
      scenarios.map(({ name }) => `${name}.md`).toSorted(),
    )
  })
})
