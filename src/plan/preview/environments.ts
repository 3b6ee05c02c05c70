import type { Environment, Project } from '../../inventory/inventory.ts'
import type { Selection } from '../../inventory/selection.ts'

/** Returns the selected projects, each once. */
export const projectsOf = ({ environments }: Selection): Project[] => [
  ...new Set(environments.map(({ project }) => project)),
]

/** Returns the environments of that name. Upper and lower case are the same, because Railway's domains ignore case. */
export const environmentsNamed = (project: Project, name: string): Environment[] =>
  project.environments.filter((one) => one.name.toLowerCase() === name.toLowerCase())
