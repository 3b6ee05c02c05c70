import type { FailureReport } from '../../execute/ports.ts'
import type { Target } from '../../inventory/inventory.ts'
import type { Named } from '../../named.ts'
import { withoutControls } from '../../text.ts'
import { deploymentDiagnosis, deploymentSteps } from '../operations/deployments.ts'
import type { Operation } from '../operations/operation.ts'
import { renderedVariables } from '../operations/variables.ts'
import type { ApiContext } from './api-context.ts'
import { findErrorLine } from './first-error-line.ts'
import { lastLines, readLogs, toLog } from './logs.ts'

/** The maximum length of Railway's diagnosis and of its reason in a report, in characters. */
const maxCause = 500

/** The retry budget of each request of a report, in milliseconds. */
const retryBudget = 20_000

/** The steps of a deployment before its container starts. If one of them fails, there is only a build log. */
const buildSteps: ReadonlySet<string> = new Set(['SNAPSHOT_CODE', 'BUILD_IMAGE', 'PUBLISH_IMAGE'])

/** The text in place of a log whose secrets could not be redacted. */
const notShown =
  "(The log is not shown, because the service's variables could not be read. Their values could not be redacted in it.)"

/** The text in place of Railway's diagnosis or reason if its secrets could not be redacted. */
const causeNotShown =
  'not shown, because it may quote a variable, and the variables of the service could not be read'

/**
 * The variables provided by Railway whose values are not redacted. Their values are names, ids and addresses that the
 * run shows anyway.
 */
const shownVariables: ReadonlySet<string> = new Set([
  'RAILWAY_PROJECT_NAME',
  'RAILWAY_PROJECT_ID',
  'RAILWAY_ENVIRONMENT',
  'RAILWAY_ENVIRONMENT_NAME',
  'RAILWAY_ENVIRONMENT_ID',
  'RAILWAY_SERVICE_NAME',
  'RAILWAY_SERVICE_ID',
  'RAILWAY_DEPLOYMENT_ID',
  'RAILWAY_GIT_BRANCH',
  'RAILWAY_GIT_COMMIT_SHA',
  'RAILWAY_GIT_REPO_NAME',
  'RAILWAY_GIT_REPO_OWNER',
  'RAILWAY_REPLICA_REGION',
  'RAILWAY_PUBLIC_DOMAIN',
  'RAILWAY_STATIC_URL',
])

/** A reader of Railway's steps, diagnosis and logs of failed deployments. */
export class FailureReports {
  readonly #api: ApiContext
  /**
   * The reads of services' variables, by `<environment id> <service id>`. Each resolves with `false` if the variables
   * cannot be read.
   */
  readonly #variableReads = new Map<string, Promise<boolean>>()

  constructor(api: ApiContext) {
    this.#api = api
  }

  /**
   * Reads the step that failed, Railway's diagnosis and the logs of a deployment. `reason`: Railway's reason for its
   * status. A part that cannot be read is `null` or empty. Secrets are redacted in every part, before it is cut. If the
   * variables of the service cannot be read, the logs, the diagnosis and the reason are replaced by notes.
   */
  async read(target: Target, deploymentId: string, reason: string | null): Promise<FailureReport> {
    const id = deploymentId
    const { redact } = this.#api.client.redactor
    // A secret may contain a control code, and a control code may interrupt a secret. Both are redacted.
    const clean = (text: string) => redact(withoutControls(redact(text)))
    const steps = await this.#orNull(deploymentSteps, { id })
    const response = await this.#orNull(deploymentDiagnosis, { id })
    const failed = steps?.deploymentEvents.nodes.find(({ payload }) => payload?.error)
    const rows = await readLogs(id, buildSteps.has(failed?.step ?? ''), this.#orNull.bind(this))
    const last = lastLines(rows)
    const diagnosis =
      readDiagnosis(response?.deployment.diagnosis) ?? failed?.payload?.error ?? null
    const isEmpty = last.length === 0 && diagnosis === null && reason === null
    const isRedacted = isEmpty || (await this.#redactVariables(target))
    const lines = isRedacted
      ? last.map(({ message, severity }) => ({ severity, message: clean(message) }))
      : []
    const cause = (text: string | null) =>
      text !== null && (isRedacted ? clean(text).slice(0, maxCause) : causeNotShown)
    const notes = last.length > 0 ? [notShown] : []
    return {
      step: failed?.step ?? null,
      reason: cause(reason) || null,
      diagnosis: cause(diagnosis) || null,
      firstErrorLine: findErrorLine(lines),
      lines: isRedacted ? lines.map(({ message }) => message) : notes,
      log: isRedacted ? toLog(rows, redact) : { build: [], container: notes },
    }
  }

  /**
   * Adds the values of a service's variables to the redactor, because its log may show any of them. They are read once
   * for each service. Resolves with `false` if they cannot be read.
   */
  #redactVariables({ project, environment, instance }: Target): Promise<boolean> {
    if (!instance) return Promise.resolve(true)
    const key = `${environment.id} ${instance.service.id}`
    const read =
      this.#variableReads.get(key) ?? this.#readVariables(project, environment, instance.service)
    this.#variableReads.set(key, read)
    return read
  }

  async #readVariables(project: Named, environment: Named, service: Named): Promise<boolean> {
    const ids = { projectId: project.id, environmentId: environment.id, serviceId: service.id }
    const response = await this.#orNull(renderedVariables, ids)
    if (response === null) return false
    const values = [...response.variables].filter(([name]) => !shownVariables.has(name))
    this.#api.client.redactor.addValues(values.flatMap(([, value]) => value?.reveal() ?? []))
    return true
  }

  /** Reads one part of a report; `null` if it cannot be read. */
  #orNull<Variables extends object, Data>(
    operation: Operation<Variables, Data>,
    variables: NoInfer<Variables>,
  ): Promise<Data | null> {
    return this.#api.orNull(
      async () => (await this.#api.client.call(operation, variables, { retryBudget })).data,
    )
  }
}

/**
 * Returns the text of a diagnosis, or `null`. Its type in Railway's schema is an untyped scalar: it may be text, or an
 * object with the text in one of several fields.
 */
function readDiagnosis(diagnosis: unknown): string | null {
  if (typeof diagnosis === 'string') return diagnosis.trim() || null
  if (typeof diagnosis !== 'object' || diagnosis === null) return null
  const textFields = ['summary', 'message', 'reason', 'description', 'title', 'diagnosis']
  const entries = new Map<string, unknown>(Object.entries(diagnosis))
  for (const field of textFields) {
    const text = readDiagnosis(entries.get(field))
    if (text) return text
  }
  return null
}
