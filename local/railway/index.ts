/** The local Railway: a world to fill, and a server that speaks the part of its API that the action uses. */
export type { Behaviour } from './behaviour.ts'
export {
  type Fault,
  type FaultName,
  type FaultRule,
  faultCatalogue,
  seededFaults,
} from './faults.ts'
export { planLimits } from './limits.ts'
export type { LoggedRequest } from './request-log.ts'
export {
  type LargeWorkspace,
  largeWorkspace,
  type SampleWorkspace,
  sampleWorkspace,
} from './sample.ts'
export { nastyLines, type Script, scripts } from './script.ts'
export { type LocalRailway, type LocalRailwayOptions, startLocalRailway } from './server.ts'
export { createWorld, type World } from './world.ts'
