import type { CreatePreviewStep, UpdatePreviewStep } from '../../plan/plan.ts'
import type { PreviewState, ServicePlace } from './ports.ts'
import type { PreviewContext } from './preview-context.ts'
import { unwrap } from './step-error.ts'

/** Railway says "not found" of services that were cloned a moment ago. */
const retries = [3_000, 8_000, 15_000]

/**
 * Gives every service a Railway domain that has a domain in the base and none in the preview, on the same
 * port. A domain that cannot be made is told and not failed for: the service runs without it. `made`: by ids
 * of services.
 */
export async function addDomains(
  { target, preview }: CreatePreviewStep | UpdatePreviewStep,
  environmentId: string,
  state: PreviewState,
  work: PreviewContext,
): Promise<{ made: ReadonlyMap<string, string>; doubts: string[] }> {
  const known = new Map(state.instances.map((one) => [one.service.id, one]))
  const withoutDomain = preview.services.filter(({ id, hasDomain }) => {
    const there = known.get(id)
    return hasDomain && there && !there.deleted && there.domains.length === 0
  })
  if (withoutDomain.length === 0) return { made: new Map(), doubts: [] }
  const projectId = target.project.id
  const inBase = withoutDomain.map(({ id: serviceId }) => ({
    projectId,
    environmentId: preview.base.id,
    serviceId,
  }))
  const ports = await work.previews.targetPorts(inBase)
  const asked = await Promise.all(
    withoutDomain.map(async (service, index) => {
      const place = { projectId, environmentId, serviceId: service.id }
      return { service, domain: await addDomain(place, ports[index] ?? null, work) }
    }),
  )
  const failed = asked.filter(({ domain }) => domain === null).map(({ service }) => service.name)
  const made = asked.flatMap(({ service, domain }) =>
    domain === null ? [] : [[service.id, domain] as const],
  )
  return {
    made: new Map(made),
    doubts: failed.length > 0 ? [`no domain could be made for ${failed.join(', ')}`] : [],
  }
}

/**
 * The domain, `null` where none could be made. Whatever the answer, what counts is whether the service has one:
 * it takes no second.
 */
async function addDomain(
  place: ServicePlace,
  port: number | null,
  work: PreviewContext,
): Promise<string | null> {
  for (let attempt = 0; ; attempt += 1) {
    const told = await work.change(() => work.previews.addDomain(place, port))
    if (told.kind === 'done') return told.value
    if (told.kind === 'not-sent') unwrap(told, 'to make a domain')
    const wait = retries[attempt]
    if (wait === undefined) return null
    await work.wait(wait, 'a domain')
    const look = await work.previews.state(place.environmentId)
    const instance =
      look?.ok && look.value.instances.find(({ service }) => service.id === place.serviceId)
    const domain = instance ? instance.domains[0] : undefined
    if (domain !== undefined) return domain
  }
}
