import type { Named } from '../named.ts'
import type { Probe } from './ports.ts'

/** A log of the probes of a token, in their order. */
export class DetectionLog {
  /** The names of the probes. */
  readonly probeNames: string[] = []
  /** The probes with their results, each a sentence for the log. */
  readonly probeResults: string[] = []
  /** The facts that are not certain, each a sentence for a warning. */
  readonly uncertainties: string[] = []

  /** Adds a probe. `subject` begins its sentence, and `describeValue` ends it if the probe was accepted. */
  add<Value>(subject: string, probe: Probe<Value>, describeValue: (value: Value) => string): void {
    this.probeNames.push(/^`(.+?)`/.exec(subject)?.[1] ?? subject)
    this.probeResults.push(`${subject} ${describe(probe, describeValue)}`)
  }

  /** Adds a probe for workspaces. */
  addWorkspaces(subject: string, probe: Probe<readonly Named[]>): void {
    this.add(subject, probe, describeWorkspaces)
  }

  /** Adds a sentence about a fact that is not certain. */
  addUncertainty(sentence: string): void {
    this.uncertainties.push(sentence)
  }
}

function describe<Value>(probe: Probe<Value>, describeValue: (value: Value) => string): string {
  switch (probe.kind) {
    case 'accepted':
      return describeValue(probe.value)
    case 'refused':
      return `was rejected: ${probe.message}`
    case 'two-factor':
      return 'needs two-factor authentication'
    case 'inconclusive':
      return `was inconclusive (${probe.failure.code})`
  }
}

function describeWorkspaces(workspaces: readonly Named[]): string {
  if (workspaces.length === 0) return 'named no workspace'
  const names = workspaces.map(({ name }) => `"${name}"`).join(', ')
  return workspaces.length === 1
    ? `named the workspace ${names}`
    : `named ${workspaces.length} workspaces: ${names}`
}
