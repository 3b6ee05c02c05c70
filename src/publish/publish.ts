import { type Failure, failure } from '../errors/codes.ts'
import type { Warning } from '../errors/warning.ts'
import type { StepFinding } from '../inputs/workflow-step.ts'
import type { Redactor } from '../redactor.ts'
import {
  type Annotation,
  errorAnnotations,
  noticeAnnotation,
  warningAnnotations,
} from '../report/annotations.ts'
import { diagnosisValue } from '../report/diagnosis.ts'
import type { Outputs } from '../report/output-schema.ts'
import { outputWarnings } from '../report/output-warnings.ts'
import { outputValues } from '../report/outputs.ts'
import { allFailures, statusOf } from '../report/run-status.ts'
import { serializeOutputs } from '../report/serialize-outputs.ts'
import { renderSummary } from '../report/summary.ts'
import type { RunReport } from '../run-state.ts'
import type { Log } from './log-writer.ts'

/** The destinations of a report. Each of its methods may throw. */
export interface ReportSink extends Log {
  /** The redactor that replaces secrets in everything that is written. */
  readonly redactor: Redactor
  annotate(annotation: Annotation): void
  output(name: string, value: string): void
  summary(markdown: string): Promise<void>
  /** Writes the full report and returns its path. */
  reportFile(content: string): string
  /** Finds the line of this step in the workflow. */
  step(): Promise<StepFinding>
  /** Fails the job. */
  fail(): void
}

/**
 * Publishes the report of a run, on success and on failure. The exit code and the error annotations come first, because
 * they need no file. Each file is written on its own, and an error of it becomes a warning. `docs`: the URL of
 * `docs/errors.md`.
 */
export async function publish(known: RunReport, sink: ReportSink, docs: string): Promise<void> {
  const warnings: Warning[] = []
  const report = attempt(
    () => sink.redactor.redactData(known),
    known,
    () => {},
  )
  const failures = allFailures(report)
  if (failures.length > 0) sink.fail()
  for (const one of await annotateErrors(failures, sink, docs)) {
    ignoringErrors(() => sink.annotate(one))
  }

  const warn = (written: Written) => (error: unknown) => warnings.push(notWritten(written, error))
  const values = attempt(
    () => outputValues(report, docs),
    null,
    (error) => warnings.push(notComputed(error)),
  )
  warnings.push(
    ...attempt(
      () => (values ? outputWarnings(report, values) : []),
      [],
      () => {},
    ),
  )
  const path = attempt(
    () => sink.reportFile(reportContent(report, [...report.warnings, ...warnings], values)),
    '',
    warn('report file'),
  )
  const { texts, warnings: cut } = serializeOutputs(values ?? {}, path)
  warnings.push(...cut)
  writeOutputs(texts, sink, warn('outputs'))

  const complete = { ...report, warnings: [...report.warnings, ...warnings] }
  for (const one of warningAnnotations(complete.warnings)) ignoringErrors(() => sink.annotate(one))
  for (const notice of complete.notices)
    ignoringErrors(() => sink.annotate(noticeAnnotation(notice)))
  ignoringErrors(() => {
    sink.startGroup('Result')
    sink.line(`Status: ${statusOf(report)}. Railway API requests: ${report.requests}.`)
    sink.endGroup()
  })
  try {
    await sink.summary(renderSummary(complete, docs))
  } catch (error) {
    for (const one of warningAnnotations([notWritten('job summary', error)])) {
      ignoringErrors(() => sink.annotate(one))
    }
  }
}

/** Returns the annotations of errors. If the workflow file cannot be read, they have no places. */
async function annotateErrors(
  failures: readonly Failure[],
  sink: ReportSink,
  docs: string,
): Promise<readonly Annotation[]> {
  if (failures.length === 0) return []
  const step = await placeOf(sink)
  return attempt(
    () => errorAnnotations(failures, docs, step),
    errorAnnotations(
      [failure('internal-error', { name: 'Error', where: 'errorAnnotations' })],
      docs,
      { kind: 'unknown' },
    ),
    () => {},
  )
}

/** Finds this step in the workflow; `unknown` if the search fails. */
async function placeOf(sink: ReportSink): Promise<StepFinding> {
  try {
    return await sink.step()
  } catch {
    return { kind: 'unknown' }
  }
}

/** Writes all outputs. If some cannot be written, the first error is reported for all. */
function writeOutputs(
  texts: Readonly<Record<string, string>>,
  sink: ReportSink,
  warn: (error: unknown) => void,
): void {
  const errors: unknown[] = []
  for (const [name, value] of Object.entries(texts)) {
    attempt(
      () => sink.output(name, value),
      undefined,
      (error) => errors.push(error),
    )
  }
  if (errors.length > 0) warn(errors[0])
}

/** Returns the result of `work`; if it throws, reports the error and returns `otherwise`. */
function attempt<Value>(
  work: () => Value,
  otherwise: Value,
  onError: (error: unknown) => void,
): Value {
  try {
    return work()
  } catch (error) {
    onError(error)
    return otherwise
  }
}

/** Calls a function that writes to the log, and ignores its errors. */
const ignoringErrors = (write: () => void): void => attempt(write, undefined, () => {})

/** Something that a run writes to a file on the runner. */
type Written = 'report file' | 'outputs' | 'job summary' | 'log file'

/** Returns a warning about a file that could not be written. */
export const notWritten = (written: Written, error: unknown): Warning => ({
  title: `${written} not written`,
  message: `The ${written} could not be written on the runner (${codeOf(error)}). Deployments, annotations and the result of the job are not affected. Check the free disk space of the runner and the permissions of its directories.`,
})

/** Returns a warning about outputs that could not be computed, which is a bug in the action. */
const notComputed = (error: unknown): Warning => ({
  title: 'outputs not complete',
  message: `Outputs of this step are missing, because the action failed to compute them (${codeOf(error)}). Deployments, annotations and the result of the job are not affected. This is a bug in the action. Please open an issue for the action with the log of this run.`,
})

/** Returns the system's code of an error, else its name. The error's message may contain paths, so it is left out. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

function reportContent(
  report: RunReport,
  warnings: readonly Warning[],
  values: Outputs | null,
): string {
  const content = { schemaVersion: 1, ...values, ...diagnosisValue(report), warnings }
  return `${JSON.stringify(content, null, 2)}\n`
}
