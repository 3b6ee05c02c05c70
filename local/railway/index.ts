/**
 * The local Railway: a world of workspaces and projects, and a server for the part of Railway's API that the action uses.
 *
 *     const world = createWorld({ clock })
 *     const acme = world.workspace('Acme')
 *     const shop = world.project(acme, 'shop', { environments: ['production', 'staging'] })
 *     const web = world.service(shop, 'web', { source: { repo: 'acme/shop' }, domain: true })
 *     world.script(web, 'production', [scripts.buildFails])
 *     const railway = await startLocalRailway({ world, clock, faults: [{ nth: 2, fault: 'status-500' }] })
 *     // … a client sends requests to railway.url with world.workspaceToken(acme) …
 *     railway.requests          // the requests, in order
 *     world.newDeployments()    // the deployments that they created
 *     world.snapshot()          // the content and variables that serve traffic now
 *     await railway.close()
 */
export { type Alternative, alternatives } from './alternatives.ts'
export { type Behaviour, defaultBehaviour, type NewerPart, newerParts } from './behaviour.ts'
export {
  type Fault,
  type FaultName,
  type FaultRule,
  faultCatalogue,
} from './faults.ts'
export { planRefusals, type When } from './incidents.ts'
export { type LimitsOption, planLimits } from './limits.ts'
export type { Service } from './model.ts'
export type { LoggedRequest } from './request-log.ts'
export {
  type LargeWorkspace,
  largeWorkspace,
  type SampleWorkspace,
  sampleWorkspace,
} from './sample.ts'
export { commandLines, type DeploymentScript, type Script, scripts } from './script.ts'
export { type SeededFaultsOptions, seededFaults } from './seeded-faults.ts'
export { type LocalRailway, type LocalRailwayOptions, startLocalRailway } from './server.ts'
export { type WorldState, worldStateSchema } from './state.ts'
export { createWorld, type World } from './world.ts'
export type {
  EnvironmentOptions,
  ProjectOptions,
  SeedDeployment,
  ServiceInstanceOptions,
  ServiceOptions,
  WorkspaceOptions,
  WorldOptions,
} from './world-options.ts'
