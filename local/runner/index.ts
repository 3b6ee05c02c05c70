export { UnknownInputError } from './environment.ts'
export type { PullRequestOptions, RunnerEvent } from './events.ts'
export {
  BASE_SHA,
  deletingPush,
  event,
  HEAD_SHA,
  MERGE_SHA,
  pullRequest,
  push,
  REPOSITORY,
  schedule,
  workflowDispatch,
} from './events.ts'
export type { Annotation, LogLine } from './log.ts'
export { type RenderOptions, render, renderLog } from './render.ts'
export { cancelJob, type RunOptions, runAction } from './run-action.ts'
export { type BundleOptions, runBundle } from './run-bundle.ts'
export type { StepOptions } from './step.ts'
export type { Transcript } from './transcript.ts'
export type { Command } from './workflow-commands.ts'
