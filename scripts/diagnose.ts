/**
 * `npm run diagnose` asks Railway about everything that the action assumes, reading only, with the token in
 * RAILWAY_API_TOKEN or RAILWAY_TOKEN. It exits with 1 if something is not as assumed.
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
