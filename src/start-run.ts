import { everyMinute } from './clock.ts'
import { type ReadInputs, readInputs } from './inputs/read-inputs.ts'
import { parseContext, type RunContext } from './inputs/run-context.ts'
import { LogWriter } from './publish/log-writer.ts'
import { recordErrors } from './record-errors.ts'
import { noPreview } from './report/warnings.ts'
import type { RunDeps } from './run-deps.ts'
import { type RunReport, RunState } from './run-state.ts'

/**
 * Reads the inputs, and runs the pipeline if there is a token. Returns the report. Never rejects, because errors become
 * failures in the report. The code of the pipeline is loaded only if there is a token.
 */
export async function startRun(deps: RunDeps): Promise<RunReport> {
  const state = new RunState()
  const writer = new LogWriter(deps.runner, deps.runner.redactor, deps.clock)
  const done = new AbortController()
  const heartbeats = [
    everyMinute(deps.clock, done.signal, (now) => writer.stillWaiting(now)),
    writer.breakSilence(done.signal),
  ]
  await recordErrors(state, async () => {
    const event = parseContext(deps.runner.environment, deps.runner.event())
    const given = await read(deps, event, state)
    if (!given.token) return state.skip(noPreview)
    const { runWithToken } = await import(/* webpackChunkName: "run" */ './run.ts')
    return runWithToken(deps, { ...given, token: given.token }, event, { state, writer })
  })
  done.abort()
  await Promise.all(heartbeats)
  writer.close()
  return state.report
}

/** Reads the inputs. If they have errors, adds all of them to the state and throws `RunAborted`. */
async function read(deps: RunDeps, event: RunContext, state: RunState): Promise<ReadInputs> {
  const { runner } = deps
  const given = state.require(readInputs({ ...runner, step: await runner.step() }, event))
  state.warn(given.warnings)
  return given
}
