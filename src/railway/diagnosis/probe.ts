import { z } from 'zod'
import type { Reason } from '../../diagnosis.ts'
import type { Environment, Inventory, Project, ServiceInstance } from '../../inventory/inventory.ts'
import type { TokenType } from '../../token-type.ts'
import {
  type QueryClient,
  type QueryResult,
  type RequestAuthentication,
  rejectionReason,
} from './query-client.ts'

/**
 * The finding of a probe about one assumption: the ids of the variants that Railway shows (`other` for a behaviour that
 * is none of the variants), or the reason why none could be observed.
 */
export type Finding = { readonly observed: readonly string[] } | { readonly reason: Reason }

/** Findings by the ids of the assumptions. */
export type Findings = Readonly<Record<string, Finding>>

/** The context of the probes. */
export interface ProbeContext {
  readonly client: QueryClient
  readonly tokenType: TokenType
  /** The header in which the token is sent. */
  readonly authentication: RequestAuthentication
  /** The id of the workspace; `null` for a project token. */
  readonly workspaceId: string | null
  /** The environment of a project token; `null` for any other token. */
  readonly ownEnvironment: { readonly projectId: string; readonly environmentId: string } | null
  readonly inventory: Inventory
  /** Returns the current time, in milliseconds since the epoch. */
  readonly now: () => number
}

/** A test of assumptions that sends only a few read-only requests. */
export interface DiagnosisProbe {
  readonly name: string
  /** The ids of the assumptions that it tests. */
  readonly decides: readonly string[]
  run(context: ProbeContext): Promise<Findings>
}

/** Returns the finding that Railway behaves like these variants. */
export const observed = (...variants: string[]): Finding => ({ observed: variants })

/** Returns the finding that no variant was observed. */
export const undecided = (reason: Reason): Finding => ({ reason })

export const nothingToTest = undecided('nothing to look at')
export const unusableResponse = undecided('no usable response')

/** Returns the same finding for several assumptions. */
export const sameFinding = (ids: readonly string[], finding: Finding): Findings =>
  Object.fromEntries(ids.map((id) => [id, finding]))

/** Sends a GraphQL query with the token of the run. */
export const sendQuery = (
  { client, authentication }: ProbeContext,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
) => client.send(query, variables, authentication)

/**
 * Returns the parsed `data` of a response; `null` if there was no response, if it has an error, or if parsing fails.
 */
export function parseData<Data>(result: QueryResult, shape: z.ZodType<Data>): Data | null {
  if (!result.ok || result.response.error) return null
  return shape.safeParse(result.response.data).data ?? null
}

/**
 * Returns the finding for a result without usable data: the reason why there is no response, or `no usable response`.
 */
export const toUndecided = (result: QueryResult): Finding =>
  result.ok ? unusableResponse : undecided(result.reason)

/** Returns whether Railway rejected a query as "Not Authorized". */
export const isNotAuthorized = (result: QueryResult) =>
  result.ok && rejectionReason(result.response) === 'not-authorized'

/** The schema of a connection whose entries are counted and not read. */
export const countedConnection = z.object({
  edges: z.array(z.unknown()),
  pageInfo: z.object({ hasNextPage: z.boolean() }).optional(),
})

/** An environment that the token can access, with its project. */
export interface TokenEnvironment {
  readonly project: Project
  readonly environment: Environment
}

/** Lists the environments that the token can access. The one with the most services comes first. */
export function accessibleEnvironments({
  inventory,
  ownEnvironment,
}: ProbeContext): readonly TokenEnvironment[] {
  return inventory.projects
    .flatMap((project) => project.environments.map((environment) => ({ project, environment })))
    .filter(({ environment }) => environment.accessible)
    .filter(
      ({ environment }) =>
        ownEnvironment === null || environment.id === ownEnvironment.environmentId,
    )
    .toSorted((a, b) => b.environment.instances.length - a.environment.instances.length)
}

/** Returns the first service instance that meets a condition; `null` if none does. */
export function findInstance(
  context: ProbeContext,
  meets: (instance: ServiceInstance) => boolean,
): (TokenEnvironment & { readonly instance: ServiceInstance }) | null {
  for (const place of accessibleEnvironments(context)) {
    const instance = place.environment.instances.find(meets)
    if (instance) return { ...place, instance }
  }
  return null
}
