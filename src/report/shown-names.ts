import type { Inputs } from '../inputs/read-inputs.ts'
import type { Inventory } from '../inventory/inventory.ts'

/** Returns the names from the inputs and the event that the redactor must not replace, because the run shows them. */
export function namesOfRun({ context, commit, environment, workspace }: Inputs): (string | null)[] {
  return [
    context.repository,
    ...context.repository.split('/'),
    context.commit,
    commit.kind === 'commit' ? commit.sha : null,
    environment,
    workspace,
  ]
}

/** Returns the names and ids from the inventory that the redactor must not replace, because the run shows them. */
export function namesOfInventory({ projects }: Inventory): string[] {
  return projects.flatMap((project) => [
    project.name,
    project.id,
    ...project.environments.flatMap((environment) => [
      environment.name,
      environment.id,
      ...environment.instances.flatMap(({ service, source, active, latest, triggers }) => [
        service.name,
        service.id,
        ...(source.kind === 'repository' ? [source.repository] : []),
        ...[...active, ...(latest ? [latest] : [])].flatMap(({ id, commit }) => [id, commit ?? '']),
        ...triggers.map(({ branch }) => branch),
      ]),
    ]),
  ])
}
