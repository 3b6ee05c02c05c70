import { describe, expect, it } from '@jest/globals'
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
const seeds = 200
/** Runs side by side: as many as a small machine has use for. */
const abreast = 4

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

/** One run under faults that follow from the seed alone; answers where report and world disagree. */
async function runUnder(seed: number, rate: number, kinds: FaultName[]): Promise<string[]> {
  const faults = seededFaults({ seed, rate, kinds })
  const stage = await setStage({ fill, faults })
  const result = await stage.run({ environment: 'production', timeout: '40m' })
  await stage.railway.close()
  return disagreements(result, stage.world, commit)
}

describe('under any sequence of faults', () => {
  it(`no service gets two deployments, and none is called what it is not (${seeds} seeds, ${services} services)`, async () => {
    const all = Object.keys(faultCatalogue) as FaultName[]
    const one = fc.record({
      seed: fc.integer({ min: 0, max: 1e9 }),
      rate: fc.constantFrom(0.02, 0.1, 0.3),
      kinds: fc.uniqueArray(fc.constantFrom(...all), { minLength: 1, maxLength: 6 }),
    })
    // Several at a time, and fast-check shrinks to the one that fails.
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: abreast, maxLength: abreast }), async (cases) => {
        const found = await Promise.all(
          cases.map(({ seed, rate, kinds }) => runUnder(seed, rate, kinds)),
        )
        expect(found.flat()).toEqual([])
      }),
      { numRuns: seeds / abreast, seed: 20_260_105, endOnFailure: false },
    )
  }, 600_000)
})
