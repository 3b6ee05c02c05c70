import { failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import { previewName } from '../inputs/preview-inputs.ts'
import { hasCommitSource, type Inputs } from '../inputs/read-inputs.ts'
import { hasVariables } from '../inputs/variable-inputs.ts'
import type { Environment, ServiceTarget } from '../inventory/inventory.ts'
import { type Selection, targetsOf } from '../inventory/selection.ts'
import { labelOf } from '../named.ts'
import type { TokenScope } from '../scope/token-scope.ts'
import { type CommitRange, commitsToCompare } from './commit-comparisons.ts'
import { promotedRanges } from './deploy-from-environment.ts'
import { otherEnvironments } from './other-environments.ts'
import type { Scan } from './ports.ts'
import { pruneCandidates } from './preview/delete.ts'
import { environmentsNamed, projectsOf } from './preview/environments.ts'
import { variablesToRead } from './preview/input-variables.ts'
import { type VariableQuestions, variableQuestions } from './variables/snapshot.ts'
import type { VariableTarget } from './variables/state.ts'

/** The facts to read for a run. */
export interface NeededFacts {
  readonly variables: VariableQuestions | null
  readonly histories: readonly ServiceTarget[]
  /** The source environment of a promotion, by the id of the target environment. */
  readonly sources: ReadonlyMap<string, Environment>
  readonly compared: readonly CommitRange[]
  /** The directory to scan. */
  readonly directory: string | null
  readonly records: readonly Environment[]
  readonly previewVariables: readonly VariableTarget[]
  readonly pullRequests: readonly number[]
}

const nothing: NeededFacts = {
  variables: null,
  histories: [],
  sources: new Map(),
  compared: [],
  directory: null,
  records: [],
  previewVariables: [],
  pullRequests: [],
}

/** Decides which facts the plan of a run depends on. */
export function neededFacts(
  inputs: Inputs,
  selection: Selection,
  scope: TokenScope,
): Result<NeededFacts> {
  if (inputs.command === 'preview') return previewFacts(inputs, selection, scope)
  if (inputs.command === 'rollback') return ok({ ...nothing, histories: targetsOf(selection) })
  const isDeploy = inputs.command === 'deploy'
  const directory = isDeploy ? directoryToScan(inputs, selection) : null
  if (isDeploy && inputs.fromEnvironment !== null) {
    return promotionFacts(inputs, inputs.fromEnvironment, selection, scope)
  }
  const compared = isDeploy ? comparedOf(inputs, targetsOf(selection)) : []
  if (isDeploy && !hasVariables(inputs.variables)) {
    return ok({ ...nothing, directory, compared })
  }
  const variables = variableQuestions(inputs.variables, selection, scope)
  if (!variables.ok) return variables
  return ok({ ...nothing, directory, compared, variables: variables.value })
}

/** Lists the pairs of commits to compare; none for a run that deploys no commit. */
const comparedOf = (inputs: Inputs, targets: readonly ServiceTarget[]): CommitRange[] => {
  const { command, commit } = inputs
  const isOfCommit = command === 'preview' || hasCommitSource(inputs)
  if (!isOfCommit || commit.kind !== 'commit') return []
  return commitsToCompare(targets, inputs).map((base) => ({ base, commit: commit.sha }))
}

/** Returns the directory to scan; `null` if there is no upload, or if not exactly one service is selected. */
const directoryToScan = ({ directory }: Inputs, selection: Selection): string | null =>
  targetsOf(selection).length === 1 ? directory : null

/** Returns the service to upload to. Its root directory has to be read. The result is `null` if there is no upload. */
export function neededRootDirectory(selection: Selection, scan: Scan | null): ServiceTarget | null {
  const isUsable = scan?.kind === 'tree' && scan.tree.files > 0
  return (isUsable && targetsOf(selection)[0]) || null
}

function promotionFacts(
  inputs: Inputs,
  from: string,
  selection: Selection,
  scope: TokenScope,
): Result<NeededFacts> {
  const sources = otherEnvironments('from-environment', from, selection, scope)
  if (!sources.ok) return sources
  const compared = promotedRanges(targetsOf(selection), sources.value)
  const facts = { ...nothing, sources: sources.value, compared }
  if (!hasVariables(inputs.variables)) return ok(facts)
  const variables = variableQuestions(inputs.variables, selection, scope)
  return variables.ok ? ok({ ...facts, variables: variables.value }) : variables
}

function previewFacts(
  inputs: Inputs,
  selection: Selection,
  scope: TokenScope,
): Result<NeededFacts> {
  if (scope.kind === 'project') return err([projectTokenOnly(scope, selection)])
  const { preview } = inputs
  const name = previewName(preview)
  // A persistent environment is never a preview, so its record is not read.
  const previews = projectsOf(selection)
    .flatMap((project) => environmentsNamed(project, name))
    .filter(({ ephemeral }) => ephemeral)
  switch (preview.action) {
    case 'create': {
      const previewVariables = selection.environments.flatMap((one) => variablesToRead(inputs, one))
      const compared = comparedOf(inputs, previewTargets(selection, name))
      const creates = projectsOf(selection).some(
        (project) => environmentsNamed(project, name).length === 0,
      )
      const pullRequests = creates ? pullRequestOfEvent(inputs) : []
      return ok({ ...nothing, records: previews, previewVariables, compared, pullRequests })
    }
    case 'delete': {
      // A real run reads the state when it deletes the preview.
      const isRead = inputs.dryRun && previews.length > 0
      const pullRequests = isRead ? pullRequestOfEvent(inputs) : []
      return ok({ ...nothing, records: previews, pullRequests })
    }
    case 'prune': {
      const candidates = pruneCandidates(projectsOf(selection), { preview })
      return ok({
        ...nothing,
        records: candidates.map(({ environment }) => environment),
        pullRequests: [...new Set(candidates.map(({ number }) => number))],
      })
    }
  }
}

/**
 * Returns the number of the pull request whose event chose the action of the run. Its state may be out of date: the job
 * may have been run again, or have waited. Other events read their pull request from GitHub at the start of the run.
 */
function pullRequestOfEvent({ preview, context }: Inputs): number[] {
  const isOfEvent = /^pull_request(_target)?$/.test(context.eventName)
  return isOfEvent && preview.isAuto && preview.number !== null ? [preview.number] : []
}

/** Lists the services of the previews that exist already. */
const previewTargets = (selection: Selection, name: string): ServiceTarget[] =>
  projectsOf(selection).flatMap((project) =>
    environmentsNamed(project, name).flatMap((environment) =>
      environment.instances.map((instance) => ({ project, environment, instance })),
    ),
  )

function projectTokenOnly(
  { projectId, environmentId }: Extract<TokenScope, { kind: 'project' }>,
  { environments }: Selection,
) {
  const [first] = environments
  return failure('token-project-scoped', {
    project: first ? labelOf(first.project) : projectId,
    environment: first?.environment.name ?? environmentId,
    beyond: { kind: 'preview' },
  })
}
