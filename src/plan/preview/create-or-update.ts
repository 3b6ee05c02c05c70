import { type Failure, type ForeignEnvironment, failure } from '../../errors/codes.ts'
import { err, ok, type Result } from '../../errors/result.ts'
import type { Warning } from '../../errors/warning.ts'
import { type PreviewRequest, previewName } from '../../inputs/preview-inputs.ts'
import type { CommitChoice } from '../../inputs/read-inputs.ts'
import {
  type Environment,
  isPublic,
  type Project,
  type ServiceInstance,
} from '../../inventory/inventory.ts'
import {
  describeServices,
  isBuiltFrom,
  type SelectedEnvironment,
} from '../../inventory/selection.ts'
import { keyOf, labelOf, toNamed } from '../../named.ts'
import type { CommitRequest } from '../commit-request.ts'
import type { CreatePreviewStep, KeepStep, Plan, Step, UpdatePreviewStep } from '../plan.ts'
import type { EnvironmentRecord } from '../ports.ts'
import { draftId, toStep } from '../step-id.ts'
import { environmentsNamed } from './environments.ts'
import { checkOwnership } from './ownership.ts'
import { asCloned, decideInPreview } from './services.ts'
import type { BaseService, PreviewSpec, ServiceChange } from './spec.ts'

/** The part of the inputs that a preview is planned from. */
export interface PreviewPlanRequest {
  readonly preview: PreviewRequest
  readonly commit: CommitChoice
  readonly force: boolean
  readonly newer: CommitRequest['newer']
  /** `true` if `services` was given: only the selected services are deployed, not everything in the clone. */
  readonly onlySelected: boolean
  readonly context: CommitRequest['context'] & { readonly headBranch: string | null }
}

/** The seconds that must pass between the creation of two environments of a workspace. Railway requires this. */
export const cooldown = 30

/**
 * Plans the creation or the update of a preview in each selected project, and then one step for each service in it.
 * Railway allows one new environment every {@link cooldown} seconds. While the run waits for the next creation, the
 * previews that are ready are deployed.
 */
export function planPreviews(
  selected: readonly SelectedEnvironment[],
  records: ReadonlyMap<string, EnvironmentRecord>,
  changesOf: (selected: SelectedEnvironment) => readonly ServiceChange[],
  request: PreviewPlanRequest,
): Result<Plan> {
  const name = previewName(request.preview)
  const failures: Failure[] = []
  const warnings: Warning[] = []
  const steps: Step[] = []
  const isOurs = (instance: ServiceInstance) => isBuiltFrom(instance, request.context.repository)
  let creations = 0
  for (const one of selected) {
    const { project, environment: base } = one
    const known = findPreview(project, base, name, records, request)
    if (known.kind === 'taken') failures.push(known.failure)
    if (known.kind === 'taken') continue
    if (!known.environment && !base.instances.some(isOurs)) {
      failures.push(notRecognizable(project, base, request.context.repository))
      continue
    }
    warnings.push(...known.warnings, ...doubled(project))
    const spec = toSpec(one, changesOf(one), request)
    if (known.environment) steps.push(...planUpdate(one, known.environment, spec))
    else steps.push(...planCreation(one, name, spec, creations++))
  }
  return failures.length > 0 ? err(failures) : ok({ steps, warnings })
}

type FoundPreview =
  | {
      readonly kind: 'free'
      readonly environment: Environment | null
      readonly warnings: readonly Warning[]
    }
  | { readonly kind: 'taken'; readonly failure: Failure }

/**
 * Finds the preview of that name in a project. If another environment has the name, the result is a failure. If several
 * previews have it, the oldest is used.
 */
function findPreview(
  project: Project,
  base: Environment,
  name: string,
  records: ReadonlyMap<string, EnvironmentRecord>,
  { context: { repository } }: PreviewPlanRequest,
): FoundPreview {
  const named = environmentsNamed(project, name)
  for (const environment of named) {
    const record = records.get(environment.id) ?? null
    const ownership = checkOwnership(environment, record, { project, repository })
    if (ownership.kind !== 'ours') return taken(project, name, ownership.reason)
    const source = project.environments.find(({ id }) => id === record?.sourceId)
    if (source && source.id !== base.id) {
      return taken(project, name, { kind: 'other-base', source: source.name, base: base.name })
    }
  }
  const [oldest = null, ...others] = named.toSorted((a, b) =>
    (records.get(a.id)?.createdAt ?? '').localeCompare(records.get(b.id)?.createdAt ?? ''),
  )
  return {
    kind: 'free',
    environment: oldest,
    warnings: others.length > 0 ? [several(project, name)] : [],
  }
}

const taken = (project: Project, name: string, reason: ForeignEnvironment): FoundPreview => ({
  kind: 'taken',
  failure: failure('name-taken', { project: labelOf(project), environment: name, reason }),
})

/**
 * Returns the failure for a project without a service of this repository. A later run could not recognize a preview in
 * it, and would never delete it.
 */
const notRecognizable = (project: Project, base: Environment, repository: string): Failure =>
  failure('service-not-found', {
    requested: null,
    where: `environment "${base.name}" of project "${labelOf(project)}"`,
    available: describeServices(base.instances),
    nearest: null,
    repository,
    elsewhere: [],
    purpose: 'preview',
  })

const several = (project: Project, name: string): Warning => ({
  title: 'several previews with the same name',
  message: `Project "${labelOf(project)}" has more than one preview environment "${name}". This run uses the oldest one. When the pull request is closed, all of them are deleted. Delete the others in Railway if you do not need them.`,
})

function doubled(project: Project): Warning[] {
  if (!project.prDeploys) return []
  return [
    {
      title: 'pull request environments are on',
      message: `Project "${labelOf(project)}" has pull request environments turned on in Railway. A pull request therefore gets two previews: one from Railway and one from this action. Turn off pull request environments in the project's settings, or exclude the project with \`!${keyOf(project)}\` in \`projects\`.`,
    },
  ]
}

function toSpec(
  { environment: base, instances }: SelectedEnvironment,
  given: readonly ServiceChange[],
  request: PreviewPlanRequest,
): PreviewSpec {
  const { commit, force, newer, context, onlySelected, preview } = request
  const deployed = onlySelected ? instances : base.instances
  const number = preview.number === null ? '' : ` for pull request #${preview.number}`
  return {
    base: toNamed(base),
    services: base.instances.map(toBaseService),
    changes: base.instances.flatMap((instance) => changeOf(instance, given, context)),
    // The run turns off deployments by pushes in a preview, so no warning about them is needed.
    request: { commit, force, newer, context: { repository: context.repository, branch: null } },
    deployed: deployed.map(({ service }) => service.id),
    message: `Preview of ${context.repository}${number}`,
  }
}

function toBaseService(instance: ServiceInstance): BaseService {
  const { service, latest, active, port } = instance
  const took = [latest, ...active].find((one) => one?.took !== undefined)?.took
  return {
    ...toNamed(service),
    hasDomain: isPublic(instance),
    ...(port !== undefined && { port }),
    ...(took !== undefined && { took }),
  }
}

/**
 * Returns the changes of a service in the preview. A service that is built from this repository also gets the branch of
 * the pull request.
 */
function changeOf(
  instance: ServiceInstance,
  given: readonly ServiceChange[],
  { repository, headBranch }: PreviewPlanRequest['context'],
): ServiceChange[] {
  const requested = given.find(({ service }) => service.id === instance.service.id)
  const follows = isBuiltFrom(instance, repository) && headBranch !== null
  if (!requested && !follows) return []
  return [
    { ...requested, service: toNamed(instance.service), ...(follows && { branch: headBranch }) },
  ]
}

/** Returns the number of changes that the preparation of a new preview needs after its creation. */
function preparations(base: Environment, { changes }: PreviewSpec): number {
  const isTriggered = base.instances.some(({ triggers }) => triggers.length > 0)
  const domains = base.instances.filter(isPublic).length
  return (isTriggered ? 1 : 0) + (changes.length > 0 ? 2 : 0) + domains
}

function planCreation(
  { project, environment: base }: SelectedEnvironment,
  name: string,
  spec: PreviewSpec,
  earlier: number,
): Step[] {
  const place = { project: toNamed(project), instance: null }
  const id = draftId('create-preview', { ...place, environment: { absent: true, name } })
  const environment = { createdBy: id, name }
  const waits =
    earlier === 0
      ? ''
      : `; Railway creates one environment per ${cooldown} s, so this one begins after about ${earlier * cooldown} s`
  const step: CreatePreviewStep = toStep({
    action: 'create-preview',
    preview: spec,
    target: { ...place, environment },
    detail: `cloned from ${base.name}, ${base.instances.length} services${waits}`,
    changes: 1 + preparations(base, spec),
  })
  const services = inStartOrder(base.instances).map((instance): Step => {
    const target = { ...place, environment, instance: asCloned(instance) }
    return { ...decideInPreview(target, spec), after: [step.id] }
  })
  return [step, ...services]
}

function planUpdate(
  { project, environment: base }: SelectedEnvironment,
  environment: Environment,
  spec: PreviewSpec,
): Step[] {
  const missing = missingParts(environment, base, spec)
  const known = new Map(environment.instances.map((one) => [one.service.id, one]))
  const own = base.instances.map((one) => known.get(one.service.id) ?? asCloned(one))
  const place = { project: toNamed(project), environment: toNamed(environment) }
  const target = { ...place, instance: null }
  if (missing.length === 0) {
    const detail = 'the preview exists and is complete'
    const step: KeepStep = toStep({ action: 'keep', because: 'unchanged', target, detail })
    const services = inStartOrder(own).map((instance) =>
      decideInPreview({ ...place, instance }, spec),
    )
    return services.some(({ action }) => action !== 'keep') ? services : [step, ...services]
  }
  const step: UpdatePreviewStep = toStep({
    action: 'update-preview',
    preview: spec,
    target,
    detail: missing.join(', '),
    changes: preparations(base, spec),
  })
  const services = inStartOrder(own).map(
    (instance): Step => ({
      ...decideInPreview({ ...place, instance }, spec),
      after: [step.id],
    }),
  )
  return [step, ...services]
}

/**
 * Lists the changes that an existing preview needs before its services are deployed, by the inventory. The list is the
 * detail of the step.
 */
function missingParts(
  environment: Environment,
  base: Environment,
  { changes, deployed }: PreviewSpec,
): string[] {
  const known = new Map(environment.instances.map((one) => [one.service.id, one]))
  const missing = base.instances.filter(({ service }) => !known.has(service.id))
  const rebranched = changes.filter(({ service, branch }) => {
    const triggers = known.get(service.id)?.triggers ?? []
    return branch !== undefined && triggers.some((trigger) => trigger.branch !== branch)
  })
  const withoutDomain = base.instances.filter(
    (instance) => isPublic(instance) && known.get(instance.service.id)?.domains.length === 0,
  )
  const neverDeployed = environment.instances.filter(
    ({ service, latest, source }) =>
      latest === null && source.kind !== 'none' && deployed.includes(service.id),
  )
  const given = changes.some(
    ({ variables, image }) => variables !== undefined || image !== undefined,
  )
  return [
    ...(missing.length > 0 ? [`missing services: ${namesOf(missing)}`] : []),
    ...(rebranched.length > 0 ? [`branch of ${namesOf(rebranched)}`] : []),
    ...(withoutDomain.length > 0 ? [`domains for ${namesOf(withoutDomain)}`] : []),
    ...(given ? ['variables or image'] : []),
    ...(neverDeployed.length > 0 && missing.length === 0
      ? ['services that were never started']
      : []),
  ]
}

const namesOf = (list: readonly { service: { name: string } }[]) =>
  list.map(({ service }) => service.name).join(', ')

/** Sorts images, such as databases, before services that need a build. They can start during the builds. */
const inStartOrder = (instances: readonly ServiceInstance[]) => [
  ...instances.filter(({ source }) => source.kind !== 'repository'),
  ...instances.filter(({ source }) => source.kind === 'repository'),
]
