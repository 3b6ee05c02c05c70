import type { Clock } from './clock.ts'
import { jobDirectories, readWorkspaceFile } from './directory/place.ts'
import type { Archives } from './execute/ports.ts'
import { type ActionProcess, githubRunner, type Toolkit } from './github/runner.ts'
import type { Plan } from './plan/plan.ts'
import type { CommitHistory, Directories } from './plan/ports.ts'
import { applyProxies, type NodeProxySupport, proxySecrets } from './proxy.ts'
import { publish } from './publish/publish.ts'
import type { Fetch } from './railway/transport/http.ts'
import { run } from './run.ts'

/** A process whose signals reach the action. */
export interface SignalledProcess extends ActionProcess {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  exit(code: number): unknown
}

/** Everything else outside of the action. */
export interface ActionWorld {
  readonly toolkit: Toolkit
  readonly clock: Clock
  readonly fetch: Fetch
  readonly node: NodeProxySupport
  readonly directories: (stop: AbortSignal) => Directories & Archives
  readonly history: (stop: AbortSignal) => CommitHistory
  readonly transformPlan?: (plan: Plan) => Plan
  /** Returns a number in [0, 1). */
  readonly random: () => number
}

/** After the first signal, what is in progress has this long to finish. GitHub kills the process soon after. */
const graceTime = 3_500

/** Runs the action as one step of a job: masks its secrets, handles signals, and publishes the report. */
export async function runAction(process: SignalledProcess, world: ActionWorld): Promise<void> {
  const { toolkit, node, ...rest } = world
  const runner = githubRunner(process, toolkit, (path) =>
    readWorkspaceFile(path, jobDirectories(process.env)),
  )
  const { environment } = runner
  for (const secret of [
    runner.input('token'),
    runner.input('registry-password'),
    runner.input('github-token'),
    environment.RAILWAY_API_TOKEN,
    environment.RAILWAY_TOKEN,
    ...proxySecrets(environment),
  ]) {
    if (secret?.trim()) runner.secret(secret.trim())
  }
  const { proxies, end: endProxies } = applyProxies(environment, node)
  const done = new AbortController()
  const signals = listen(process, world.clock, done.signal)
  const docs = docsUrl(environment)
  const known = await run({
    runner,
    docs,
    ...rest,
    proxies,
    ...signals,
    directories: world.directories(signals.stop),
    history: world.history(signals.stop),
  })
  endProxies()
  await publish(known, runner, docs)
  done.abort()
}

/** Stops the run on the first signal, abandons it after {@link graceTime}, and exits on a second signal. */
function listen(process: SignalledProcess, clock: Clock, done: AbortSignal) {
  const stop = new AbortController()
  const abandon = new AbortController()
  const onSignal = (): void => {
    if (stop.signal.aborted) {
      process.exit(1)
      return
    }
    stop.abort()
    void clock.sleep(graceTime, done).then(() => abandon.abort())
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return { stop: stop.signal, abandon: abandon.signal }
}

/** Returns the address of `docs/errors.md`, of the version of the action that runs. */
function docsUrl(environment: Readonly<Record<string, string | undefined>>): string {
  // Without a repository of its own, the action runs from the workflow's checkout (`uses: ./`).
  const repository = environment.GITHUB_ACTION_REPOSITORY || environment.GITHUB_REPOSITORY
  if (!repository) return 'docs/errors.md'
  const ref = environment.GITHUB_ACTION_REF || environment.GITHUB_SHA || 'HEAD'
  // The action's own repository is there, whichever GitHub the workflow runs on.
  return `https://github.com/${repository}/blob/${ref}/docs/errors.md`
}
