import type { Assumption, Topic } from './assumption.ts'
import { deployments } from './deployments.ts'
import { documents } from './documents.ts'
import { environments } from './environments.ts'
import { limits } from './limits.ts'
import { tokens } from './tokens.ts'
import { variables } from './variables.ts'

export type { Assumption, Reading, Topic } from './assumption.ts'

/** The register of everything that the action assumes about Railway's API and that no document settles. */
export const topics: readonly Topic[] = [
  tokens,
  documents,
  limits,
  deployments,
  variables,
  environments,
]

/** Every entry of the register. */
export const assumptions: readonly Assumption[] = topics.flatMap((topic) => topic.assumptions)
