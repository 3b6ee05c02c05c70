/**
 * `npm run diagnose` checks the action's assumptions about Railway's API with read-only requests. The token is in
 * RAILWAY_API_TOKEN or RAILWAY_TOKEN. The exit code is 1 if an assumption is refuted, and 2 if the requests fail.
 */
import { systemClock } from '../src/clock.ts'
import { diagnoseFromTerminal } from './diagnose/terminal.ts'

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())

try {
  process.exitCode = await diagnoseFromTerminal({
    environment: process.env,
    words: process.argv.slice(2),
    fetch: globalThis.fetch,
    clock: systemClock,
    stop: stop.signal,
    print: (line) => console.log(line),
  })
} catch (error) {
  console.error(`diagnose: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 2
}
