import type { Named } from '../named.ts'
import type { Probe } from './ports.ts'

/** Notes of the questions about a token, in their order. */
export class DetectionLog {
  /** What was asked, by name. */
  readonly questions: string[] = []
  /** Each question with its answer, as a sentence for the log. */
  readonly evidence: string[] = []
  /** What could not be settled, each a sentence for a warning. */
  readonly doubts: string[] = []

  add<Value>(question: string, probe: Probe<Value>, read: (value: Value) => string): void {
    this.questions.push(/^`.+?`/.exec(question)?.[0] ?? question)
    this.evidence.push(`${question} ${describe(probe, read)}`)
  }

  addWorkspaces(question: string, probe: Probe<readonly Named[]>): void {
    this.add(question, probe, nameAll)
  }

  doubt(sentence: string): void {
    this.doubts.push(sentence)
  }
}

function describe<Value>(probe: Probe<Value>, read: (value: Value) => string): string {
  switch (probe.kind) {
    case 'answered':
      return read(probe.value)
    case 'refused':
      return `was refused: ${probe.said}`
    case 'two-factor':
      return 'demands two-factor authentication'
    case 'no-answer':
      return `brought no answer to go by (${probe.failure.code})`
  }
}

function nameAll(workspaces: readonly Named[]): string {
  if (workspaces.length === 0) return 'named no workspace'
  const names = workspaces.map(({ name }) => `"${name}"`).join(', ')
  return workspaces.length === 1
    ? `named the workspace ${names}`
    : `named ${workspaces.length} workspaces: ${names}`
}
