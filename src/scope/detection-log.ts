import type { Named } from '../named.ts'
import type { Probe } from './ports.ts'

/** A log of the probes of a token, in their order. */
export class DetectionLog {
  /** The names of the probes. */
  readonly questions: string[] = []
  /** Each probe with its result, as a sentence for the log. */
  readonly probeResults: string[] = []
  /** Facts that could not be settled, each a sentence for a warning. */
  readonly uncertainties: string[] = []

  add<Value>(question: string, probe: Probe<Value>, read: (value: Value) => string): void {
    this.questions.push(/^`(.+?)`/.exec(question)?.[1] ?? question)
    this.probeResults.push(`${question} ${describe(probe, read)}`)
  }

  addWorkspaces(question: string, probe: Probe<readonly Named[]>): void {
    this.add(question, probe, nameAll)
  }

  addUncertainty(sentence: string): void {
    this.uncertainties.push(sentence)
  }
}

function describe<Value>(probe: Probe<Value>, read: (value: Value) => string): string {
  switch (probe.kind) {
    case 'answered':
      return read(probe.value)
    case 'refused':
      return `was refused: ${probe.message}`
    case 'two-factor':
      return 'needs two-factor authentication'
    case 'inconclusive':
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
