import type { World } from '../../local/railway/index.ts'
import { repository } from './stage.ts'

/** A Railway reference, in a form that no linter takes for a template. */
export const refer = (name: string) => `$\{{${name}}}`

export interface FleetOptions {
  projects: number
  services: number
}

/** Twenty variables of every kind. */
export const twenty: Record<string, string> = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [
    `VARIABLE_${String(index + 1).padStart(2, '0')}`,
    index % 4 === 0 ? refer('shared.COMMON') : `value ${index}`,
  ]),
)

/** Many services with twenty variables each. */
export function fleet(world: World, { projects, services }: FleetOptions) {
  const acme = world.workspace('Acme')
  for (let number = 1; number <= projects; number += 1) {
    const project = world.project(acme, `project-${number}`)
    for (let service = 1; service <= services; service += 1) {
      world.service(project, `service-${service}`, {
        source: { repo: repository },
        variables: twenty,
      })
    }
  }
  return { token: world.workspaceToken(acme) }
}

type Service = ReturnType<World['service']>

/** The values that are stored for a service, including sealed ones. */
export function storedIn(world: World, service: Service, environment: string) {
  world.runDueEvents()
  const { variables } = world.instance(service, environment)
  return Object.fromEntries([...variables].map(([name, { value }]) => [name, value]))
}
