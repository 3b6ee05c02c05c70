import type { Warning } from '../errors/warning.ts'
import type { CommitChoice } from '../inputs/read-inputs.ts'
import { type ServiceInstance, type ServiceTarget, targetName } from '../inventory/inventory.ts'
import { isBuiltFrom, type Selection, targetsOf } from '../inventory/selection.ts'
import { currentCommits } from './comparisons.ts'
import type { DeployRequest } from './deploy-request.ts'
import { isLive, isUnderWay } from './deployment-status.ts'
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
 * Plans one step for every selected service: deploy it, adopt a deployment under way, or leave it alone. Services
 * in `changing`, by the keys of their targets, are deployed even if the commit is live. `adjust` may replace a step.
 */
export function planDeploy(
  selection: Selection,
  request: DeployRequest,
  changing: ReadonlySet<string> = new Set(),
  adjust: (step: Step) => Step = (step) => step,
): Plan {
  const steps = targetsOf(selection).map((target) =>
    adjust(planService(target, request, changing.has(targetKey(target)))),
  )
  const warnings = [
    ...superseded(steps),
    ...withoutSource(steps),
    ...deployedTwice(steps, request.context),
  ]
  return { steps, warnings }
}

/** Plans the step for one service. `isChanging`: it is deployed in any case, because its variables or its image change. */
export function planService<Place extends StepEnvironment>(
  target: ServiceTarget<Place>,
  { commit, context, force, newer }: DeployRequest,
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

/** Deploys the newer commit of a service that has to be deployed for another reason than its commit. */
function deployNewer<Place extends StepEnvironment>(
  target: ServiceTarget<Place>,
  requested: Extract<Revision, { kind: 'commit' }>,
  sha: string,
): DeployStep<Place> {
  const detail = `commit ${short(sha)}, which it has and which is newer than ${short(requested.sha)}`
  return toStep({ action: 'deploy', revision: { kind: 'commit', sha }, target, detail })
}

/** Returns the step that replaces a needless deployment of that commit; `null` if the deployment is needed. */
export function reuseDeployment<Place extends StepEnvironment>(
  target: ServiceTarget<Place>,
  revision: Extract<Revision, { kind: 'commit' }>,
): AdoptStep<Place> | KeepStep | null {
  const { active, latest } = target.instance
  const isRequested = (deployed: { commit: string | null }) =>
    deployed.commit?.toLowerCase() === revision.sha
  const live = active.find((deployment) => isLive(deployment.status) && isRequested(deployment))
  // What a schedule starts of a commit that is live is a run of it, not a deployment.
  const isRun = target.instance.cron && live !== undefined
  if (latest && isUnderWay(latest.status) && isRequested(latest) && !isRun) {
    const detail = `${short(revision.sha)} is already on its way (${latest.status})`
    return toStep({ action: 'adopt', deployment: latest, revision, target, detail })
  }
  if (!live) return null
  const overtaking =
    latest && isUnderWay(latest.status) && !isRequested(latest)
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
        ? `the commit it has now, from ${source.repository}`
        : source.kind === 'image'
          ? `image ${source.image}`
          : 'what was last uploaded'
  }
}

/** Shortens a commit id for people. */
const short = (sha: string) => sha.slice(0, 7)

/** Warns about services that are left alone because they have a newer commit. */
export function superseded(steps: readonly Step[]): Warning[] {
  const names = steps.flatMap((step) =>
    step.action === 'keep' && step.because === 'superseded'
      ? [`${targetName(step.target)} (${step.detail})`]
      : [],
  )
  if (names.length === 0) return []
  return [
    {
      title: 'a newer commit is there',
      message: `Left alone, because a newer commit is live or on its way: ${names.join(', ')}. To go back all the same, run \`rollback\`, or \`deploy\` with \`force: true\`.`,
    },
  ]
}

function withoutSource(steps: readonly Step[]): Warning[] {
  const names = steps.flatMap((step) =>
    step.action === 'keep' && step.because === 'skipped' ? [targetName(step.target)] : [],
  )
  if (names.length === 0) return []
  return [
    {
      title: 'services without a source',
      message: `Skipped, because they have no source to build from: ${names.join(', ')}. Connect a repository or an image in Railway, or exclude them with \`!\` in \`services\`.`,
    },
  ]
}

/** Warns about services that Railway deploys by itself on a push to this branch: both would deploy the same commit. */
function deployedTwice(
  steps: readonly Step[],
  { repository, branch }: DeployRequest['context'],
): Warning[] {
  const names = steps
    .filter(({ action, target }) => {
      const own = target.instance?.triggers.some(
        (trigger) =>
          trigger.repository.toLowerCase() === repository.toLowerCase() &&
          trigger.branch === branch,
      )
      return own && action !== 'keep'
    })
    .map(({ target }) => targetName(target))
  if (names.length === 0) return []
  return [
    {
      title: 'Railway deploys these by itself',
      message: `Railway deploys ${names.join(', ')} on every push to "${branch}", and so does this job. A deployment of the same commit that is already under way is adopted, but Railway may also start one later. Turn automatic deployments off for these services in Railway, or take them out of this job.`,
    },
  ]
}
