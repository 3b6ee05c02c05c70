import type { Diagnosis } from './diagnosis.ts'
import type { Outcome } from './execute/outcome.ts'
import { describeSelectionInputs } from './inputs/describe-selection.ts'
import type { Inputs, TokenInput } from './inputs/read-inputs.ts'
import type { Selection } from './inventory/selection.ts'
import type { Plan } from './plan/plan.ts'
import type { LogWriter } from './publish/log-writer.ts'
import { diagnosisLines, diagnosisWarnings } from './report/diagnosis.ts'
import { planLines, scopeLines, selectionLines } from './report/log-lines.ts'
import { reachRows, tokenRows } from './report/token-summary.ts'
import {
  nameLines,
  outcomeWarnings,
  probeLines,
  scopeWarnings,
  tokenLines,
} from './report/warnings.ts'
import { detectedToken, type RunState } from './run-state.ts'
import type { DetectionResult, TokenScope } from './scope/token-scope.ts'
import { oneLine } from './text.ts'

/** Writes what each stage of a run has found to the log, and adds its warnings to the report. */
export class RunLog {
  readonly #writer: LogWriter
  readonly #state: RunState

  constructor(writer: LogWriter, state: RunState) {
    this.#writer = writer
    this.#state = state
  }

  readToken(token: TokenInput): void {
    this.#writer.phase('Token')
    this.#writer.lines(tokenLines(token))
  }

  /** The scope is in the report by now, if it fits. */
  detected(token: TokenInput, detection: DetectionResult): void {
    const { report } = this.#state
    const detected = detectedToken(report)
    if (detected) this.#writer.lines(nameLines(token, detected.kind))
    this.#writer.lines(scopeLines(tokenRows(report)))
    this.#writer.lines(probeLines(detection))
  }

  resolved(scope: TokenScope): void {
    this.#state.warn(scopeWarnings(scope))
    this.#writer.phase('Inventory')
  }

  readInventory(): void {
    this.#writer.lines(scopeLines(reachRows(this.#state.report)))
  }

  selected(selection: Selection): void {
    this.#state.warn(selection.warnings)
    this.#writer.lines(selectionLines(selection))
  }

  diagnosing(): void {
    this.#writer.phase('Diagnosis')
  }

  diagnosed(diagnosis: Diagnosis): void {
    this.#state.warn(diagnosisWarnings(diagnosis))
    this.#writer.lines(diagnosisLines(diagnosis))
  }

  planning(): void {
    this.#writer.phase('Plan')
  }

  planned(plan: Plan, inputs: Inputs): void {
    this.#state.warn(plan.warnings)
    this.#writer.lines(describeSelectionInputs(inputs).map((line) => oneLine(line)))
    this.#writer.lines(planLines(plan))
  }

  executing(): void {
    this.#writer.phase('Deploy')
  }

  executed(outcomes: readonly Outcome[]): void {
    this.#state.warn(outcomeWarnings(outcomes))
  }
}
