import { listLocations } from '../errors/list-locations.ts'
import type { Warning } from '../errors/warning.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import {
  type Environment,
  locationOf,
  type ServiceInstance,
  type ServiceTarget,
} from '../inventory/inventory.ts'
import { isBuiltFrom, type Selection, targetsOf } from '../inventory/selection.ts'
import { type Comparisons, isCommitId, maxComparisons, rangeKey } from './commit-comparisons.ts'
import { promotionOf } from './deploy-from-environment.ts'
import { isLive, isUnfinished } from './deployment-status.ts'
import type { DeployStep, Step } from './plan.ts'
import type { SourceSettings } from './ports.ts'
import { targetKey, toStep } from './step-id.ts'
import { filesOf, hasWatchedChange } from './watched-files.ts'

/** The facts that decide whether the files of a service changed. `sourceSettings` are by the key of the target. */
export interface ChangedFilesFacts {
  readonly comparisons: Comparisons
  readonly sourceSettings: ReadonlyMap<string, SourceSettings>
}

/** The reason why it is not known whether the files of a service have changed. */
type Unknown = 'other-source' | 'no-live-commit' | 'not-compared' | 'no-settings' | 'patterns'

/** The result of comparing the files of a service. `since`: the commit that the service has. */
type FileChanges =
  | { readonly kind: 'changed'; readonly since: string; readonly settings: SourceSettings }
  | { readonly kind: 'unchanged'; readonly since: string }
  | NotKnown

/** A service without a live deployment, or whose files cannot be compared. */
type NotKnown = { readonly kind: 'not-live' } | { readonly kind: 'unknown'; readonly why: Unknown }

/** The words for each reason. */
const because: Readonly<Record<Unknown, string>> = {
  'other-source': 'the run deploys no commit of this repository to it',
  'no-live-commit': 'Railway does not report which commit is live',
  'not-compared': 'the list of changed files is not available or not complete',
  'no-settings': 'its watch patterns and root directory could not be read',
  patterns: 'it has too many watch patterns for so many changed files',
}

/** Returns whether a run deploys only services whose files have changed. */
export const isSelective = ({ command, onlyChanged, force }: Inputs): boolean =>
  command === 'deploy' && onlyChanged && !force

/** Lists the services whose watch patterns and root directory have to be read to decide about them. */
export function neededSettings(
  inputs: Inputs,
  selection: Selection,
  comparisons: Comparisons,
  promoted: ReadonlyMap<string, Environment>,
): ServiceTarget[] {
  if (!isSelective(inputs)) return []
  return targetsOf(selection).filter((target) => {
    const sha = requestedCommit(target, inputs, promoted)
    const found = sha === null ? null : changedFiles(target.instance, sha, comparisons)
    return found?.kind === 'files' && found.files.length > 0
  })
}

function requestedCommit(
  target: ServiceTarget,
  { commit, fromEnvironment, context }: Inputs,
  promoted: ReadonlyMap<string, Environment>,
): string | null {
  if (fromEnvironment === null) {
    const isOurs = isBuiltFrom(target.instance, context.repository)
    return isOurs && commit.kind === 'commit' ? commit.sha : null
  }
  const from = promoted.get(target.environment.id)
  const promotion = from ? promotionOf(target, from) : null
  if (promotion === null || 'reason' in promotion) return null
  return promotion.revision.kind === 'commit' ? promotion.revision.sha : null
}

/** Lists the files that differ between the commits that a service has, live or in progress, and a requested commit. */
function changedFiles(
  { latest, active }: ServiceInstance,
  sha: string,
  comparisons: Comparisons,
): NotKnown | { kind: 'files'; files: readonly string[]; since: string } {
  const current = [
    ...(latest && isUnfinished(latest.status) ? [latest] : []),
    ...active.filter(({ status }) => isLive(status)),
  ]
  let files: readonly string[] = []
  let since: string | null = null
  for (const { commit } of current) {
    const base = commit?.toLowerCase() ?? ''
    if (!isCommitId(base)) return { kind: 'unknown', why: 'no-live-commit' }
    const found = base === sha ? [] : comparisons.get(rangeKey({ base, commit: sha }))?.files
    if (!found) return { kind: 'unknown', why: 'not-compared' }
    // A single list is returned without a copy, so that its paths are split only once for all services.
    files = files.length === 0 ? found : [...new Set([...files, ...found])]
    since = base
  }
  return since === null ? { kind: 'not-live' } : { kind: 'files', files, since }
}

/** Decides whether files of a service changed between the commit that it has and the commit to deploy. */
function fileChanges(
  { target, revision }: DeployStep,
  { comparisons, sourceSettings }: ChangedFilesFacts,
): FileChanges {
  if (revision.kind !== 'commit') return { kind: 'unknown', why: 'other-source' }
  const found = changedFiles(target.instance, revision.sha, comparisons)
  if (found.kind !== 'files') return found
  const { files, since } = found
  if (files.length === 0) return { kind: 'unchanged', since }
  const settings = sourceSettings.get(targetKey(target))
  if (!settings) return { kind: 'unknown', why: 'no-settings' }
  const touched = hasWatchedChange(settings, files)
  if (touched === null) return { kind: 'unknown', why: 'patterns' }
  return touched ? { kind: 'changed', since, settings } : { kind: 'unchanged', since }
}

/**
 * Replaces the deployment of a service by a `keep` step if none of its files changed. If it is not known whether they
 * changed, the service is deployed, and the detail of the step gives the reason. `changing`: keys of targets that are
 * deployed in any case.
 */
export function keepUnchanged(
  step: Step,
  facts: ChangedFilesFacts,
  changing: ReadonlySet<string>,
): Step {
  if (step.action !== 'deploy' || changing.has(targetKey(step.target))) return step
  const changes = fileChanges(step, facts)
  const withDetail = (detail: string) => ({ ...step, detail: `${step.detail}; ${detail}` })
  switch (changes.kind) {
    case 'changed':
      return withDetail(describeChanged(changes.settings, short(changes.since)))
    case 'not-live':
      return withDetail('it has no live deployment to compare with')
    case 'unknown':
      return withDetail(`it is not known which of its files changed: ${because[changes.why]}`)
    case 'unchanged': {
      const isServing = step.target.instance.active.some(({ status }) => isLive(status))
      const detail = `none of its files changed since ${short(changes.since)}, which is ${isServing ? 'live' : 'being deployed'}`
      return toStep({ action: 'keep', because: 'unchanged', target: step.target, detail })
    }
  }
}

/** Describes the files on which the service depends. At least one of them has changed. */
function describeChanged(settings: SourceSettings, since: string): string {
  switch (filesOf(settings)) {
    case 'watched':
      return `files that match its watch patterns changed since ${since}`
    case 'root-directory':
      return `files in its root directory ${settings.rootDirectory} changed since ${since}`
    case 'all':
      return `files changed since ${since}, and it has no watch patterns, so every file counts`
  }
}

/** Returns a notice about services that are deployed because it is not known whether their files have changed. */
export function unknownChanges(
  steps: readonly Step[],
  facts: ChangedFilesFacts,
  changing: ReadonlySet<string>,
): Warning[] {
  const locations = steps.flatMap((step) => {
    if (step.action !== 'deploy' || changing.has(targetKey(step.target))) return []
    const changes = fileChanges(step, facts)
    return changes.kind === 'unknown'
      ? [{ ...locationOf(step.target), note: because[changes.why] }]
      : []
  })
  if (locations.length === 0) return []
  return [
    {
      title: 'changed files not known',
      message: `\`only-changed\` could not find out whether the files of these services have changed, so they are deployed: ${listLocations(locations)}. To list changed files, the action needs a checkout with \`fetch-depth: 0\`, or the permission \`contents: read\` for the job. With that permission, GitHub lists at most 300 files of a comparison, and the action requests at most ${maxComparisons} comparisons in a run.`,
    },
  ]
}

const short = (sha: string) => sha.slice(0, 7)
