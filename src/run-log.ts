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

/**
 * A log of the stages of a run. Each method writes the results of a stage to the log and adds its warnings to the
 * report.
 */
export class RunLog {
  readonly #writer: LogWriter
  readonly #state: RunState

  constructor(writer: LogWriter, state: RunState) {
    this.#writer = writer
    this.#state = state
  }

  /** Starts the phase `Token` of the log, and writes the source of the token. */
  readToken(token: TokenInput): void {
    this.#writer.phase('Token')
    this.#writer.lines(tokenLines(token))
  }

  /** Writes the type and scope of the token and the results of the probes. The report must already contain them. */
  detected(token: TokenInput, detection: DetectionResult): void {
    const { report } = this.#state
    const detected = detectedToken(report)
    if (detected) this.#writer.lines(nameLines(token, detected.kind))
    this.#writer.lines(scopeLines(tokenRows(report)))
    this.#writer.lines(probeLines(detection))
  }

  /** Adds the warnings about the scope, and starts the phase `Inventory` of the log. */
  resolved(scope: TokenScope): void {
    this.#state.warn(scopeWarnings(scope))
    this.#writer.phase('Inventory')
  }

  /** Writes the numbers of projects, environments and services. The report must already contain the inventory. */
  readInventory(): void {
    this.#writer.lines(scopeLines(reachRows(this.#state.report)))
  }

  /** Writes the selection, and adds its warnings. */
  selected(selection: Selection): void {
    this.#state.warn(selection.warnings)
    this.#writer.lines(selectionLines(selection))
  }

  /** Starts the phase `Diagnosis` of the log. */
  diagnosing(): void {
    this.#writer.phase('Diagnosis')
  }

  /** Writes the diagnosis, and adds its warnings. */
  diagnosed(diagnosis: Diagnosis): void {
    this.#state.warn(diagnosisWarnings(diagnosis))
    this.#writer.lines(diagnosisLines(diagnosis))
  }

  /** Starts the phase `Plan` of the log. */
  planning(): void {
    this.#writer.phase('Plan')
  }

  /** Writes a description of the selection inputs and the plan, and adds the warnings of the plan. */
  planned(plan: Plan, inputs: Inputs): void {
    this.#state.warn(plan.warnings)
    this.#writer.lines(describeSelectionInputs(inputs).map((line) => oneLine(line)))
    this.#writer.lines(planLines(plan))
  }

  /** Starts the phase `Deploy` of the log. */
  executing(): void {
    this.#writer.phase('Deploy')
  }

  /** Adds the warnings about the outcomes. */
  executed(outcomes: readonly Outcome[]): void {
    this.#state.warn(outcomeWarnings(outcomes))
  }
}
