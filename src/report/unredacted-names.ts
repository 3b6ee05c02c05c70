import type { Inputs } from '../inputs/read-inputs.ts'
import type { Inventory, ServiceInstance } from '../inventory/inventory.ts'

/** Returns the names from the inputs and the event that the redactor must not replace, because the run shows them. */
export function namesOfRun({
  context,
  commit,
  environment,
  workspace,
  image,
}: Inputs): (string | null)[] {
  return [
    context.repository,
    ...context.repository.split('/'),
    context.commit,
    commit.kind === 'commit' ? commit.sha : null,
    environment,
    workspace,
    ...(image ? partsOfImage(image.text) : []),
  ]
}

/** Returns the parts of an image reference. The namespace often is the user name of its registry. */
const partsOfImage = (reference: string): string[] => reference.split(/[/:@]/)

/** Returns the names and ids from the inventory that the redactor must not replace, because the run shows them. */
export function namesOfInventory({ projects }: Inventory): string[] {
  const names: string[] = []
  for (const project of projects) {
    names.push(project.name, project.id)
    for (const environment of project.environments) {
      names.push(environment.name, environment.id)
      for (const instance of environment.instances) addNames(instance, names)
    }
  }
  return names
}

function addNames(instance: ServiceInstance, names: string[]): void {
  const { service, source, active, latest, triggers } = instance
  names.push(service.name, service.id)
  if (source.kind === 'repository') names.push(source.repository)
  if (source.kind === 'image') names.push(...partsOfImage(source.image))
  for (const { id, commit, image } of latest ? [...active, latest] : active) {
    names.push(id, commit ?? '', ...(image ? partsOfImage(image) : []))
  }
  for (const { branch } of triggers) names.push(branch)
}
