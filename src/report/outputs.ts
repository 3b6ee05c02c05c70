import type { Failure } from '../errors/codes.ts'
import { messageFor } from '../errors/messages.ts'
import type { Warning } from '../errors/warning.ts'
import { locationOf, type ServiceTarget, targetName } from '../inventory/inventory.ts'
import { type SelectedEnvironment, type Selection, targetsOf } from '../inventory/selection.ts'
import { isLive } from '../plan/deployment-status.ts'
import { detectedToken, type RunReport } from '../run-state.ts'
import { messageOf } from './annotations.ts'
import { linksOf, siteLink } from './links.ts'
import { previewEnvironments, wasCreated } from './preview-outputs.ts'
import { allFailures, hasChanged, statusOf } from './run-status.ts'

/** A JSON value. */
export type Json = string | number | boolean | null | JsonList | JsonObject
type JsonList = readonly Json[]
interface JsonObject {
  readonly [key: string]: Json
}

/** Returns the outputs as values, in full. Every one is there however far the run got. `docs` is the address of `docs/errors.md`. */
export function outputValues(known: RunReport, docs: string): Record<string, Json> {
  const { scope, selection, plan, outcomes } = known
  const environments = selection?.environments ?? []
  const targets = selection ? targetsOf(selection) : []
  const only = previewEnvironments(known) ?? onlyEnvironment(environments)
  const urls = siteUrls(known)
  return {
    status: statusOf(known),
    'error-code': allFailures(known)[0]?.code ?? '',
    errors: allFailures(known).map((failure) => errorOutput(failure, docs)),
    'token-type': scope?.kind ?? detectedToken(known)?.kind ?? '',
    'workspace-id': scope && scope.kind !== 'project' ? scope.workspace.id : '',
    'workspace-name': scope && scope.kind !== 'project' ? scope.workspace.name : '',
    changed: hasChanged(known),
    projects: environments.map(projectOutput),
    matrix: { include: targets.map(matrixEntry) },
    plan: (plan?.steps ?? []).map(({ action, target, detail }) => ({
      action,
      ...locationOf(target),
      detail,
    })),
    results: (outcomes ?? []).map((outcome) => ({
      ...locationOf(outcome.step.target),
      action: outcome.step.action,
      status: outcome.status,
      deploymentId: outcome.deploymentId,
      ...linksOf(outcome),
      durationMs:
        outcome.startedAt === null || outcome.finishedAt === null
          ? null
          : outcome.finishedAt - outcome.startedAt,
      errorCode: outcome.failure?.code ?? null,
      message: outcome.message,
    })),
    urls,
    url: Object.values(urls)[0] ?? '',
    'deployment-ids': (outcomes ?? []).flatMap(({ deploymentId }) => deploymentId ?? []),
    'environment-id': only?.id ?? '',
    'environment-name': only?.name ?? '',
    'environment-created': wasCreated(known),
    requests: known.requests,
    'rate-limit-remaining': known.remaining ?? '',
  }
}

function errorOutput(failure: Failure, docs: string): Json {
  return {
    code: failure.code,
    title: messageFor(failure).title,
    message: messageOf(failure, docs),
    ...locationOfFailure(failure),
  }
}

/** Returns the names of the object that a failure is about, as far as it is about one. */
function locationOfFailure({ facts }: Failure) {
  const project = 'project' in facts ? facts.project : null
  const environment = 'environment' in facts ? facts.environment : null
  const service = 'service' in facts ? facts.service : null
  return { project, environment, service }
}

function projectOutput({ project, environment, instances }: SelectedEnvironment): Json {
  return {
    id: project.id,
    name: project.name,
    environmentId: environment.id,
    environmentName: environment.name,
    services: instances.map(({ service, source }) => ({
      id: service.id,
      name: service.name,
      repository: source.kind === 'repository' ? source.repository : null,
      image: source.kind === 'image' ? source.image : null,
    })),
  }
}

function matrixEntry({ project, environment, instance }: ServiceTarget): Json {
  return {
    project: project.name,
    'project-id': project.id,
    environment: environment.name,
    'environment-id': environment.id,
    service: instance.service.name,
    'service-id': instance.service.id,
  }
}

/** The environment, when every selected one is the same. */
function onlyEnvironment(environments: readonly SelectedEnvironment[]) {
  const ids = new Set(environments.map(({ environment }) => environment.id))
  return ids.size === 1 ? environments[0]?.environment : undefined
}

/**
 * Sites of what was deployed, or, where nothing was, of what is live among the selected. A name stands for one
 * site: in several environments that of the base, else the first.
 */
function siteUrls({ outcomes, selection }: RunReport): Record<string, string> {
  const sites = outcomes
    ? outcomes.map(({ step, domains }) => [step.target, domains] as const)
    : (selection ? targetsOf(basesFirst(selection)) : [])
        .filter(({ instance }) => instance.active.some(({ status }) => isLive(status)))
        .map((target) => [target, target.instance.domains] as const)
  const urls = new Map<string, string>()
  for (const [target, domains] of sites) {
    const url = siteLink(domains)
    const name = targetName(target)
    if (url && !urls.has(name)) urls.set(name, url)
  }
  return Object.fromEntries(urls)
}

/** Each project's base environment before its others. */
function basesFirst(selection: Selection): Selection {
  const rank = ({ project, environment }: SelectedEnvironment) =>
    environment.id === project.baseEnvironmentId ? 0 : 1
  const environments = selection.environments.toSorted((a, b) => rank(a) - rank(b))
  return { ...selection, environments }
}

/** GitHub takes 1 MB of outputs, counted in UTF-16: two bytes a character. */
const mostCharacters = 500_000

/**
 * The outputs as the text that a workflow reads. A JSON output over GitHub's limit is cut to whole
 * entries; `reportFile` has all of it.
 */
export function outputTexts(
  values: Record<string, Json>,
  reportFile: string,
): { texts: Record<string, string>; warnings: Warning[] } {
  const cut: string[] = []
  const texts = Object.entries(values).map(([name, value]): [string, string] => {
    if (typeof value !== 'object' || value === null) return [name, String(value)]
    const text = JSON.stringify(value)
    if (text.length <= mostCharacters) return [name, text]
    cut.push(name)
    return [name, JSON.stringify(cutToFit(value))]
  })
  const warnings = cut.map((name) => ({
    title: 'output cut',
    message: `The output \`${name}\` is longer than GitHub takes and was cut to whole entries; ${reportFile ? `all of it is in ${reportFile}` : 'the report file could not be written'}.`,
  }))
  return { texts: { ...Object.fromEntries(texts), 'report-file': reportFile }, warnings }
}

function cutToFit(value: JsonList | JsonObject): Json {
  if (isList(value)) return keepWhile(value, (entry) => JSON.stringify(entry).length)
  const { include } = value
  if (include !== undefined && isList(include)) return { include: cutToFit(include) }
  return Object.fromEntries(
    keepWhile(Object.entries(value), (entry) => JSON.stringify(entry).length),
  )
}

/** The first entries that fit, each with its separator. */
function keepWhile<Entry>(entries: readonly Entry[], length: (entry: Entry) => number): Entry[] {
  let left = mostCharacters - 20
  return entries.filter((entry) => {
    left -= length(entry) + 1
    return left >= 0
  })
}

const isList = (value: Json): value is JsonList => Array.isArray(value)
