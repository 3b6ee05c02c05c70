/** The local GitHub: a REST server for one repository, with its comments, commits, deployments and pull requests. */
export { type GitHubFaultName, gitHubFaults } from './faults.ts'
export type { Permissions } from './model.ts'
export {
  type GitHubFaultRule,
  type GitHubRequest,
  type LocalGitHub,
  startLocalGitHub,
} from './server.ts'
export { type GitHubState, gitHubStateSchema } from './state.ts'
export { type GitHubOptions, GitHubWorld, stateOf } from './world.ts'
