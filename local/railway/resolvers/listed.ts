/** The content of lists. A new object may be missing for some time, and a deleted one may still be listed. */
import type { Context } from '../context.ts'
import type { Deployment, Environment, Project } from '../model.ts'

export type ProjectsOrder = 'CREATED_AT_DESC' | 'NAME_ASC' | 'UPDATED_AT_DESC'

export function listedProjects(
  { world }: Context,
  projects: Project[],
  { includeDeleted, orderBy }: { includeDeleted?: boolean | null; orderBy?: ProjectsOrder | null },
): Project[] {
  const shown = projects.filter(
    ({ deletedAt }) => deletedAt === null || (includeDeleted ?? world.behaviour.listDeleted),
  )
  if (orderBy === 'NAME_ASC') return shown.sort((a, b) => (a.name < b.name ? -1 : 1))
  return orderBy ? shown.reverse() : shown
}

export function listedEnvironments(
  context: Context,
  project: Project,
  { isEphemeral, deleted }: { isEphemeral?: boolean | null; deleted: boolean },
): Environment[] {
  return project.environments.filter(
    (environment) =>
      environment.visibleFrom <= context.world.now() &&
      (isEphemeral == null || environment.ephemeral === isEphemeral) &&
      (deleted || shownDeletion(context, environment) === null),
  )
}

/** Returns the `deletedAt` that the API shows. It may be `null` for some time after the deletion. */
export function shownDeletion({ world }: Context, environment: Environment): number | null {
  const { deletedAt } = environment
  if (deletedAt === null) return null
  return world.now() < deletedAt + world.behaviour.deletedLingerSeconds * 1000 ? null : deletedAt
}

export function listedDeployments({ world }: Context, deployments: Deployment[]): Deployment[] {
  const shown = deployments.filter(({ visibleFrom }) => visibleFrom <= world.now())
  const oldestFirst = world.behaviour.deploymentsOrder === 'oldest-first'
  return shown.sort((a, b) => (oldestFirst ? 1 : -1) * (a.createdAt - b.createdAt))
}
