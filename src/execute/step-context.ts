import type { Turns } from './change-queue.ts'
import type { ExecuteEdges, ExecuteOptions } from './context.ts'
import type { Watch } from './deployment-poller.ts'
import type { Outcome } from './outcome.ts'
import type { Creations } from './preview/create.ts'
import type { ReadyPreviews } from './preview/registry.ts'
import type { Finished } from './verify.ts'

/** The end of a step, or a deployment that has finished and is still to be verified. */
export type Ended = { readonly outcome: Outcome } | { readonly finished: Finished }

/** What a step has at hand while it is performed. */
export interface Execution {
  readonly options: ExecuteOptions
  readonly edges: ExecuteEdges
  readonly turns: Turns
  readonly watch: Watch
  readonly creations: Creations
  /** Where steps find the environments that other steps of this run have made. */
  readonly ready: ReadyPreviews
}
