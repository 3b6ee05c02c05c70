import { hasColors } from './terminal.ts'
import { runTry } from './try/run-try.ts'

// `npm run try -- --help` tells what this does.
// `npm run try | head` closes the pipe early, which is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

process.exitCode = await runTry(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  color: hasColors(process),
})
