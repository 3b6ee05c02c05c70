import type { Environment, Project } from '../../inventory/inventory.ts'
import type { Selection } from '../../inventory/selection.ts'
import { comparable } from '../../text.ts'

/** Returns the selected projects, each once. */
export const projectsOf = ({ environments }: Selection): Project[] => [
  ...new Set(environments.map(({ project }) => project)),
]

/**
 * Returns the environments of that name. Case is ignored, as in Railway's domains, and so is the Unicode normal form.
 */
export const environmentsNamed = (project: Project, name: string): Environment[] =>
  project.environments.filter((one) => comparable(one.name) === comparable(name))
