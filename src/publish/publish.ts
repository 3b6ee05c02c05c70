import type { Failure } from '../errors/codes.ts'
import { messageFor } from '../errors/messages.ts'
import type { StepFinding } from '../inputs/workflow-step.ts'
import {
  type Annotation,
  annotationsOf,
  messageOf,
  noticeAnnotation,
} from '../report/annotations.ts'
import { type Json, outputTexts, outputValues } from '../report/outputs.ts'
import { allFailures } from '../report/run-status.ts'
import { renderSummary } from '../report/summary.ts'
import type { RunReport } from '../run-state.ts'
import type { Log } from './log-writer.ts'

/** Where a report goes. */
export interface ReportSink extends Log {
  annotate(annotation: Annotation): void
  output(name: string, value: string): void
  summary(markdown: string): Promise<void>
  /** Writes the full report and answers its path. */
  reportFile(content: string): string
  /** Where this step is written. */
  step(): StepFinding
  fail(): void
}

/**
 * Publishes all that is known, on success and on failure alike: annotations, outputs, the report file and
 * the summary; then fails the job if something failed. `docs` is the address of `docs/errors.md`.
 */
export async function publish(known: RunReport, sink: ReportSink, docs: string): Promise<void> {
  const failures = allFailures(known)
  const values = outputValues(known)
  const path = sink.reportFile(reportContent(known, values, docs))
  const { texts, warnings } = outputTexts(values, path)
  const complete = { ...known, warnings: [...known.warnings, ...warnings] }

  sink.startGroup('Result')
  sink.line(`Status: ${texts.status}. Railway API requests: ${known.requests}.`)
  sink.endGroup()
  const step: StepFinding = failures.length > 0 ? sink.step() : { kind: 'unknown' }
  for (const annotation of annotationsOf(failures, complete.warnings, docs, step)) {
    sink.annotate(annotation)
  }
  for (const notice of complete.notices) sink.annotate(noticeAnnotation(notice))
  for (const [name, value] of Object.entries(texts)) sink.output(name, value)
  await sink.summary(renderSummary(complete, docs))
  if (failures.length > 0) sink.fail()
}

function reportContent(known: RunReport, values: Record<string, Json>, docs: string): string {
  const errors = allFailures(known).map((failure: Failure) => ({
    code: failure.code,
    title: messageFor(failure).title,
    message: messageOf(failure, docs),
  }))
  return `${JSON.stringify({ ...values, errors, warnings: known.warnings }, null, 2)}\n`
}
