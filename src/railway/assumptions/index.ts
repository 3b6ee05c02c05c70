import type { Assumption, Topic } from './assumption.ts'
import { deployments } from './deployments.ts'
import { documents } from './documents.ts'
import { environments } from './environments.ts'
import { limits } from './limits.ts'
import { tokens } from './tokens.ts'
import { variables } from './variables.ts'

export type { Assumption, Topic, Variant } from './assumption.ts'

/** All assumptions about Railway's API that its documentation does not confirm, by topic. */
export const topics: readonly Topic[] = [
  tokens,
  documents,
  limits,
  deployments,
  variables,
  environments,
]

/** All assumptions, in the order of the topics. */
export const assumptions: readonly Assumption[] = topics.flatMap((topic) => topic.assumptions)
