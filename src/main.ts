import { systemClock } from './clock.ts'
import { LocalDirectories } from './directory/local-directories.ts'
import { githubRunner } from './github/runner.ts'
import { publish } from './publish/publish.ts'
import { run } from './run.ts'

/** After the first signal, what is under way has this long to finish; GitHub kills soon after. */
const graceTime = 3_500

const runner = githubRunner()
const { environment } = runner
for (const secret of [
  runner.input('token'),
  runner.input('registry-password'),
  runner.input('github-token'),
  environment.RAILWAY_API_TOKEN,
  environment.RAILWAY_TOKEN,
]) {
  if (secret?.trim()) runner.mask(secret.trim())
}

const stop = new AbortController()
const abandon = new AbortController()
const done = new AbortController()
function onSignal(): void {
  if (stop.signal.aborted) process.exit(1)
  stop.abort()
  void systemClock.sleep(graceTime, done.signal).then(() => abandon.abort())
}
process.on('SIGINT', onSignal)
process.on('SIGTERM', onSignal)

// Without a repository of its own, the action runs from the workflow's checkout (`uses: ./`).
const repository = environment.GITHUB_ACTION_REPOSITORY || environment.GITHUB_REPOSITORY
const ref = environment.GITHUB_ACTION_REF || environment.GITHUB_SHA || 'HEAD'
const server = environment.GITHUB_SERVER_URL || 'https://github.com'
const docs = `${server}/${repository}/blob/${ref}/docs/errors.md`

const known = await run({
  runner,
  clock: systemClock,
  fetch: globalThis.fetch,
  directories: new LocalDirectories(environment, stop.signal),
  random: Math.random,
  stop: stop.signal,
  abandon: abandon.signal,
})
await publish(known, runner, docs)
done.abort()
