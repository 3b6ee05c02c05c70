/**
 * The status of a deployment at a given time. It is computed when it is read, from the scripts of all deployments of the
 * instance. There are no timers. Simulated time can therefore advance in large steps.
 */
import type { Deployment, Run, ServiceInstance } from './model.ts'
import type { DeploymentStatus } from './script.ts'

/** A status and the time at which it begins, in milliseconds since the epoch. */
export interface Phase {
  status: DeploymentStatus
  from: number
}

const live = new Set<string>(['SUCCESS', 'SLEEPING'])
const unfinished = new Set<string>([
  'INITIALIZING',
  'QUEUED',
  'WAITING',
  'NEEDS_APPROVAL',
  'BUILDING',
  'DEPLOYING',
])
/** The statuses in which a deployment replaces older deployments that are unfinished. */
const replacing = new Set<string>(['QUEUED', 'BUILDING', 'DEPLOYING', 'SUCCESS', 'SLEEPING'])

export const isLive = (status: DeploymentStatus): boolean => live.has(status)
export const isUnfinished = (status: DeploymentStatus): boolean => unfinished.has(status)

/** The cached phases of an instance's deployments. `size` is the number of deployments and runs they were computed from. */
interface CachedPhases {
  readonly size: number
  readonly phases: ReadonlyMap<Deployment, readonly Phase[]>
}

/**
 * The cache, by instance and `removingSeconds`. Deployments and runs are added and never removed. An entry is therefore
 * valid as long as their number is the same.
 */
const cache = new WeakMap<ServiceInstance, Map<number, CachedPhases>>()

/** Returns all past and future phases of a deployment, as they follow from the deployments that exist now. */
export function phasesOf(deployment: Deployment, removingSeconds: number): readonly Phase[] {
  const { instance } = deployment
  const entries = cache.get(instance) ?? new Map<number, CachedPhases>()
  cache.set(instance, entries)
  const size = instance.deployments.reduce((sum, { runs }) => sum + 1 + runs.length, 0)
  const cached = entries.get(removingSeconds)
  const current =
    cached?.size === size ? cached : { size, phases: allPhases(instance, removingSeconds) }
  entries.set(removingSeconds, current)
  return current.phases.get(deployment) ?? scripted(deployment.runs)
}

function allPhases(
  { deployments }: ServiceInstance,
  removingSeconds: number,
): ReadonlyMap<Deployment, readonly Phase[]> {
  const all = new Map<Deployment, readonly Phase[]>()
  const newer: Replacement[] = []
  for (const one of deployments.toReversed()) {
    const phases = withReplacement(scripted(one.runs), newer, removingSeconds)
    all.set(one, phases)
    newer.push(replacementBy(phases))
  }
  return all
}

/** Returns the phase at this time. Before the first phase, it returns the first one. */
export function phaseAt(phases: readonly Phase[], time: number): Phase {
  const [first] = phases
  let current = first ?? { status: 'INITIALIZING', from: 0 }
  for (const phase of phases) if (phase.from <= time) current = phase
  return current
}

/** Returns the deployments that serve the instance's traffic at that time. */
export function liveDeployments(instance: ServiceInstance, time: number): Deployment[] {
  if (instance.deletedAt !== null && instance.deletedAt <= time) return []
  return instance.deployments.filter((deployment) =>
    isLive(phaseAt(phasesOf(deployment, 0), time).status),
  )
}

/** Returns the phases of the runs. A later run discards the phases of earlier ones from its start on. */
function scripted(runs: Run[]): Phase[] {
  const phases: Phase[] = []
  for (const run of runs) {
    while ((phases.at(-1)?.from ?? -Infinity) >= run.at) phases.pop()
    let from = run.at
    for (const step of run.steps) {
      if (from === Infinity) break
      const { status, seconds } =
        typeof step === 'string' ? { status: step, seconds: Infinity } : step
      phases.push({ status, from })
      from += seconds * 1000
    }
  }
  return phases
}

/** The times at which a deployment replaces older ones: unfinished ones at `startsAt`, live ones at `liveAt`. */
interface Replacement {
  readonly startsAt: number
  readonly liveAt: number
}

function replacementBy(phases: readonly Phase[]): Replacement {
  return {
    startsAt: phases.find(({ status }) => replacing.has(status))?.from ?? Infinity,
    liveAt: phases.find(({ status }) => live.has(status))?.from ?? Infinity,
  }
}

/** Returns the phases until the first newer deployment replaces this one, followed by its removal. */
function withReplacement(
  own: readonly Phase[],
  newer: readonly Replacement[],
  removingSeconds: number,
): readonly Phase[] {
  let cut = Infinity
  for (const { startsAt, liveAt } of newer) {
    if (startsAt < cut && isUnfinished(phaseAt(own, startsAt).status)) cut = startsAt
    if (liveAt < cut && servedUntil(own, liveAt)) cut = liveAt
  }
  if (cut === Infinity) return own
  const kept = own.filter(({ from }) => from < cut)
  const wasLive = kept.some(({ status }) => live.has(status))
  if (!wasLive || removingSeconds === 0) return [...kept, { status: 'REMOVED', from: cut }]
  return [
    ...kept,
    { status: 'REMOVING', from: cut },
    { status: 'REMOVED', from: cut + removingSeconds * 1000 },
  ]
}

/** Whether the deployment is live at this time, or has crashed after it was live. */
function servedUntil(own: readonly Phase[], time: number): boolean {
  const { status } = phaseAt(own, time)
  if (live.has(status)) return true
  return status === 'CRASHED' && own.some((phase) => live.has(phase.status) && phase.from <= time)
}
