import type { CreatePreviewStep, UpdatePreviewStep } from '../../plan/plan.ts'
import type { PreviewWork } from './edges.ts'
import type { PreviewState, ServicePlace } from './ports.ts'
import { taken } from './setback.ts'

/** Railway says "not found" of services that were cloned a moment ago. */
const retries = [3_000, 8_000, 15_000]

/**
 * Gives every service a Railway domain that has a domain in the base and none in the preview, on the same
 * port. A domain that cannot be made is told and not failed for: the service runs without it.
 */
export async function addDomains(
  { target, preview }: CreatePreviewStep | UpdatePreviewStep,
  environmentId: string,
  state: PreviewState,
  work: PreviewWork,
): Promise<{ added: string[]; doubts: string[] }> {
  const known = new Map(state.instances.map((one) => [one.service.id, one]))
  const dark = preview.base.instances.filter(({ service, domains }) => {
    const there = known.get(service.id)
    return domains.length > 0 && there && !there.deleted && there.domains.length === 0
  })
  if (dark.length === 0) return { added: [], doubts: [] }
  const projectId = target.project.id
  const inBase = dark.map(({ service }) => ({
    projectId,
    environmentId: preview.base.id,
    serviceId: service.id,
  }))
  const ports = await work.previews.targetPorts(inBase)
  const made = await Promise.all(
    dark.map(async ({ service }, index) => {
      const place = { projectId, environmentId, serviceId: service.id }
      return { service, there: await addDomain(place, ports[index] ?? null, work) }
    }),
  )
  const failed = made.filter(({ there }) => !there).map(({ service }) => service.name)
  return {
    added: made.filter(({ there }) => there).map(({ service }) => service.name),
    doubts: failed.length > 0 ? [`no domain could be made for ${failed.join(', ')}`] : [],
  }
}

/** Whatever the answer, what counts is whether the service has a domain: a service takes only one. */
async function addDomain(
  place: ServicePlace,
  port: number | null,
  work: PreviewWork,
): Promise<boolean> {
  for (let attempt = 0; ; attempt += 1) {
    const told = await work.change(() => work.previews.addDomain(place, port))
    if (told.kind === 'done') return true
    if (told.kind === 'not-sent') taken(told, 'to make a domain')
    const wait = retries[attempt]
    if (wait === undefined) return false
    await work.wait(wait, 'a domain')
    const look = await work.previews.state(place.environmentId)
    const instance =
      look?.ok && look.value.instances.find(({ service }) => service.id === place.serviceId)
    if (instance && instance.domains.length > 0) return true
  }
}
