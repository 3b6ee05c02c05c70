import type { Failure } from '../../errors/codes.ts'
import { troubleWarnings } from '../../errors/github-warnings.ts'
import { err, ok, type Result } from '../../errors/result.ts'
import type { Warning } from '../../errors/warning.ts'
import { isSameImage } from '../../inputs/image-reference.ts'
import { previewName } from '../../inputs/preview-inputs.ts'
import type { Inputs } from '../../inputs/read-inputs.ts'
import type { ServiceInstance } from '../../inventory/inventory.ts'
import type { SelectedEnvironment, Selection } from '../../inventory/selection.ts'
import { labelOf, toNamed } from '../../named.ts'
import { newerCommits, unknownOrder } from '../comparisons.ts'
import { superseded } from '../deploy.ts'
import type { PlanFacts } from '../facts.ts'
import type { Plan } from '../plan.ts'
import { planPreviews } from './create-or-update.ts'
import { planDeletions, planPruning, pruneCandidates, type RemovalRequest } from './delete.ts'
import { projectsOf } from './environments.ts'
import { checkErasedValues, clonedBase } from './given-variables.ts'
import { inheritedVariables, missingSealed } from './overrides.ts'
import type { ServiceChange } from './spec.ts'

/** Plans `preview`. `now` is in milliseconds since the epoch. */
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
      return ok(planDeletions(projectsOf(selection), facts.records, removalRequest(inputs)))
    case 'prune':
      return ok(planPrune(inputs, selection, facts, now))
  }
}

function planCreate(
  inputs: Inputs,
  { environments: selected }: Selection,
  { records, previewVariables, comparisons }: PlanFacts,
): Result<Plan> {
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
    steps,
    warnings: [...warnings, ...superseded(steps), ...inherited.warnings, ...erased.warnings],
    notices: unknownOrder(targets, inputs, comparisons),
  })
}

/** Returns the requested differences from the base, besides the branch, in each selected service. */
function requestedChanges(
  { variables: { values }, image }: Inputs,
  { instances, environment }: SelectedEnvironment,
): ServiceChange[] {
  const selected = new Set(values.size > 0 ? instances : [])
  // An image takes the place of another tag of itself only, never of a build or a database.
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

/** Checks `require-overrides` against the variables that the previews would inherit. */
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
      sealed: missingSealed(base).map((name) => `${project}/${name}`),
    }
  })
  const sealed = checked.flatMap((one) => one.sealed)
  return {
    failures: checked.flatMap(({ failures }) => failures),
    warnings: sealed.length > 0 ? [notCloned(sealed)] : [],
  }
}

const notCloned = (names: readonly string[]): Warning => ({
  title: 'sealed variables are not cloned',
  message: `Railway does not copy sealed variables, so the preview has none of ${names.join(', ')}. Give it values of its own with \`variables\`.`,
})

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
  const troubles = troubleWarnings(pullRequests?.errors ?? [])
  return { ...plan, warnings: [...plan.warnings, ...troubles, ...noToken] }
}

const withoutToken: Warning = {
  title: 'nothing pruned',
  message:
    'There is no `github-token` to ask whether pull requests are closed, so all previews are kept.',
}

const removalRequest = ({ preview, context, environment }: Inputs): RemovalRequest => ({
  preview,
  repository: context.repository,
  base: environment,
  closed: context.pullRequest?.closed === true,
})
