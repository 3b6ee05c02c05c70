import { listLocations } from '../errors/list-locations.ts'
import type { Warning } from '../errors/warning.ts'
import { hasCommitSource, type Inputs } from '../inputs/read-inputs.ts'
import type { RunContext } from '../inputs/run-context.ts'
import { locationOf, type ServiceInstance, type ServiceTarget } from '../inventory/inventory.ts'
import { isBuiltFrom, type Selection, targetsOf } from '../inventory/selection.ts'
import type { Step, StepEnvironment } from './plan.ts'
import { describeDeployment, liveOf } from './rollback.ts'
import { targetKey } from './step-id.ts'

/** The part of the inputs that decides about warnings of branches and repositories. */
export interface SourceRequest
  extends Pick<Inputs, 'command' | 'commit' | 'image' | 'directory' | 'fromEnvironment'> {
  readonly context: Pick<RunContext, 'repository' | 'branch' | 'commit'>
}

/**
 * Returns the warnings of a run that deploys a commit: about services that Railway deploys, too, and about services that
 * may not keep or get the commit. `switchedOff`: the services whose automatic deployments are off.
 */
export function sourceWarnings(
  steps: readonly Step[],
  selection: Selection,
  request: SourceRequest,
  switchedOff: readonly ServiceTarget[],
): Warning[] {
  if (!deploysCommit(request)) return []
  const off = new Set(switchedOff.map(targetKey))
  return [
    ...deployedTwice(steps, request, off),
    ...otherBranches(steps, request, off),
    ...otherRepositories(steps, selection, request),
  ]
}

/**
 * Lists the selected services for which the warnings depend on whether their automatic deployments are off: those with a
 * trigger for this repository, if the run deploys a commit of a branch.
 */
export function withTriggers(selection: Selection, request: SourceRequest): ServiceTarget[] {
  const { repository, branch } = request.context
  if (!deploysCommit(request) || branch === null) return []
  return targetsOf(selection).filter(({ instance }) => branchesOf(instance, repository).length > 0)
}

const deploysCommit = (request: SourceRequest): boolean =>
  request.command === 'deploy' && hasCommitSource(request)

/**
 * Returns a warning about services that Railway deploys by itself on each push to the branch of this run. The run and
 * Railway would both deploy the same commit.
 */
function deployedTwice(
  steps: readonly Step[],
  { context: { repository, branch } }: SourceRequest,
  off: ReadonlySet<string>,
): Warning[] {
  if (branch === null) return []
  const locations = followed(steps).flatMap((target) => {
    if (off.has(targetKey(target))) return []
    return branchesOf(target.instance, repository).includes(branch) ? [locationOf(target)] : []
  })
  if (locations.length === 0) return []
  return [
    {
      title: 'automatic deployments are on',
      message: `Railway also deploys these services by itself on each push to branch "${branch}": ${listLocations(locations)}. The same commit may then be deployed twice. If Railway has already started its deployment, this job waits for that deployment and starts none of its own. If Railway starts it later, there are two. Turn off automatic deployments for these services in Railway, or exclude them with \`!\` in \`services\`.`,
    },
  ]
}

/**
 * Returns a warning about services of this repository that Railway deploys on pushes to other branches, but not on
 * pushes to the branch of the event. A commit that an input gives was chosen on purpose, so there is no warning then.
 */
function otherBranches(
  steps: readonly Step[],
  { commit, context }: SourceRequest,
  off: ReadonlySet<string>,
): Warning[] {
  const { branch, repository } = context
  const isOfEvent = commit.kind === 'commit' && commit.sha === context.commit?.toLowerCase()
  if (branch === null || !isOfEvent) return []
  const locations = followed(steps).flatMap((target) => {
    const branches = branchesOf(target.instance, repository)
    if (branches.length === 0 || branches.includes(branch)) return []
    if (off.has(targetKey(target))) return []
    return [{ ...locationOf(target), note: `follows ${[...new Set(branches)].join(', ')}` }]
  })
  if (locations.length === 0) return []
  return [
    {
      title: 'services follow another branch',
      message: `This run deploys a commit of branch "${branch}", but these services follow another branch in Railway: ${listLocations(locations)}. The next push to that branch replaces the commit. If the services should not get commits of "${branch}", exclude them with \`!\` in \`services\`, or change \`environment\`. If they should, change their branch in Railway.`,
    },
  ]
}

/**
 * Returns a warning about services that `services` names and that are built from another repository. The requested
 * commit is not in it. A repository that was renamed has its old name in Railway until somebody changes it there.
 */
function otherRepositories(
  steps: readonly Step[],
  selection: Selection,
  { commit, context: { repository } }: SourceRequest,
): Warning[] {
  if (commit.kind !== 'commit') return []
  const named = targetsOf(selection).filter(({ instance }) => selection.named.has(instance))
  const isNamed = new Set(named.map(targetKey))
  const locations = followed(steps).flatMap((target) => {
    const { instance } = target
    const { source } = instance
    if (source.kind !== 'repository' || isBuiltFrom(instance, repository)) return []
    if (!isNamed.has(targetKey(target))) return []
    const live = liveOf(target)
    const at = live === null ? 'nothing is live' : `at ${describeDeployment(live)}`
    return [{ ...locationOf(target), note: `${source.repository}, ${at}` }]
  })
  if (locations.length === 0) return []
  return [
    {
      title: 'services of another repository',
      message: `Commit ${commit.sha.slice(0, 7)} of ${repository} is not deployed to these services, because they are built from another repository: ${listLocations(locations)}. Railway deploys the commit again that it has stored for them. If the repository was renamed, select the new name in the settings of the services in Railway. If they belong to another repository, exclude them with \`!\` in \`services\`.`,
    },
  ]
}

/** Lists the services whose deployments a run starts or waits for. */
const followed = (steps: readonly Step[]): ServiceTarget<StepEnvironment>[] =>
  steps.flatMap((step) =>
    step.action === 'deploy' || step.action === 'adopt' ? [step.target] : [],
  )

/** Returns the branches of a repository on whose pushes Railway deploys a service, by its triggers. */
const branchesOf = ({ triggers }: ServiceInstance, repository: string): string[] =>
  triggers
    .filter((trigger) => trigger.repository.toLowerCase() === repository.toLowerCase())
    .map(({ branch }) => branch)
