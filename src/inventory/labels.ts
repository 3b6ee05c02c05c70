import { groupBy } from '../collections.ts'
import type { Named } from '../named.ts'
import { comparable } from '../text.ts'
import type { Inventory, Project } from './inventory.ts'

/**
 * Adds labels with ids to projects of the workspace, and to environments and services of a project, whose names are not
 * unique. Names are compared as in patterns, without regard to case and to Unicode normal forms.
 */
export const withLabels = (inventory: Inventory): Inventory => ({
  ...inventory,
  projects: labelled(inventory.projects).map(withLabelledParts),
})

function withLabelledParts(project: Project): Project {
  const services = project.environments.flatMap(({ instances }) =>
    instances.map(({ service }) => service),
  )
  const serviceLabels = labelsOf(services)
  if (serviceLabels.size === 0 && labelsOf(project.environments).size === 0) return project
  const environments = labelled(project.environments).map((environment) => ({
    ...environment,
    instances: environment.instances.map((instance) => ({
      ...instance,
      service: withLabel(instance.service, serviceLabels),
    })),
  }))
  return { ...project, environments }
}

function labelled<Item extends Named>(items: readonly Item[]): Item[] {
  const labels = labelsOf(items)
  return items.map((item) => withLabel(item, labels))
}

function withLabel<Item extends Named>(item: Item, labels: ReadonlyMap<string, string>): Item {
  const label = labels.get(item.id)
  return label === undefined ? item : { ...item, label }
}

/** Returns the labels of the items whose names are not unique, by their ids. */
function labelsOf(items: readonly Named[]): ReadonlyMap<string, string> {
  const distinct = new Map(items.map((item) => [item.id, item]))
  const groups = groupBy([...distinct.values()], ({ name }) => comparable(name))
  return new Map(
    [...groups.values()]
      .filter((group) => group.length > 1)
      .flatMap((group) => group.map(({ id, name }) => [id, `${name} (${id})`] as const)),
  )
}
