import type { Clock } from './clock.ts'
import { jobDirectories, readWorkspaceFile } from './directory/paths.ts'
import { type ActionProcess, githubRunner, type Toolkit } from './github/runner.ts'
import type { Plan } from './plan/plan.ts'
import { applyProxies, type NodeProxySupport, proxySecrets } from './proxy.ts'
import { publish } from './publish/publish.ts'
import type { Fetch } from './railway/transport/http.ts'
import type { Disk } from './run-deps.ts'
import { startRun } from './start-run.ts'

/** The process in which the action runs, with its signals. */
export interface SignalledProcess extends ActionProcess {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  exit(code: number): unknown
}

/** The dependencies of the action except the process. */
export interface ActionDeps {
  readonly toolkit: Toolkit
  readonly clock: Clock
  readonly fetch: Fetch
  readonly node: NodeProxySupport
  /** Loads the modules that access the disk. `stop` aborts when the job is cancelled. */
  readonly disk: (stop: AbortSignal) => Promise<Disk>
  /** Changes the plan before it is executed. Only tests set it. */
  readonly transformPlan?: (plan: Plan) => Plan
  /** Returns a random number in [0, 1). */
  readonly random: () => number
}

/**
 * The time between the first signal and the abort of the requests in progress, in milliseconds. GitHub kills the
 * process soon after that.
 */
const graceTime = 3_500

/**
 * Runs the action as a step of a job: masks the secrets, handles signals, runs the pipeline and publishes its report.
 */
export async function runAction(process: SignalledProcess, deps: ActionDeps): Promise<void> {
  const { toolkit, node, ...rest } = deps
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
  const signals = listen(process, deps.clock, done.signal)
  const docs = docsUrl(environment)
  const report = await startRun({
    runner,
    docs,
    ...rest,
    proxies,
    ...signals,
    disk: () => deps.disk(signals.stop),
  })
  endProxies()
  await publish(report, runner, docs)
  done.abort()
}

/**
 * Handles the signals of the process. The first signal aborts `stop`, and `abandon` after {@link graceTime}. A second
 * signal ends the process.
 */
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

/** Returns the URL of `docs/errors.md` in the version of the action that runs, or its path without a repository. */
function docsUrl(environment: Readonly<Record<string, string | undefined>>): string {
  // `GITHUB_ACTION_REPOSITORY` is empty for an action in the workflow's own checkout (`uses: ./`).
  const repository = environment.GITHUB_ACTION_REPOSITORY || environment.GITHUB_REPOSITORY
  if (!repository) return 'docs/errors.md'
  const ref = environment.GITHUB_ACTION_REF || environment.GITHUB_SHA || 'HEAD'
  // The action's repository is on github.com, also for a workflow on GitHub Enterprise Server.
  return `https://github.com/${repository}/blob/${ref}/docs/errors.md`
}
