import type { ErrorCode, Failure } from '../errors/codes.ts'
import { messageFor } from '../errors/messages/message-for.ts'
import type { Warning } from '../errors/warning.ts'
import type { StepFinding } from '../inputs/workflow-step.ts'
import { oneLine } from '../text.ts'
import { placeOfFailure, type SourceLine } from './failure-location.ts'

/** A message that GitHub shows on the page of the run, and at a line of a file if it has a place. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice'
  readonly title: string
  readonly message: string
  /** The line of a file in the repository at which GitHub shows the annotation; `null` if it is not known. */
  readonly place: SourceLine | null
}

/** The maximum number of annotations of one level that GitHub shows for a step. */
const maxShown = 10

/** Returns one annotation for each error. If there are more than ten, the tenth annotation counts the rest. */
export const errorAnnotations = (
  failures: readonly Failure[],
  docs: string,
  step: StepFinding,
): readonly Annotation[] =>
  atMost(
    failures.map((failure) => errorAnnotation(failure, docs, step)),
    (rest) => ({
      level: 'error',
      place: null,
      title: 'Railway: more errors',
      message: `${rest.length} more errors are listed in the job summary: ${codesOf(failures.slice(-rest.length))}.`,
    }),
  )

/** Returns one annotation for each warning. If there are more than ten, the tenth annotation counts the rest. */
export const warningAnnotations = (warnings: readonly Warning[]): readonly Annotation[] =>
  atMost(warnings.map(warningAnnotation), (rest) => ({
    level: 'warning',
    place: null,
    title: 'Railway: more warnings',
    message: `${rest.length} more warnings are listed in the job summary.`,
  }))

function atMost(
  annotations: readonly Annotation[],
  sumUp: (rest: readonly Annotation[]) => Annotation,
): readonly Annotation[] {
  if (annotations.length <= maxShown) return annotations
  const rest = annotations.slice(maxShown - 1)
  return [...annotations.slice(0, maxShown - 1), sumUp(rest)]
}

const codesOf = (failures: readonly Failure[]) =>
  [...new Set(failures.map(({ code }) => code))].map((code) => `[${code}]`).join(', ')

/** Returns the URL of the section about an error code. `docs`: the URL of `docs/errors.md`. */
export const docsLink = (docs: string, code: ErrorCode) => `${docs}#${code}`

/** Returns the message of a failure in one paragraph: the event, the cause, the next step, a link, and the code. */
export function messageOf(failure: Failure, docs: string): string {
  const { what, why, next } = messageFor(failure)
  const parts = [what, why, next].map((part) => oneLine(part, 2_000))
  return `${parts.join(' ')} More: ${docsLink(docs, failure.code)} [${failure.code}]`
}

function errorAnnotation(failure: Failure, docs: string, step: StepFinding): Annotation {
  return {
    place: placeOfFailure(failure, step),
    level: 'error',
    title: `Railway: ${messageFor(failure).title}`,
    message: messageOf(failure, docs),
  }
}

const warningAnnotation = ({ title, message }: Warning): Annotation => ({
  level: 'warning',
  place: null,
  title: `Railway: ${title}`,
  message: oneLine(message, 2_000),
})

/** Returns the annotation of a notice. */
export const noticeAnnotation = ({ title, message }: Warning): Annotation => ({
  level: 'notice',
  title: `Railway: ${title}`,
  message: oneLine(message, 2_000),
  place: null,
})
