import { hasColors } from './terminal.ts'
import { runTry } from './try/run-try.ts'

// `npm run try -- --help` prints the usage.
// `npm run try | head` closes the pipe before all output is written. That is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

process.exitCode = await runTry(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  color: hasColors(process),
})
