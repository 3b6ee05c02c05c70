import type { World } from '../railway/index.ts'
import type { ServiceInstance } from '../railway/model.ts'

/** Returns an indented list of the world's workspaces, projects and environments, with the services of each environment. */
export function describeWorld(world: World): string[] {
  return world.workspaces.flatMap((workspace) => [
    `Workspace ${workspace.name}`,
    ...[...world.projects.values()]
      .filter((project) => project.workspace === workspace)
      .flatMap(({ name, environments }) => [
        `  ${name}`,
        ...environments.map((environment) => {
          const note = environment.restrictedFor.length > 0 ? ' (restricted)' : ''
          return `    ${environment.name}${note}: ${environment.instances.map(describe).join(', ')}`
        }),
      ]),
  ])
}

function describe({ service, source, settings }: ServiceInstance): string {
  const from = source?.repo ?? source?.image ?? 'no source'
  const cron = settings.cronSchedule === null ? '' : ', cron'
  return `${service.name} (${from}${cron})`
}
