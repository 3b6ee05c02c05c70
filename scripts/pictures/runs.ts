import { GitHubWorld, startLocalGitHub } from '../../local/github/index.ts'
import {
  createWorld,
  sampleWorkspace,
  scripts,
  startLocalRailway,
} from '../../local/railway/index.ts'
import {
  HEAD_SHA,
  type PullRequestOptions,
  pullRequest,
  runAction,
} from '../../local/runner/index.ts'
import { SimulatedClock } from '../../local/simulated-clock.ts'

/** Returns the comment and the summary of three previews: a live one, one with a failed build, and a deleted one. */
export async function previewRuns(): Promise<Record<string, { comment: string; summary: string }>> {
  const clock = new SimulatedClock()
  const world = createWorld({ clock })
  const sample = sampleWorkspace(world)
  const railway = await startLocalRailway({ world, clock })
  const hub = new GitHubWorld({ clock })
  hub.commit(HEAD_SHA)
  hub.commit(sample.commit, [HEAD_SHA])
  const github = await startLocalGitHub({ world: hub, clock })
  const run = async (event: PullRequestOptions) => {
    const inputs = {
      command: 'preview',
      token: sample.tokens.workspace,
      'api-url': railway.url,
      projects: 'shop*',
    }
    const { summary } = await runAction({
      clock,
      inputs,
      event: pullRequest(event),
      github: { apiUrl: github.url },
      env: { GITHUB_ACTION: 'preview' },
    })
    return { comment: hub.comments[0]?.body ?? '', summary }
  }
  const live = await run({ action: 'opened' })
  world.script(sample.services.apiEu, 'pr-7', [scripts.buildFails])
  const failing = await run({ sha: sample.commit })
  const deleted = await run({ action: 'closed', sha: sample.commit })
  await railway.close()
  await github.close()
  return { live, failing, deleted }
}
