import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  type FaultName,
  faultCatalogue,
  seededFaults,
  type World,
} from '../../local/railway/index.ts'
import { disagreements } from './agreement.ts'
import { commit, repository, setStage } from './stage.ts'

const services = 20

function fill(world: World): string {
  const acme = world.workspace('Acme')
  for (let project = 0; project < 4; project += 1) {
    const place = world.project(acme, `project-${project}`)
    for (let service = 0; service < services / 4; service += 1) {
      world.service(place, `service-${service}`, { source: { repo: repository } })
    }
  }
  return world.workspaceToken(acme)
}

/**
 * Makes one run under faults that follow from the seed alone, and returns the contradictions between report and world.
 */
async function runUnder(seed: number, rate: number, kinds: FaultName[]): Promise<string[]> {
  const faults = seededFaults({ seed, rate, kinds })
  const stage = await setStage({ fill, faults })
  const result = await stage.run({ environment: 'production', timeout: '40m' })
  await stage.railway.close()
  return disagreements(result, stage.world, commit)
}

const everyFault = Object.keys(faultCatalogue) as FaultName[]

interface Faults {
  seed: number
  rate: number
  kinds: FaultName[]
}

const someFaults: fc.Arbitrary<Faults> = fc.record({
  seed: fc.integer({ min: 0, max: 1e9 }),
  rate: fc.constantFrom(0.02, 0.1, 0.3),
  kinds: fc.uniqueArray(fc.constantFrom(...everyFault), { minLength: 1, maxLength: 6 }),
})

/** Faults that an earlier version did not survive. */
const examples: [Faults][] = [
  // The lookups of a service were rejected after a deployment had started, and it was reported as rejected.
  [
    {
      seed: 475888480,
      rate: 0.3,
      kinds: ['reset-before-effect', 'refused', 'problem', 'problem-after-effect'],
    },
  ],
]

/**
 * Declares a test of so many runs under faults that are random from `seed`. Each file runs in parallel with the others.
 */
export function testRandomFaults({ seed, runs }: { seed: number; runs: number }): void {
  it(`under any sequence of faults, no service gets two deployments, and every reported status is true (seed ${seed}, ${runs} runs, ${services} services)`, async () => {
    const property = fc.asyncProperty(someFaults, async ({ seed, rate, kinds }) => {
      expect(await runUnder(seed, rate, kinds)).toEqual([])
    })
    await fc.assert(property, { numRuns: runs, seed, examples, endOnFailure: false })
  }, 600_000)
}
