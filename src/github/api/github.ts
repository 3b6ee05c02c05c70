import type { RunContext } from '../../inputs/run-context.ts'
import type { Comments, GitHubDeploymentsPort } from '../../publish/ports.ts'
import { GitHubClient, type GitHubEdges } from './client.ts'
import { GitHubComments } from './comments.ts'
import { GitHubCommits } from './commits.ts'
import { GitHubDeployments } from './deployments.ts'
import { GitHubPullRequests } from './pull-requests.ts'
import { toRepository } from './repository.ts'

/** The ports to GitHub of one run. They share one client. */
export interface GitHub {
  readonly comments: Comments
  readonly records: GitHubDeploymentsPort
  readonly pullRequests: GitHubPullRequests
  readonly commits: GitHubCommits
}

/** Creates the ports for the repository of a run. */
export function connectGitHub(
  edges: Omit<GitHubEdges, 'apiUrl'>,
  { run }: Pick<RunContext, 'run'>,
): GitHub {
  const client = new GitHubClient({ ...edges, apiUrl: run.apiUrl })
  const repository = toRepository(run.repository)
  return {
    comments: new GitHubComments(client, repository),
    records: new GitHubDeployments(client, repository, run.key),
    pullRequests: new GitHubPullRequests(client, repository),
    commits: new GitHubCommits(client, repository),
  }
}
