import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import type * as core from '@actions/core'
import type { FileReading, ReadFile } from '../inputs/variable-inputs.ts'
import type { StepFinding } from '../inputs/workflow-step.ts'
import type { ReportSink } from '../publish/publish.ts'
import { Redactor } from '../redactor.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import { escapeWorkflowCommands, oneLine } from '../text.ts'
import { findStep } from './workflow/find-step.ts'

/**
 * The functions of GitHub's toolkit that the action uses. The toolkit itself acts on the current process. Tests pass
 * another implementation, so that several runs can share a process.
 */
export type Toolkit = Pick<
  typeof core,
  | 'getInput'
  | 'setSecret'
  | 'info'
  | 'debug'
  | 'startGroup'
  | 'endGroup'
  | 'error'
  | 'warning'
  | 'notice'
  | 'setOutput'
>

/** The parts of Node's `process` that the action reads and sets. */
export interface ActionProcess {
  readonly env: Readonly<Record<string, string | undefined>>
  exitCode?: number | string | null | undefined
}

/** The machine that the action runs on. */
export interface Runner extends ReportSink {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Returns the text of an input; empty if it is left out. */
  input(name: string): string
  /** Reads the event's payload; `null` if there is none. */
  event(): unknown
  /** Finds this step in the workflow file of the checkout, if there is one. */
  step(): Promise<StepFinding>
  /** Reads a file that an input names. */
  file(path: string): FileReading
  /** Writes the logs of failed deployments to a file and returns its path. */
  logFile(content: string): string
  /** Makes the runner print `***` instead of a value in the job log from now on. */
  mask(value: string): void
  /** Masks a token or a password, and redacts it in everything that is written. */
  secret(value: string): void
  /** Writes a line to the log that is shown only with debug logging. */
  debug(text: string): void
}

/** The maximum size of a summary in bytes. GitHub accepts 1 MiB for each step, and drops a longer summary. */
const maxSummaryBytes = 1_000_000

/** The first lines of a summary that was cut. Its last lines may be in a collapsed section. */
const cutNotice =
  '> The end of this summary is missing, because GitHub accepts at most 1 MB. The output `report-file` names a file with all results.\n\n'

/** Creates the runner of a process, with the toolkit and with the files that environment variables name. */
export function githubRunner(process: ActionProcess, toolkit: Toolkit, readFile: ReadFile): Runner {
  const { env: environment } = process
  const redactor = new Redactor()
  // Every text that leaves the action is redacted here.
  const safe = redactor.redactOwn
  const input = (name: string) => toolkit.getInput(name)
  let step: Promise<StepFinding> | undefined
  return {
    environment,
    redactor,
    input,
    event: () => readEvent(environment.GITHUB_EVENT_PATH),
    step: () => {
      step ??= findStep(environment, input)
      return step
    },
    file: readFile,
    mask: (value) => toolkit.setSecret(value),
    secret: (value) => {
      redactor.addCredential(value)
      toolkit.setSecret(value)
    },
    line: (text) => {
      // A lone carriage return ends a line for the runner, too.
      for (const line of safe(text).split(/\r\n|\r|\n/)) toolkit.info(escapeWorkflowCommands(line))
    },
    debug: (text) => toolkit.debug(oneLine(safe(text))),
    startGroup: (title) => toolkit.startGroup(safe(title)),
    endGroup: () => toolkit.endGroup(),
    annotate: ({ level, title, message, place }) =>
      toolkit[level](safe(message), {
        title: safe(title),
        ...(place ? { file: place.file, startLine: place.line } : {}),
      }),
    output: (name, value) => toolkit.setOutput(name, safe(value)),
    summary: async (markdown) => {
      const file = environment.GITHUB_STEP_SUMMARY
      if (!file) return
      await appendFile(file, limitSummary(safe(markdown)))
    },
    reportFile: (content) => writeTemporary(environment, 'json', safe(content)),
    logFile: (content) => writeTemporary(environment, 'log', safe(content)),
    fail: () => {
      process.exitCode = 1
    },
  }
}

/** Removes the last lines of a summary that exceeds the limit, and adds a notice at its start. */
function limitSummary(markdown: string): string {
  const whole = Buffer.from(markdown)
  if (whole.length <= maxSummaryBytes) return markdown
  const kept = whole.subarray(0, maxSummaryBytes)
  return cutNotice + kept.subarray(0, kept.lastIndexOf('\n') + 1).toString()
}

/** Writes a file that only this user may read, and returns its path. */
function writeTemporary(
  environment: ActionProcess['env'],
  extension: string,
  content: string,
): string {
  const folder = temporaryDirectory(environment)
  const path = join(folder, `railway-workspace-deploy-${randomUUID()}.${extension}`)
  writeFileSync(path, content, { mode: 0o600, flag: 'wx' })
  return path
}

function readEvent(path: string | undefined): unknown {
  if (!path) return null
  try {
    // A file that was written by hand may begin with a byte order mark.
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch {
    return null
  }
}
