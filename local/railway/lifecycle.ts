/**
 * The status of a deployment at a given time, computed from the scripts of all deployments of its instance each
 * time somebody looks: nothing happens in between, so simulated time may jump as far as it likes.
 */
import type { Deployment, Run, ServiceInstance } from './model.ts'
import type { DeploymentStatus } from './script.ts'

/** A status and when it began. */
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
/** From here on a deployment takes the place of older ones that are still on their way. */
const engaged = new Set<string>(['QUEUED', 'BUILDING', 'DEPLOYING', 'SUCCESS', 'SLEEPING'])

export const isLive = (status: DeploymentStatus): boolean => live.has(status)
export const isUnfinished = (status: DeploymentStatus): boolean => unfinished.has(status)

/** The phases of an instance's deployments, and how many deployments and runs they follow from. */
interface Computed {
  readonly size: number
  readonly phases: ReadonlyMap<Deployment, readonly Phase[]>
}

/** By instance and seconds of removing. Deployments and runs are only ever added, so their number tells what is out of date. */
const computed = new WeakMap<ServiceInstance, Map<number, Computed>>()

/** All phases that a deployment went and will go through, as far as is known now. */
export function phasesOf(deployment: Deployment, removingSeconds: number): readonly Phase[] {
  const { instance } = deployment
  const kept = computed.get(instance) ?? new Map<number, Computed>()
  computed.set(instance, kept)
  const size = instance.deployments.reduce((sum, { runs }) => sum + 1 + runs.length, 0)
  const known = kept.get(removingSeconds)
  const current =
    known?.size === size ? known : { size, phases: allPhases(instance, removingSeconds) }
  kept.set(removingSeconds, current)
  return current.phases.get(deployment) ?? scripted(deployment.runs)
}

function allPhases(
  { deployments }: ServiceInstance,
  removingSeconds: number,
): ReadonlyMap<Deployment, readonly Phase[]> {
  const all = new Map<Deployment, readonly Phase[]>()
  const newer: Takeover[] = []
  for (const one of deployments.toReversed()) {
    const phases = replaced(scripted(one.runs), newer, removingSeconds)
    all.set(one, phases)
    newer.push(takeoverBy(phases))
  }
  return all
}

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

/** When a deployment takes the place of older ones: of those on their way when it starts, of live ones when it goes live. */
interface Takeover {
  readonly start: number
  readonly alive: number
}

function takeoverBy(phases: readonly Phase[]): Takeover {
  return {
    start: phases.find(({ status }) => engaged.has(status))?.from ?? Infinity,
    alive: phases.find(({ status }) => live.has(status))?.from ?? Infinity,
  }
}

/** Cuts the phases where a newer deployment takes over. */
function replaced(
  own: readonly Phase[],
  newer: readonly Takeover[],
  removingSeconds: number,
): readonly Phase[] {
  let cut = Infinity
  for (const { start, alive } of newer) {
    if (start < cut && isUnfinished(phaseAt(own, start).status)) cut = start
    if (alive < cut && servedBefore(own, alive)) cut = alive
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

function servedBefore(own: readonly Phase[], time: number): boolean {
  const { status } = phaseAt(own, time)
  if (live.has(status)) return true
  return status === 'CRASHED' && own.some((phase) => live.has(phase.status) && phase.from <= time)
}
