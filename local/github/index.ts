/** The local GitHub: one repository's comments, deployments and pull requests over REST. */
export { type GitHubFaultName, gitHubFaults } from './faults.ts'
export type { Permissions } from './model.ts'
export {
  type GitHubFaultRule,
  type GitHubRequest,
  type LocalGitHub,
  startLocalGitHub,
} from './server.ts'
export { type GitHubOptions, type GitHubState, GitHubWorld, stateOf } from './world.ts'
