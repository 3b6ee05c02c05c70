import type { CreatePreviewStep, UpdatePreviewStep } from '../../plan/plan.ts'
import type { PreviewState, ServicePlace } from './ports.ts'
import type { PreviewContext } from './preview-context.ts'
import { unwrap } from './step-error.ts'

/** The delays of retries in milliseconds. Railway answers "not found" about services that were cloned a moment ago. */
const retries = [3_000, 8_000, 15_000]

/**
 * Creates a Railway domain, on the same port, for every service with a domain in the base and none in the preview. A
 * domain that cannot be created is reported and fails nothing: the service runs without it. `made`: the created domains
 * by the services' ids.
 */
export async function addDomains(
  { target, preview }: CreatePreviewStep | UpdatePreviewStep,
  environmentId: string,
  state: PreviewState,
  context: PreviewContext,
): Promise<{ created: ReadonlyMap<string, string>; problems: string[] }> {
  const known = new Map(state.instances.map((one) => [one.service.id, one]))
  const withoutDomain = preview.services.filter(({ id, hasDomain }) => {
    const there = known.get(id)
    return hasDomain && there && !there.deleted && there.domains.length === 0
  })
  if (withoutDomain.length === 0) return { created: new Map(), problems: [] }
  const projectId = target.project.id
  const results = await Promise.all(
    withoutDomain.map(async (service) => {
      const place = { projectId, environmentId, serviceId: service.id }
      return { service, domain: await addDomain(place, service.port ?? null, context) }
    }),
  )
  const failed = results.filter(({ domain }) => domain === null).map(({ service }) => service.name)
  const created = results.flatMap(({ service, domain }) =>
    domain === null ? [] : [[service.id, domain] as const],
  )
  return {
    created: new Map(created),
    problems: failed.length > 0 ? [`no domain could be created for ${failed.join(', ')}`] : [],
  }
}

/**
 * Returns the domain of a service; `null` if none could be created. A lost answer is settled by reading it: Railway
 * creates no second domain for a service.
 */
async function addDomain(
  place: ServicePlace,
  port: number | null,
  context: PreviewContext,
): Promise<string | null> {
  for (let attempt = 0; ; attempt += 1) {
    const result = await context.change(() => context.previews.addDomain(place, port))
    if (result.kind === 'done') return result.value
    if (result.kind === 'not-sent') unwrap(result, 'to create a domain')
    const wait = retries[attempt]
    if (wait === undefined) return null
    await context.wait(wait, 'a domain')
    const look = await context.previews.state(place.environmentId)
    const instance =
      look?.ok && look.value.instances.find(({ service }) => service.id === place.serviceId)
    const domain = instance ? instance.domains[0] : undefined
    if (domain !== undefined) return domain
  }
}
