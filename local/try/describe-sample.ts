import type { World } from '../railway/index.ts'
import type { ServiceInstance } from '../railway/model.ts'

/** Describes what is in the workspaces of a world: projects, their environments, and the services in each. */
export function describeWorld(world: World): string[] {
  return world.workspaces.flatMap((workspace) => [
    `Workspace ${workspace.name}`,
    ...[...world.projects.values()]
      .filter((project) => project.workspace === workspace)
      .flatMap(({ name, environments }) => [
        `  ${name}`,
        ...environments.map((environment) => {
          const limits = environment.restrictedFor.length > 0 ? ' (off limits)' : ''
          return `    ${environment.name}${limits}: ${environment.instances.map(describe).join(', ')}`
        }),
      ]),
  ])
}

function describe({ service, source, settings }: ServiceInstance): string {
  const from = source?.repo ?? source?.image ?? 'nothing'
  const cron = settings.cronSchedule === null ? '' : ', cron'
  return `${service.name} (${from}${cron})`
}
