import type { Diagnosis, DiagnosisEntry, DiagnosisVariant, Reason } from '../../diagnosis.ts'
import { type Assumption, assumptions } from '../assumptions/index.ts'
import { deploymentProbes } from './deployment-probes.ts'
import { documentProbes } from './document-probes.ts'
import { environmentProbes } from './environment-probes.ts'
import { headers } from './header-probe.ts'
import type { DiagnosisProbe, Finding, ProbeContext } from './probe.ts'
import { tokenProbes } from './token-probes.ts'

/** All probes, in the order in which they run. `headers` is the last, because it reads the responses to the others. */
export const probes: readonly DiagnosisProbe[] = [
  ...documentProbes,
  ...deploymentProbes,
  ...environmentProbes,
  ...tokenProbes,
  headers,
]

/** The maximum number of requests of one diagnosis. */
export const maxProbeRequests = 25

/**
 * Runs all probes and returns the verdict on each assumption. An assumption without a probe is undecided, and so is one
 * whose probe fails. It does not throw for an error of Railway.
 */
export async function diagnose(context: ProbeContext): Promise<Diagnosis> {
  const found = new Map<string, Finding>()
  for (const probe of probes) {
    for (const [id, finding] of Object.entries(await probe.run(context))) {
      found.set(id, finding)
    }
  }
  return assumptions.map((one) => toEntry(one, found.get(one.id)))
}

function toEntry(assumption: Assumption, finding: Finding | undefined): DiagnosisEntry {
  const { id, about, variants, decidedBy } = assumption
  const [assumed] = variants
  const entry = { id, about, expected: { id: assumed.id, is: assumed.is } }
  if (finding === undefined || 'reason' in finding) {
    const needs: Reason = 'needs' in decidedBy ? decidedBy.needs : 'no usable response'
    return { ...entry, verdict: 'undecided', seen: null, reason: finding?.reason ?? needs }
  }
  const isAsAssumed = finding.observed.length === 1 && finding.observed[0] === assumed.id
  return {
    ...entry,
    verdict: isAsAssumed ? 'confirmed' : 'refuted',
    seen: describe(assumption, finding.observed),
    reason: null,
  }
}

function describe({ variants }: Assumption, ids: readonly string[]): DiagnosisVariant {
  const known = variants.filter(({ id }) => ids.includes(id))
  if (known.length === 0) return { id: 'other', is: 'is something else' }
  return {
    id: known.map(({ id }) => id).join(', '),
    is: known.map(({ is }) => is).join(', '),
  }
}
