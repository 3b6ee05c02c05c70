import { groupBy } from '../../collections.ts'
import type { Failure } from '../../errors/codes.ts'
import { githubWarnings } from '../../errors/github-warnings.ts'
import { err, ok, type Result } from '../../errors/result.ts'
import type { Warning } from '../../errors/warning.ts'
import { isSameImage } from '../../inputs/image-reference.ts'
import { type PreviewRequest, previewName } from '../../inputs/preview-inputs.ts'
import type { Inputs } from '../../inputs/read-inputs.ts'
import type { ServiceInstance } from '../../inventory/inventory.ts'
import type { SelectedEnvironment, Selection } from '../../inventory/selection.ts'
import { labelOf, toNamed } from '../../named.ts'
import { count } from '../../text.ts'
import { newerCommits, unknownOrder } from '../commit-comparisons.ts'
import { superseded } from '../deploy-commit.ts'
import type { PlanFacts } from '../facts.ts'
import type { Plan, Step } from '../plan.ts'
import { toStep } from '../step-id.ts'
import { planPreviews } from './create-or-update.ts'
import { planDeletions, planPruning, pruneCandidates, type RemovalRequest } from './delete.ts'
import { environmentsNamed, projectsOf } from './environments.ts'
import { checkErasedValues, clonedBase } from './input-variables.ts'
import { inheritedVariables, missingSealed, type SealedVariable } from './overrides.ts'
import type { ServiceChange } from './spec.ts'

/** Plans the command `preview` by its `preview-action`. `now`: milliseconds since the epoch. */
export function planPreview(
  inputs: Inputs,
  selection: Selection,
  facts: PlanFacts,
  now: number,
): Result<Plan> {
  switch (inputs.preview.action) {
    case 'create':
      return planCreate(inputs, selection, facts)
    case 'delete':
      return ok(
        planDeletions(
          projectsOf(selection),
          facts.records,
          removalRequest(inputs),
          eventState(inputs, facts),
        ),
      )
    case 'prune':
      return ok(planPrune(inputs, selection, facts, now))
  }
}

/** Returns the state of the event's pull request; `null` if it is not known. */
const eventState = ({ preview: { number } }: Inputs, { pullRequests }: PlanFacts) =>
  number === null ? null : (pullRequests?.states.get(number) ?? null)

function planCreate(inputs: Inputs, selection: Selection, facts: PlanFacts): Result<Plan> {
  const { records, previewVariables, comparisons } = facts
  const name = previewName(inputs.preview)
  const isClosed = eventState(inputs, facts) === 'closed'
  const isNew = ({ project }: SelectedEnvironment) => environmentsNamed(project, name).length === 0
  const notCreated = isClosed ? selection.environments.filter(isNew) : []
  const selected = selection.environments.filter((one) => !notCreated.includes(one))
  const { preview, context, commit, force, services } = inputs
  const changesOf = (one: SelectedEnvironment) => requestedChanges(inputs, one)
  const headBranch = context.pullRequest
    ? context.pullRequest.fromFork
      ? null // The branch is in another repository.
      : context.pullRequest.headBranch
    : context.branch
  const plan = planPreviews(selected, records, changesOf, {
    preview,
    commit,
    force,
    newer: newerCommits(comparisons),
    onlySelected: services !== null,
    context: { ...context, headBranch },
  })
  const inherited = checkInherited(inputs, selected, previewVariables)
  const erased = checkErasedValues(inputs, selected, previewVariables)
  const failures = [...(plan.ok ? [] : plan.failures), ...inherited.failures, ...erased.failures]
  if (!plan.ok || failures.length > 0) return err(failures)
  const targets = plan.value.steps.flatMap(({ action, target: { instance, ...place } }) =>
    action === 'deploy' && instance ? [{ ...place, instance }] : [],
  )
  const { warnings, steps } = plan.value
  return ok({
    steps: [...steps, ...notCreated.map((one) => keepAbsent(one, inputs.preview))],
    warnings: [
      ...warnings,
      ...superseded(steps),
      ...inherited.warnings,
      ...erased.warnings,
      ...(notCreated.length > 0 ? [closedSince(inputs.preview)] : []),
    ],
    notices: unknownOrder(targets, inputs, comparisons),
  })
}

/** Returns the step for a preview that is not created, because its pull request is closed. */
function keepAbsent({ project }: SelectedEnvironment, preview: PreviewRequest): Step {
  const environment = { absent: true, name: previewName(preview) } as const
  const target = { project: toNamed(project), environment, instance: null }
  const detail = `pull request #${preview.number} is closed`
  return toStep({ action: 'keep', because: 'skipped', target, detail })
}

/** Returns the warning about a preview that is not created, because its pull request is closed. */
const closedSince = (preview: PreviewRequest): Warning => ({
  title: 'no preview for a closed pull request',
  message: `The preview "${previewName(preview)}" is not created, because pull request #${preview.number} was closed after the event of this run. To create it, reopen the pull request. For a preview of a closed pull request, set \`preview-action: create\`.`,
})

/** Returns the image and the variables that the inputs set in the preview, for each service that they concern. */
function requestedChanges(
  { variables: { values }, image }: Inputs,
  { instances, environment }: SelectedEnvironment,
): ServiceChange[] {
  const selected = new Set(values.size > 0 ? instances : [])
  // The input `image` replaces another tag of the same image only, never a build or a database.
  const runs = ({ source }: ServiceInstance) =>
    image && source.kind === 'image' && isSameImage(image, source.image)
  return environment.instances
    .filter((instance) => selected.has(instance) || runs(instance))
    .map((instance) => ({
      service: toNamed(instance.service),
      ...(selected.has(instance) && { variables: [...values.keys()] }),
      ...(image && runs(instance) && { image: image.text }),
    }))
}

/** Checks that no preview would inherit a variable that `require-overrides` forbids to inherit. */
function checkInherited(
  inputs: Inputs,
  selected: readonly SelectedEnvironment[],
  known: PlanFacts['previewVariables'],
): { failures: Failure[]; warnings: Warning[] } {
  const patterns = inputs.preview.requireOverrides
  if (patterns.length === 0) return { failures: [], warnings: [] }
  const environment = previewName(inputs.preview)
  const checked = selected.map((one) => {
    const project = labelOf(one.project)
    const base = clonedBase(inputs, one, known)
    return {
      failures: inheritedVariables({ project, environment }, base, patterns),
      sealed: missingSealed(base).map((one) => ({ ...one, project })),
    }
  })
  const sealed = checked.flatMap((one) => one.sealed)
  return {
    failures: checked.flatMap(({ failures }) => failures),
    warnings: sealed.length > 0 ? [sealedWithoutValue(environment, sealed)] : [],
  }
}

/** Returns a warning about sealed variables of the base that have no value in the preview. */
function sealedWithoutValue(
  preview: string,
  sealed: readonly (SealedVariable & { readonly project: string })[],
): Warning {
  const services = [
    ...groupBy(sealed, ({ project, service }) => `service "${service}" of project "${project}"`),
  ]
  const lists = services
    .slice(0, maxServices)
    .map(([service, own]) => `${own.map(({ variable }) => variable).join(', ')} of ${service}`)
  const rest = services.length - maxServices
  const all = [...lists, ...(rest > 0 ? [`those of ${count(rest, 'more service')}`] : [])].join(
    '; ',
  )
  return {
    title: 'sealed variables without a value',
    message: `The preview "${preview}" has no value for ${sealed.length === 1 ? 'a sealed variable' : `${sealed.length} sealed variables`} of its base: ${all}. Railway does not copy sealed variables into a preview. Set ${sealed.length === 1 ? 'its value' : 'their values'} with \`variables\`.`,
  }
}

/** The maximum number of services in the warning about sealed variables. */
const maxServices = 20

function planPrune(
  inputs: Inputs,
  selection: Selection,
  { records, pullRequests }: PlanFacts,
  now: number,
): Plan {
  const request = removalRequest(inputs)
  const candidates = pruneCandidates(projectsOf(selection), request)
  const age = {
    olderThan: inputs.preview.olderThan,
    now,
    missingFields: selection.missingFields ?? [],
  }
  const states = pullRequests?.states ?? new Map()
  const plan = planPruning(candidates, records, states, age, request)
  const noToken = pullRequests === null && candidates.length > 0 ? [withoutToken] : []
  const warnings = githubWarnings(pullRequests?.errors ?? [])
  return { ...plan, warnings: [...plan.warnings, ...warnings, ...noToken] }
}

const withoutToken: Warning = {
  title: 'nothing pruned',
  message:
    'No preview is deleted, because the action cannot find out which pull requests are closed: the input `github-token` is empty. Pass `github-token` with the permission `pull-requests: read`.',
}

const removalRequest = ({ preview, context, environment }: Inputs): RemovalRequest => ({
  preview,
  repository: context.repository,
  base: environment,
  closed: context.pullRequest?.closed === true,
})
