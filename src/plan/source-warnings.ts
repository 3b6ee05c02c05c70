import { listLocations } from '../errors/list-locations.ts'
import type { Warning } from '../errors/warning.ts'
import type { CommitChoice, Inputs } from '../inputs/read-inputs.ts'
import type { RunContext } from '../inputs/run-context.ts'
import { locationOf, type ServiceInstance, type ServiceTarget } from '../inventory/inventory.ts'
import { isBuiltFrom, type Selection, targetsOf } from '../inventory/selection.ts'
import type { Step, StepEnvironment } from './plan.ts'
import { describeDeployment, liveOf } from './rollback.ts'

/** The part of the inputs that decides about warnings of branches and repositories. */
export interface SourceRequest {
  readonly commit: CommitChoice
  readonly context: Pick<RunContext, 'repository' | 'branch' | 'commit'>
  /** The services that Railway does not deploy on pushes although they have a trigger. */
  readonly switchedOff: ReadonlySet<ServiceInstance>
}

/** Returns warnings about services that may not get the commit that a run is meant to deploy. */
export const sourceWarnings = (
  steps: readonly Step[],
  selection: Selection,
  request: SourceRequest,
): Warning[] => [...otherBranches(steps, request), ...otherRepositories(steps, selection, request)]

/**
 * Returns a warning about services of this repository that Railway deploys on pushes to other branches, but not on
 * pushes to the branch of the event. A commit that an input gives was chosen on purpose, so there is no warning then.
 */
function otherBranches(
  steps: readonly Step[],
  { commit, context, switchedOff }: SourceRequest,
): Warning[] {
  const { branch, repository } = context
  const isOfEvent = commit.kind === 'commit' && commit.sha === context.commit?.toLowerCase()
  if (branch === null || !isOfEvent) return []
  const locations = followed(steps).flatMap((target) => {
    const branches = branchesOf(target.instance, repository)
    if (branches.length === 0 || branches.includes(branch)) return []
    if (switchedOff.has(target.instance)) return []
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
  { named }: Selection,
  { commit, context: { repository } }: SourceRequest,
): Warning[] {
  if (commit.kind !== 'commit') return []
  const locations = followed(steps).flatMap((target) => {
    const { instance } = target
    const { source } = instance
    if (source.kind !== 'repository' || isBuiltFrom(instance, repository)) return []
    if (!named.has(instance)) return []
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

/**
 * Lists the selected services of a run for which the warnings depend on whether their deployments by pushes are
 * switched off: those of a run that deploys a commit of a branch.
 */
export function withTriggers(
  selection: Selection,
  { command, image, directory, fromEnvironment, context }: Inputs,
): ServiceTarget[] {
  const isOther = image !== null || directory !== null || fromEnvironment !== null
  if (command !== 'deploy' || isOther || context.branch === null) return []
  return targetsOf(selection).filter(
    ({ instance }) => branchesOf(instance, context.repository).length > 0,
  )
}
