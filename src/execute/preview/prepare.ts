import type { ServiceInstance } from '../../inventory/inventory.ts'
import { toNamed } from '../../named.ts'
import type { CreatePreviewStep, UpdatePreviewStep } from '../../plan/plan.ts'
import type { BaseService } from '../../plan/preview/spec.ts'
import { count } from '../../text.ts'
import { applyChanges, describeChanges, pendingChanges } from './changes.ts'
import type { FoundPreview } from './create.ts'
import { addDomains } from './domains.ts'
import type { EnvironmentPlace, PreviewInstance, PreviewState } from './ports.ts'
import type { PreviewContext } from './preview-context.ts'
import { pathsOf, refuseForeignChanges } from './staged-changes.ts'
import { endsPreview, unwrap } from './step-error.ts'
import { waitForClone } from './wait-for-clone.ts'
import { waitForOtherRun } from './wait-for-other-run.ts'

/** A preview that is ready for deployments. */
export interface PreparedPreview extends FoundPreview {
  readonly instances: readonly ServiceInstance[]
  /** Ids of services whose variables or image have changed. */
  readonly reconfigured: ReadonlySet<string>
  /** The changes that were made, in words; empty if there were none. */
  readonly done: readonly string[]
  /** Problems that do not fail the job, in words. */
  readonly problems: readonly string[]
}

/**
 * Prepares a preview for its deployments. Only settings that differ from the request are changed, so an earlier run may
 * have prepared it in part.
 *
 * The order matters. First the run waits for the clone, and completes it if services are missing. Then it switches off
 * deployments by pushes. A trigger on the base's branch would deploy pushes to the base, and one on the pull request's
 * branch would deploy every push a second time. Last, it changes branch, image and variables together. A run that finds
 * the requested branch therefore knows that deployments by pushes are off.
 *
 * That change is staged and committed with `skipDeploys` of `environmentPatchCommitStaged`. The alternatives start
 * deployments: `environmentPatchCommit` has no such argument (Railway's schema), and updating a trigger has been
 * observed to start one. The commit includes everything that is staged in the preview. If somebody else has staged
 * changes there, the run changes nothing.
 */
export async function preparePreview(
  step: CreatePreviewStep | UpdatePreviewStep,
  found: FoundPreview,
  context: PreviewContext,
): Promise<PreparedPreview> {
  const place = { project: step.target.project, environment: found.environment }
  const done: string[] = []
  const problems: string[] = []
  const clone = await waitForClone(step, place, found.created, context)
  if (clone.added !== null) done.push(`completed the clone with ${clone.added}`)
  let { state } = clone
  const pending = await pendingChanges(step, place, state, context)
  if (!found.created && pending.length > 0) {
    const own = [...pathsOf(pending), ...clone.addedPaths]
    await refuseForeignChanges(place, state, own, context)
  }
  if (found.created || pending.some(({ branch }) => branch !== undefined)) {
    problems.push(...(await stopPushes(place, state, context)))
  }
  if (pending.length > 0) {
    state = await applyChanges(step, place, pending, context)
    done.push(`set ${describeChanges(pending)}`)
  }
  const domains = await addDomains(step, place, state, context)
  if (domains.created.size > 0) done.push(`${count(domains.created.size, 'domain')} created`)
  problems.push(...domains.problems)
  if (!found.created) state = await waitForOtherRun(step, found, state, context)
  return {
    ...found,
    instances: state.instances
      .filter(({ deleted }) => !deleted)
      .map((one) => toInstance(one, step.preview.services, domains.created.get(one.service.id))),
    reconfigured: new Set(
      pending.filter(({ variables, image }) => variables ?? image).map(({ service }) => service.id),
    ),
    done,
    problems,
  }
}

/**
 * Switches off deployments by pushes, and returns the problems in words. A rejection does not fail the job: the branch
 * is changed next, so pushes to the base's branch deploy nothing in the preview anyway.
 */
async function stopPushes(
  place: EnvironmentPlace,
  state: PreviewState,
  context: PreviewContext,
): Promise<string[]> {
  const pushed = state.instances.filter(({ triggers, deleted }) => triggers.length > 0 && !deleted)
  if (pushed.length === 0) return []
  const places = pushed.map(({ service }) => ({ ...place, service }))
  const results = await context.change(() => context.previews.stopAutoDeploy(places))
  for (const result of results) {
    if (result.kind === 'not-sent' || (result.kind !== 'done' && endsPreview(result))) {
      unwrap(result, 'to switch off deployments by pushes')
    }
  }
  const failed = pushed.filter((_, index) => results[index]?.kind !== 'done')
  if (failed.length === 0) return []
  const names = failed.map(({ service }) => service.name).join(', ')
  return [`pushes may still deploy ${names} in the preview`]
}

/**
 * Returns a service of the preview with its label and its usual duration in the base. `createdDomain` is added if the
 * service was read before the domain was created.
 */
function toInstance(
  { deleted: _, ...instance }: PreviewInstance,
  services: readonly BaseService[],
  createdDomain: string | undefined,
): ServiceInstance {
  const { domains } = instance
  const inBase = services.find(({ id }) => id === instance.service.id)
  return {
    ...instance,
    service: toNamed(inBase ?? instance.service),
    ...(inBase?.took !== undefined && { usualDuration: inBase.took }),
    domains: domains.length === 0 && createdDomain ? [createdDomain] : domains,
  }
}
