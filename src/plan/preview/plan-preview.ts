import { type Failure, failure } from '../../errors/codes.ts'
import { troubleWarnings } from '../../errors/github-warnings.ts'
import { err, ok, type Result } from '../../errors/result.ts'
import type { UpdateError } from '../../errors/update-error.ts'
import type { Warning } from '../../errors/warning.ts'
import { isSameImage } from '../../inputs/image-reference.ts'
import { previewName } from '../../inputs/preview-inputs.ts'
import type { Inputs } from '../../inputs/read-inputs.ts'
import type { Environment, Project, ServiceInstance } from '../../inventory/inventory.ts'
import type { SelectedEnvironment, Selection } from '../../inventory/selection.ts'
import type { PullRequests } from '../../publish/ports.ts'
import type { TokenScope } from '../../scope/token-scope.ts'
import type { Plan } from '../plan.ts'
import type { PreviewReader } from '../ports.ts'
import { environmentsNamed, planPreviews } from './create-or-update.ts'
import { planDeletions, planPruning, pruneCandidates, type RemovalRequest } from './delete.ts'
import { inheritedVariables, missingSealed } from './overrides.ts'
import type { EnvironmentRecord } from './ownership.ts'
import type { ServiceChange } from './spec.ts'

/** What planning previews asks of Railway and GitHub. */
export interface PreviewSources {
  readonly scope: TokenScope
  readonly previews: PreviewReader
  /** `null` without a GitHub token. */
  readonly pullRequests: PullRequests | null
}

/** The plan of `preview`, after asking what the inventory does not say. */
export async function planPreview(
  inputs: Inputs,
  selection: Selection,
  edges: PreviewSources,
): Promise<Result<Plan>> {
  const { scope } = edges
  if (scope.kind === 'project') return err([projectTokenOnly(scope, selection)])
  switch (inputs.preview.action) {
    case 'create':
      return planCreate(inputs, selection, edges)
    case 'delete':
      return ok(await planDelete(inputs, selection, edges))
    case 'prune':
      return ok(await planPrune(inputs, selection, edges))
  }
}

function projectTokenOnly(
  { projectId, environmentId }: Extract<TokenScope, { kind: 'project' }>,
  { environments }: Selection,
): Failure {
  const [first] = environments
  return failure('token-project-scoped', {
    project: first?.project.name ?? projectId,
    environment: first?.environment.name ?? environmentId,
    asked: 'a preview environment',
    extra: 'it can neither make nor delete environments',
  })
}

async function planCreate(
  inputs: Inputs,
  { environments: selected }: Selection,
  { previews }: PreviewSources,
): Promise<Result<Plan>> {
  const { preview, context, commit, force, services } = inputs
  const name = previewName(preview)
  const projects = selected.map(({ project }) => project)
  const records = await recordsOf(projects, (project) => environmentsNamed(project, name), previews)
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
    onlySelected: services !== null,
    context: { ...context, headBranch },
  })
  const inherited = await judgeVariables(inputs, selected, previews)
  const failures = [...(plan.ok ? [] : plan.failures), ...inherited.failures]
  if (!plan.ok || failures.length > 0) return err(failures)
  return ok({ ...plan.value, warnings: [...plan.value.warnings, ...inherited.warnings] })
}

/** What the inputs ask to be different in the preview, besides the branch, in each selected service. */
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
      service: instance.service,
      ...(selected.has(instance) && { variables: values }),
      ...(image && runs(instance) && { image: image.text }),
    }))
}

/**
 * Holds `require-overrides` against the variables that the previews would inherit. Where these cannot be
 * read the reader throws: a guard that is blind does not let anything pass.
 */
async function judgeVariables(
  inputs: Inputs,
  selected: readonly SelectedEnvironment[],
  previews: PreviewReader,
): Promise<{ failures: Failure[]; warnings: Warning[] }> {
  const patterns = inputs.preview.requireOverrides
  if (patterns.length === 0) return { failures: [], warnings: [] }
  const bases = selected.map(({ environment }) => environment)
  const known = await previews.variables(bases)
  const preview = previewName(inputs.preview)
  const judged = selected.map((one) => {
    const { project, environment: base } = one
    const variables = known.get(base.id) ?? []
    const changes = requestedChanges(inputs, one)
    const place = { project, base, preview }
    return {
      failures: inheritedVariables(place, variables, patterns, changes),
      sealed: missingSealed(base, variables, changes).map((name) => `${project.name}/${name}`),
    }
  })
  const sealed = judged.flatMap((one) => one.sealed)
  return {
    failures: judged.flatMap(({ failures }) => failures),
    warnings: sealed.length > 0 ? [notCloned(sealed)] : [],
  }
}

const notCloned = (names: readonly string[]): Warning => ({
  title: 'sealed variables are not cloned',
  message: `Railway does not copy sealed variables, so the preview has none of ${names.join(', ')}. Give it values of its own with \`variables\`.`,
})

async function planDelete(
  inputs: Inputs,
  selection: Selection,
  { previews }: PreviewSources,
): Promise<Plan> {
  const projects = projectsOf(selection)
  const name = previewName(inputs.preview)
  const records = await recordsOf(projects, (project) => environmentsNamed(project, name), previews)
  return planDeletions(projects, records, removalWish(inputs))
}

async function planPrune(
  inputs: Inputs,
  selection: Selection,
  { previews, pullRequests }: PreviewSources,
): Promise<Plan> {
  const wish = removalWish(inputs)
  const candidates = pruneCandidates(projectsOf(selection), wish)
  const records = await previews.records(candidates.map(({ environment }) => environment))
  const numbers = [...new Set(candidates.map(({ number }) => number))]
  const troubles: UpdateError[] = []
  const states = new Map<number, 'open' | 'closed' | 'missing' | null>()
  for (const number of numbers) {
    const answer = await pullRequests?.state(number)
    states.set(number, answer?.state ?? null)
    troubles.push(...(answer?.troubles ?? []))
  }
  const plan = planPruning(candidates, records, states, wish)
  const noToken = pullRequests === null && numbers.length > 0 ? [withoutToken] : []
  return { ...plan, warnings: [...plan.warnings, ...troubleWarnings(troubles), ...noToken] }
}

const withoutToken: Warning = {
  title: 'nothing pruned',
  message:
    'There is no `github-token` to ask whether pull requests are closed, so all previews are kept.',
}

const removalWish = ({ preview, context, environment }: Inputs): RemovalRequest => ({
  preview,
  repository: context.repository,
  base: environment,
  closed: context.pullRequest?.closed === true,
})

const projectsOf = ({ environments }: Selection): Project[] => [
  ...new Set(environments.map(({ project }) => project)),
]

/** Records of what has the name and is ephemeral, in one request; persistent ones need no further look. */
function recordsOf(
  projects: readonly Project[],
  pick: (project: Project) => Environment[],
  previews: PreviewReader,
): Promise<ReadonlyMap<string, EnvironmentRecord>> {
  return previews.records(projects.flatMap(pick).filter(({ ephemeral }) => ephemeral))
}
