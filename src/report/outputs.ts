import type { Failure } from '../errors/codes.ts'
import { messageFor } from '../errors/messages/message-for.ts'
import type { Outcome } from '../execute/outcome.ts'
import { namesOf, type ServiceTarget } from '../inventory/inventory.ts'
import { type SelectedEnvironment, targetsOf } from '../inventory/selection.ts'
import { toNamed } from '../named.ts'
import { isThere, type Step } from '../plan/plan.ts'
import { detectedToken, type RunReport } from '../run-state.ts'
import { messageOf } from './annotations.ts'
import { linksOf, siteLink } from './links.ts'
import { type LiveState, liveState } from './live-state.ts'
import type { Outputs } from './output-schema.ts'
import { describedEnvironments, previewEnvironments, wasCreated } from './preview-outputs.ts'
import { commitOf, digestOf, revisionChangeOf } from './revisions.ts'
import { allFailures, hasChanged, statusOf } from './run-status.ts'
import { siteUrls } from './site-urls.ts'

/**
 * Returns the values of all outputs, in full, even if the run stopped early. `docs`: the URL of `docs/errors.md`.
 *
 * A new output also needs an entry in `output-schema.ts`, which gives it its type, and one in `action.yml`. `npm run
 * docs` then updates the README and `docs/outputs.schema.json`.
 */
export function outputValues(known: RunReport, docs: string): Outputs {
  const { scope, selection, plan, outcomes } = known
  const environments = describedEnvironments(known)
  const targets = selection ? targetsOf({ ...selection, environments }) : []
  const only = previewEnvironments(known) ?? onlyEnvironment(environments)
  const live = liveState(known)
  const urls = siteUrls(known)
  return {
    status: statusOf(known),
    'error-code': allFailures(known)[0]?.code ?? '',
    errors: allFailures(known).map((failure) => errorOutput(failure, docs)),
    'token-type': scope?.kind ?? detectedToken(known)?.kind ?? '',
    'workspace-id': scope && scope.kind !== 'project' ? scope.workspace.id : '',
    'workspace-name': scope && scope.kind !== 'project' ? scope.workspace.name : '',
    changed: hasChanged(known),
    projects: environments.map((selected) => projectOutput(selected, live)),
    matrix: { include: targets.map((target) => serviceEntry(target, live)) },
    'project-matrix': { include: environments.map(projectEntry) },
    plan: (plan?.steps ?? []).map(planOutput),
    results: (outcomes ?? []).map(resultOutput),
    urls,
    url: Object.values(urls)[0] ?? '',
    'deployment-ids': (outcomes ?? []).flatMap(({ deploymentId }) => deploymentId ?? []),
    'environment-id': only.id,
    'environment-name': only.name,
    'environment-created': wasCreated(known),
    requests: known.requests,
    'rate-limit-remaining': known.remaining ?? '',
    'log-file': known.logFile ?? '',
  }
}

function errorOutput(failure: Failure, docs: string): Outputs['errors'][number] {
  return {
    code: failure.code,
    title: messageFor(failure).title,
    message: messageOf(failure, docs),
    ...locationOfFailure(failure),
  }
}

/** Returns the names of the project, environment and service of a failure; `null` for each that it does not have. */
function locationOfFailure({ facts }: Failure) {
  const project = 'project' in facts ? facts.project : null
  const environment = 'environment' in facts ? facts.environment : null
  const service = 'service' in facts ? facts.service : null
  return { project, environment, service }
}

function planOutput(step: Step): Outputs['plan'][number] {
  const { action, target, detail } = step
  return { action, ...namesOf(target), detail, ...revisionChangeOf(step) }
}

function resultOutput(outcome: Outcome): Outputs['results'][number] {
  const { step, status, deploymentId, startedAt, finishedAt, failure, message } = outcome
  const { project, environment, instance } = step.target
  return {
    ...namesOf(step.target),
    projectId: project.id,
    environmentId: isThere(environment) ? environment.id : null,
    serviceId: instance?.service.id ?? null,
    action: step.action,
    status,
    deploymentId,
    commit: commitOf(outcome),
    ...linksOf(outcome),
    durationMs: startedAt === null || finishedAt === null ? null : finishedAt - startedAt,
    errorCode: failure?.code ?? null,
    message,
  }
}

function projectOutput(
  { project, environment, instances }: SelectedEnvironment,
  live: LiveState,
): Outputs['projects'][number] {
  const place = { project: toNamed(project), environment: toNamed(environment) }
  return {
    id: project.id,
    name: project.name,
    environmentId: environment.id,
    environmentName: environment.name,
    services: instances.map((instance) => {
      const { service, source } = instance
      const { deployment, domains } = live({ ...place, instance })
      return {
        id: service.id,
        name: service.name,
        repository: source.kind === 'repository' ? source.repository : null,
        image: source.kind === 'image' ? source.image : null,
        commit: deployment?.commit ?? null,
        digest: deployment && digestOf(deployment),
        status: deployment?.status ?? null,
        deploymentId: deployment?.id ?? null,
        url: deployment && siteLink(domains),
      }
    }),
  }
}

function serviceEntry(
  target: ServiceTarget,
  live: LiveState,
): Outputs['matrix']['include'][number] {
  const { project, environment, instance } = target
  const { deployment, domains } = live(target)
  return {
    ...projectEntry({ project, environment }),
    service: instance.service.name,
    'service-id': instance.service.id,
    commit: deployment?.commit ?? null,
    url: deployment && siteLink(domains),
  }
}

function projectEntry({
  project,
  environment,
}: Pick<ServiceTarget, 'project' | 'environment'>): Outputs['project-matrix']['include'][number] {
  return {
    project: project.name,
    'project-id': project.id,
    environment: environment.name,
    'environment-id': environment.id,
  }
}

/**
 * Returns the id of the selected environment if there is only one, and its name if all have the same name; else empty.
 */
function onlyEnvironment(environments: readonly SelectedEnvironment[]) {
  const ids = new Set(environments.map(({ environment }) => environment.id))
  const names = new Set(environments.map(({ environment }) => environment.name))
  const [id = ''] = ids
  const [name = ''] = names
  return { id: ids.size === 1 ? id : '', name: names.size === 1 ? name : '' }
}
