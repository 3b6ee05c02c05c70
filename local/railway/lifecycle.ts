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

/** All phases that a deployment went and will go through, as far as is known now. */
export function phasesOf(deployment: Deployment, removingSeconds: number): Phase[] {
  const { deployments } = deployment.instance
  const newer: Phase[][] = []
  for (let index = deployments.length - 1; index >= 0; index--) {
    const one = deployments[index]
    if (!one) break
    const phases = replaced(scripted(one.runs), newer, removingSeconds)
    if (one === deployment) return phases
    newer.push(phases)
  }
  return scripted(deployment.runs)
}

export function phaseAt(phases: Phase[], time: number): Phase {
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

/** Cuts the phases where a newer deployment takes over: when it starts, or when it goes live. */
function replaced(own: Phase[], newer: Phase[][], removingSeconds: number): Phase[] {
  let cut = Infinity
  for (const phases of newer) {
    const start = phases.find(({ status }) => engaged.has(status))?.from ?? Infinity
    if (start < cut && isUnfinished(phaseAt(own, start).status)) cut = start
    const alive = phases.find(({ status }) => live.has(status))?.from ?? Infinity
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

function servedBefore(own: Phase[], time: number): boolean {
  const { status } = phaseAt(own, time)
  if (live.has(status)) return true
  return status === 'CRASHED' && own.some((phase) => live.has(phase.status) && phase.from <= time)
}
