import pLimit from 'p-limit'
import { ok, type Result } from '../errors/result.ts'
import type { UpdateError } from '../errors/update-error.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import type { ServiceTarget } from '../inventory/inventory.ts'
import type { Selection } from '../inventory/selection.ts'
import {
  type CommitRange,
  type Comparisons,
  maxComparisons,
  maxFileComparisons,
  rangeKey,
} from './commit-comparisons.ts'
import { noFacts, type PlanFacts } from './facts.ts'
import { type NeededFacts, neededFacts, neededRootDirectory } from './needed-facts.ts'
import { isSelective, neededSettings } from './only-changed.ts'
import type {
  CommitHistory,
  History,
  PlanSources,
  PullRequestState,
  VariableReader,
} from './ports.ts'
import { previousGood } from './rollback.ts'
import { targetKey } from './step-id.ts'
import { removalTargets } from './variables/set-variables.ts'
import { toSnapshot, type VariablesSnapshot } from './variables/snapshot.ts'
import { ownerKey } from './variables/state.ts'

/** The maximum number of comparisons of commits that run at the same time. */
const maxParallelComparisons = 4

/** Reads the facts that planning needs beyond the inventory. Facts that the plan does not depend on are not read. */
export async function collectFacts(
  inputs: Inputs,
  selection: Selection,
  sources: PlanSources,
): Promise<Result<PlanFacts>> {
  const needed = neededFacts(inputs, selection, sources.scope)
  if (!needed.ok) return needed
  const { histories, compared, directory, records } = needed.value
  const variables = await readVariables(needed.value, sources.variables)
  if (!variables.ok) return variables
  const stagedPaths = await readStagedPaths(inputs, variables.value, sources.variables)
  if (!stagedPaths.ok) return stagedPaths
  const previewVariables = await readPreviewVariables(needed.value, sources.variables)
  if (!previewVariables.ok) return previewVariables
  const scan = directory === null ? null : await sources.directories.scan(directory)
  const comparisons = await compareCommits(
    compared,
    { files: isSelective(inputs) },
    sources.commits,
  )
  const settled = neededSettings(inputs, selection, comparisons, needed.value.sources)
  const rooted = neededRootDirectory(selection, scan)
  return ok({
    variables: variables.value,
    stagedPaths: stagedPaths.value,
    stagedSince: await readStagedSince(stagedPaths.value, sources.variables),
    histories: await readHistories(histories, sources),
    comparisons,
    sourceSettings: await readSettings(settled, sources),
    sources: needed.value.sources,
    scan,
    rootDirectory: rooted ? await sources.roots.rootDirectory(rooted) : noFacts.rootDirectory,
    records: records.length > 0 ? await sources.previews.records(records) : noFacts.records,
    previewVariables: previewVariables.value,
    pullRequests: await readPullRequests(needed.value, sources),
  })
}

async function readVariables(
  { variables: questions }: NeededFacts,
  reader: VariableReader,
): Promise<Result<VariablesSnapshot | null>> {
  if (questions === null) return ok(null)
  const { targets, bases, others } = questions
  const response = await reader.read([...targets, ...(bases ?? []), ...others])
  return response.ok ? ok(toSnapshot(questions, response.value)) : response
}

async function readStagedPaths(
  { variables: request }: Inputs,
  snapshot: VariablesSnapshot | null,
  reader: VariableReader,
): Promise<Result<PlanFacts['stagedPaths']>> {
  const environments = snapshot ? removalTargets(snapshot, request) : []
  return environments.length > 0 ? reader.stagedPaths(environments) : ok(noFacts.stagedPaths)
}

function readStagedSince(
  stagedPaths: PlanFacts['stagedPaths'],
  reader: VariableReader,
): Promise<PlanFacts['stagedSince']> | PlanFacts['stagedSince'] {
  const ids = [...stagedPaths].flatMap(([id, paths]) => (paths.length > 0 ? [id] : []))
  return ids.length > 0 ? reader.stagedSince(ids) : noFacts.stagedSince
}

async function readPreviewVariables(
  { previewVariables: targets }: NeededFacts,
  reader: VariableReader,
): Promise<Result<PlanFacts['previewVariables']>> {
  if (targets.length === 0) return ok(noFacts.previewVariables)
  const states = await reader.read(targets)
  if (!states.ok) return states
  return ok(
    new Map(
      targets.flatMap(({ owner }, index) => {
        const state = states.value[index]
        return state ? [[ownerKey(owner), state] as const] : []
      }),
    ),
  )
}

async function readHistories(
  targets: readonly ServiceTarget[],
  { histories }: PlanSources,
): Promise<ReadonlyMap<string, History>> {
  if (targets.length === 0) return noFacts.histories
  const read = await histories.read(
    targets,
    (target, deployments) => previousGood(target, deployments) !== null,
  )
  return new Map(
    targets.flatMap((target, index) => {
      const history = read[index]
      return history ? [[targetKey(target), history] as const] : []
    }),
  )
}

async function readSettings(
  targets: readonly ServiceTarget[],
  { sourceSettings }: PlanSources,
): Promise<PlanFacts['sourceSettings']> {
  if (targets.length === 0) return noFacts.sourceSettings
  const read = await sourceSettings.read(targets)
  return new Map(
    targets.flatMap((target, index) => {
      const settings = read[index]
      return settings ? [[targetKey(target), settings] as const] : []
    }),
  )
}

async function readPullRequests(
  { pullRequests: numbers }: NeededFacts,
  { pullRequests }: PlanSources,
): Promise<PlanFacts['pullRequests']> {
  if (pullRequests === null) return null
  const states = new Map<number, PullRequestState>()
  const errors: UpdateError[] = []
  for (const number of numbers) {
    const response = await pullRequests.state(number)
    states.set(number, response.state)
    errors.push(...response.errors)
  }
  return { states, errors }
}

/**
 * Compares pairs of commits. Pairs beyond {@link maxComparisons}, or beyond {@link maxFileComparisons} if changed files
 * are needed, are missing in the result.
 */
export async function compareCommits(
  ranges: readonly CommitRange[],
  wanted: { files: boolean },
  history: CommitHistory,
): Promise<Comparisons> {
  const limit = pLimit(maxParallelComparisons)
  const max = wanted.files ? maxFileComparisons : maxComparisons
  const compared = ranges.slice(0, max).map((range) =>
    limit(async () => {
      const comparison = await history.compare(range.base, range.commit, wanted)
      return [rangeKey(range), comparison] as const
    }),
  )
  return new Map(await Promise.all(compared))
}
