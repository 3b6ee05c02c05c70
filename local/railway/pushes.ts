import { sameRepo } from './content.ts'
import { statusOf } from './deployment-state.ts'
import { startDeployment } from './deployments.ts'
import type { Deployment } from './model.ts'
import { noRequest } from './origin.ts'
import { scripts, toScript } from './script.ts'
import type { World } from './world.ts'

export interface Push {
  repo: string
  branch: string
  commit: string
  message: string
}

/** Deploys every instance with a trigger for the branch, as Railway does after a push. */
export function push(world: World, { repo, branch, commit, message }: Push): Deployment[] {
  world.heads.set(`${repo.toLowerCase()}#${branch}`, commit)
  world.knownCommits.get(repo.toLowerCase())?.add(commit)
  return [...world.triggers.values()]
    .filter((trigger) => sameRepo(trigger.repository, repo) && trigger.branch === branch)
    .filter(({ instance: { autoDeploy, deletedAt, environment, service, source } }) => {
      if (!source?.repo || !sameRepo(source.repo, repo)) return false
      const exists = deletedAt === null && environment.deletedAt === null
      const skipped = environment.meta?.skippedResourceIds?.includes(service.id) ?? false
      return autoDeploy && exists && !skipped && service.project.deletedAt === null
    })
    .map(({ instance, checkSuites }) =>
      startDeployment(world, instance, {
        cause: 'push',
        content: { kind: 'commit', repo, branch, commit, message },
        origin: noRequest,
        ...(checkSuites && { script: scripts.waitsForChecks }),
      }),
    )
}

const checksFailed = scripts.skippedByChecks.skippedReason

/** Continues the deployments that wait for the checks of a commit, or skips them. */
export function finishChecks(
  world: World,
  { repo, commit, result }: { repo: string; commit: string; result: 'passed' | 'failed' },
): void {
  for (const deployment of world.deployments.values()) {
    const { content, instance } = deployment
    const matches =
      content.kind === 'commit' && content.commit === commit && sameRepo(content.repo, repo)
    if (!matches || statusOf(world, deployment).status !== 'WAITING') continue
    const key = `${instance.service.id}/${instance.environment.name}`
    const script = toScript(world.scripts.get(key)?.shift() ?? world.defaults.build)
    if (result === 'passed') deployment.script = script
    else deployment.script = { ...deployment.script, skippedReason: checksFailed }
    const steps = result === 'passed' ? script.steps : scripts.skipped.steps.slice(1)
    deployment.runs.push({ at: world.now(), steps })
  }
}
