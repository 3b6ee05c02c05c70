import type { CreatePreviewStep, UpdatePreviewStep } from '../../plan/plan.ts'
import type { NotConfirmed, RejectionReason } from '../mutation-result.ts'
import type { EnvironmentPlace, PreviewState, ServicePlace } from './ports.ts'
import type { PreviewContext } from './preview-context.ts'
import { endsPreview, unwrap } from './step-error.ts'

/**
 * The delays before retries in milliseconds. Railway responds with "not found" for services that were cloned a moment
 * ago.
 */
const retryPauses = [3_000, 8_000, 15_000]

/**
 * Creates a Railway domain for every service that has a domain in the base and none in the preview. The domain leads to
 * the same port. Returns the created domains by the ids of their services, and the problems in words: a domain that
 * cannot be created does not fail the step.
 */
export async function addDomains(
  { preview }: CreatePreviewStep | UpdatePreviewStep,
  place: EnvironmentPlace,
  state: PreviewState,
  context: PreviewContext,
): Promise<{ created: ReadonlyMap<string, string>; problems: string[] }> {
  const known = new Map(state.instances.map((one) => [one.service.id, one]))
  const withoutDomain = preview.services.filter(({ id, hasDomain }) => {
    const there = known.get(id)
    return hasDomain && there && !there.deleted && there.domains.length === 0
  })
  if (withoutDomain.length === 0) return { created: new Map(), problems: [] }
  const results = await Promise.all(
    withoutDomain.map(async (service) => {
      const added = await addDomain({ ...place, service }, service.port ?? null, context)
      return { service, ...added }
    }),
  )
  const failed = results
    .filter(({ domain }) => domain === null)
    .map(({ service, message }) => service.name + (message === null ? '' : ` (${message})`))
  const created = results.flatMap(({ service, domain }) =>
    domain === null ? [] : [[service.id, domain] as const],
  )
  return {
    created: new Map(created),
    problems: failed.length > 0 ? [`no domain could be created for ${failed.join(', ')}`] : [],
  }
}

/**
 * Creates the domain of a service with retries, and returns it; `null` if it could not be created. `message`: the
 * reason of a final rejection in Railway's words. Before each retry, the service is read, because an earlier request
 * may have created the domain.
 */
async function addDomain(
  place: ServicePlace,
  port: number | null,
  context: PreviewContext,
): Promise<{ domain: string | null; message: string | null }> {
  for (let attempt = 0; ; attempt += 1) {
    const result = await context.change(() => context.previews.addDomain(place, port))
    if (result.kind === 'done') return { domain: result.value, message: null }
    const mustEnd = result.kind === 'not-sent' || (endsPreview(result) && result.certain)
    if (mustEnd) unwrap(result, purpose)
    const wait = retryPauses[attempt]
    if (wait === undefined || isFinal(result)) return { domain: null, message: messageOf(result) }
    await context.wait(wait, 'a domain')
    const read = await context.previews.state(place)
    if (endsPreview(result) && !read?.ok) unwrap(result, purpose)
    const instance =
      read?.ok && read.value.instances.find(({ service }) => service.id === place.service.id)
    const domain = instance ? instance.domains[0] : undefined
    if (domain !== undefined) return { domain, message: null }
  }
}

const purpose = 'to create a domain'

/** Returns whether a retry would be rejected for the same reason. */
const isFinal = (result: NotConfirmed) =>
  result.kind === 'rejected' && result.certain && finalReasons.has(result.reason)

const finalReasons: ReadonlySet<RejectionReason> = new Set(['plan', 'not-authorized', 'deleted'])

const messageOf = (result: NotConfirmed): string | null =>
  isFinal(result) && 'failure' in result && result.failure.code === 'operation-not-permitted'
    ? result.failure.facts.message
    : null
