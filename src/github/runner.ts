import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import * as core from '@actions/core'
import type { StepFinding } from '../inputs/workflow-step.ts'
import type { ReportSink } from '../publish/publish.ts'
import { escapeWorkflowCommands, oneLine } from '../text.ts'
import { findStep } from './workflow/find-step.ts'

/** What the action needs of the machine it runs on. */
export interface Runner extends ReportSink {
  readonly environment: Record<string, string | undefined>
  /** The text of one input; empty where it is left out. */
  input(name: string): string
  /** The event's payload, or `null` where there is none to read. */
  event(): unknown
  /** Where this step is written, as far as the checkout tells. */
  step(): StepFinding
  /** The text of a file of the checkout; `null` where there is none, or it is not UTF-8. */
  file(path: string): string | null
  /** From now on the runner prints `***` instead. */
  mask(value: string): void
  /** Shown where the workflow was started with debug logging. */
  debug(text: string): void
}

/** GitHub takes 1 MiB of summary a step, and drops all of it when it is more. */
const mostSummary = 1_000_000

const annotations = { error: core.error, warning: core.warning, notice: core.notice }

/** GitHub's runner, through its toolkit. Nothing else in the action knows the toolkit. */
export function githubRunner(): Runner {
  const environment = process.env
  let step: StepFinding | undefined
  return {
    environment,
    input: (name) => core.getInput(name),
    event: () => readEvent(environment.GITHUB_EVENT_PATH),
    step: () => {
      step ??= findStep(environment, (name) => core.getInput(name))
      return step
    },
    file: (path) => readText(resolve(environment.GITHUB_WORKSPACE || '.', path)),
    mask: (value) => core.setSecret(value),
    line: (text) => {
      // A lone carriage return ends a line for the runner, too.
      for (const line of text.split(/\r\n|\r|\n/)) core.info(escapeWorkflowCommands(line))
    },
    debug: (text) => core.debug(oneLine(text)),
    startGroup: (title) => core.startGroup(title),
    endGroup: () => core.endGroup(),
    annotate: ({ level, title, message, place }) =>
      annotations[level](message, {
        title,
        ...(place ? { file: place.file, startLine: place.line } : {}),
      }),
    output: (name, value) => core.setOutput(name, value),
    summary: async (markdown) => {
      if (!environment.GITHUB_STEP_SUMMARY) return
      const whole = Buffer.from(markdown)
      const text =
        whole.length <= mostSummary
          ? markdown
          : `${whole.subarray(0, mostSummary).toString()}\n\nCut here; the report file has all of it.\n`
      await core.summary.addRaw(text).write()
    },
    reportFile: (content) => {
      const folder = environment.RUNNER_TEMP ?? tmpdir()
      const path = join(folder, `railway-workspace-deploy-${randomUUID()}.json`)
      writeFileSync(path, content, { mode: 0o600 })
      return path
    },
    fail: () => {
      process.exitCode = core.ExitCode.Failure
    },
  }
}

function readEvent(path: string | undefined): unknown {
  if (!path) return null
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

/** Bytes that are no UTF-8 would arrive as others, so such a file counts as unreadable. */
function readText(path: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path))
  } catch {
    return null
  }
}
