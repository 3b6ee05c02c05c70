import { listLocations } from '../errors/list-locations.ts'
import type { Warning } from '../errors/warning.ts'
import type { CommitChoice } from '../inputs/read-inputs.ts'
import { locationOf, type ServiceInstance, type ServiceTarget } from '../inventory/inventory.ts'
import { isBuiltFrom, type Selection, targetsOf } from '../inventory/selection.ts'
import { currentCommits } from './commit-comparisons.ts'
import type { CommitRequest } from './commit-request.ts'
import { isLive, isUnfinished } from './deployment-status.ts'
import type {
  AdoptStep,
  DeployStep,
  KeepStep,
  Plan,
  Revision,
  Step,
  StepEnvironment,
} from './plan.ts'
import { targetKey, toStep } from './step-id.ts'

/**
 * Plans one step for each selected service: a deployment, the adoption of a deployment in progress, or nothing to do.
 * `changing`: keys of the targets that are deployed even if the commit is live, because their variables change.
 * `adjust` may replace a step.
 */
export function planDeploy(
  selection: Selection,
  request: CommitRequest,
  changing: ReadonlySet<string> = new Set(),
  adjust: (step: Step) => Step = (step) => step,
): Plan {
  const steps = targetsOf(selection).map((target) =>
    adjust(planService(target, request, changing.has(targetKey(target)))),
  )
  return { steps, warnings: [...superseded(steps), ...withoutSource(steps)] }
}

/**
 * Plans the step for one service. `isChanging`: the service is deployed even if the commit is live, because its
 * variables or its image change.
 */
export function planService<Place extends StepEnvironment>(
  target: ServiceTarget<Place>,
  { commit, context, force, newer }: CommitRequest,
  isChanging = false,
): DeployStep<Place> | AdoptStep<Place> | KeepStep {
  const { instance } = target
  if (instance.source.kind === 'none' && !instance.latest) {
    const detail = 'it has no source and was never deployed, so there is nothing to build'
    return toStep({ action: 'keep', because: 'skipped', target, detail })
  }
  const revision = chooseRevision(instance, commit, context.repository)
  if (revision.kind !== 'commit' || force) return deploy(target, revision)
  const overtaking = currentCommits(instance).find((sha) => newer.includes(sha))
  if (isChanging) {
    const sha = currentCommits(instance).includes(revision.sha) ? null : (overtaking ?? null)
    return sha === null ? deploy(target, revision) : deployNewer(target, revision, sha)
  }
  const reused = reuseDeployment(target, revision)
  if (reused !== null || overtaking === undefined) return reused ?? deploy(target, revision)
  const detail = `${short(overtaking)} is newer than ${short(revision.sha)}`
  return toStep({ action: 'keep', because: 'superseded', target, detail })
}

/**
 * Plans the deployment of a service with changed variables and a newer commit than the requested one. The service keeps
 * the newer commit.
 */
function deployNewer<Place extends StepEnvironment>(
  target: ServiceTarget<Place>,
  requested: Extract<Revision, { kind: 'commit' }>,
  sha: string,
): DeployStep<Place> {
  const detail = `commit ${short(sha)}, which is live or being deployed and newer than ${short(requested.sha)}`
  return toStep({ action: 'deploy', revision: { kind: 'commit', sha }, target, detail })
}

/**
 * Returns the step for a service that already has the commit, live or in progress. The result is `null` if the commit has
 * to be deployed.
 */
export function reuseDeployment<Place extends StepEnvironment>(
  target: ServiceTarget<Place>,
  revision: Extract<Revision, { kind: 'commit' }>,
): AdoptStep<Place> | KeepStep | null {
  const { active, latest } = target.instance
  const isRequested = (deployed: { commit: string | null }) =>
    deployed.commit?.toLowerCase() === revision.sha
  const live = active.find((deployment) => isLive(deployment.status) && isRequested(deployment))
  // If the commit is live, a deployment that a schedule starts is a run of that commit and not a new deployment.
  const isRun = target.instance.cron && live !== undefined
  if (latest && isUnfinished(latest.status) && isRequested(latest) && !isRun) {
    const detail = `${short(revision.sha)} is already being deployed (${latest.status})`
    return toStep({ action: 'adopt', deployment: latest, revision, target, detail })
  }
  if (!live) return null
  const overtaking =
    latest && isUnfinished(latest.status) && !isRequested(latest)
      ? `; a newer deployment${latest.commit ? ` of ${short(latest.commit)}` : ''} is ${latest.status}`
      : ''
  const detail = `${short(revision.sha)} is already live${overtaking}`
  return toStep({ action: 'keep', because: 'unchanged', target, detail })
}

/** The revision of a run that deploys no image. */
type RequestedRevision = Exclude<Revision, { readonly kind: 'image' }>

function chooseRevision(
  instance: ServiceInstance,
  commit: CommitChoice,
  repository: string,
): RequestedRevision {
  if (instance.source.kind !== 'repository') return { kind: 'current' }
  if (commit.kind === 'latest') return { kind: 'latest' }
  if (commit.kind === 'none' || !isBuiltFrom(instance, repository)) return { kind: 'current' }
  return { kind: 'commit', sha: commit.sha }
}

function deploy<Place extends StepEnvironment>(
  target: ServiceTarget<Place>,
  revision: RequestedRevision,
): DeployStep<Place> {
  const detail = describeRevision(revision, target.instance)
  return toStep({ action: 'deploy', revision, target, detail })
}

function describeRevision(revision: RequestedRevision, { source }: ServiceInstance): string {
  switch (revision.kind) {
    case 'commit':
      return `commit ${short(revision.sha)}`
    case 'latest':
      return 'the newest commit'
    case 'current':
      return source.kind === 'repository'
        ? `the commit that it has now, from ${source.repository}`
        : source.kind === 'image'
          ? `image ${source.image}`
          : 'the last upload'
  }
}

/** Shortens a commit id for people. */
const short = (sha: string) => sha.slice(0, 7)

/** Returns a warning about services that are not deployed because they have a newer commit. */
export function superseded(steps: readonly Step[]): Warning[] {
  const locations = steps.flatMap((step) =>
    step.action === 'keep' && step.because === 'superseded'
      ? [{ ...locationOf(step.target), note: step.detail }]
      : [],
  )
  if (locations.length === 0) return []
  return [
    {
      title: 'newer commit not replaced',
      message: `These services are not deployed, because a newer commit than the requested one is live or being deployed: ${listLocations(locations)}. To go back to the older commit, run the command \`rollback\`, or \`deploy\` with \`force: true\`.`,
    },
  ]
}

function withoutSource(steps: readonly Step[]): Warning[] {
  const locations = steps.flatMap((step) =>
    step.action === 'keep' && step.because === 'skipped' ? [locationOf(step.target)] : [],
  )
  if (locations.length === 0) return []
  return [
    {
      title: 'services without a source',
      message: `These services are skipped, because they have neither a repository nor an image to deploy: ${listLocations(locations)}. Connect a repository or an image to them in Railway, or exclude them with \`!\` in \`services\`.`,
    },
  ]
}
