import { z } from 'zod'
import type { Reason } from '../../diagnosis.ts'
import type { Environment, Inventory, Project, ServiceInstance } from '../../inventory/inventory.ts'
import type { TokenType } from '../../token-type.ts'
import { type Presented, type QueryClient, type QueryResult, refusalOf } from './query-client.ts'

/** The result of a probe about one assumption: variants by their ids (`other` for none of the known), or none. */
export type Finding = { readonly seen: readonly string[] } | { readonly reason: Reason }

export type Findings = Readonly<Record<string, Finding>>

/** The context of the probes. */
export interface ProbeContext {
  readonly queries: QueryClient
  readonly kind: TokenType
  /** How the token is presented. */
  readonly as: Presented
  /** `null` for a project token. */
  readonly workspaceId: string | null
  /** The environment of a project token. */
  readonly own: { readonly projectId: string; readonly environmentId: string } | null
  readonly inventory: Inventory
  readonly now: () => number
}

/** A probe: a few read-only requests, and the assumptions that they may decide. */
export interface DiagnosisProbe {
  readonly name: string
  readonly decides: readonly string[]
  run(context: ProbeContext): Promise<Findings>
}

export const seen = (...variants: string[]): Finding => ({ seen: variants })
export const undecided = (reason: Reason): Finding => ({ reason })
export const nothing = undecided('nothing to look at')
export const unusable = undecided('no usable answer')

/** Returns one finding for several assumptions. */
export const all = (ids: readonly string[], finding: Finding): Findings =>
  Object.fromEntries(ids.map((id) => [id, finding]))

/** Queries with the token as it is sent everywhere else. */
export const ask = (
  { queries, as }: ProbeContext,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
) => queries.ask(query, variables, as)

/** Reads `data` of an answer; `null` if it is not as expected, or incomplete. */
export function dataOf<Data>(result: QueryResult, shape: z.ZodType<Data>): Data | null {
  if (!result.ok || result.answer.error) return null
  return shape.safeParse(result.answer.data).data ?? null
}

/** Returns the finding for an answer that cannot be read: the reason why it was not sent, or that it is of no use. */
export const unread = (result: QueryResult): Finding =>
  result.ok ? unusable : undecided(result.reason)

/** Returns whether something was rejected as out of reach. */
export const isRefused = (result: QueryResult) =>
  result.ok && refusalOf(result.answer) === 'not-authorized'

/** The entries of a connection that are only counted. */
export const counted = z.object({
  edges: z.array(z.unknown()),
  pageInfo: z.object({ hasNextPage: z.boolean() }).optional(),
})

/** An environment that the token may read, with its project. */
export interface TokenEnvironment {
  readonly project: Project
  readonly environment: Environment
}

/** Lists the environments that the token may read, those with most services first. */
export function environmentsOf({ inventory, own }: ProbeContext): readonly TokenEnvironment[] {
  return inventory.projects
    .flatMap((project) => project.environments.map((environment) => ({ project, environment })))
    .filter(({ environment }) => environment.accessible)
    .filter(({ environment }) => own === null || environment.id === own.environmentId)
    .toSorted((a, b) => b.environment.instances.length - a.environment.instances.length)
}

/** Finds a service instance that meets a condition. */
export function instanceIn(
  context: ProbeContext,
  meets: (instance: ServiceInstance) => boolean,
): (TokenEnvironment & { readonly instance: ServiceInstance }) | null {
  for (const place of environmentsOf(context)) {
    const instance = place.environment.instances.find(meets)
    if (instance) return { ...place, instance }
  }
  return null
}
