import { z } from 'zod'
import { jitterRow } from './jitter.ts'
import { previewRow } from './previews.ts'
import { shardsRow } from './shards.ts'

/** The measurements in `docs/bench.json`. All except `processes` are independent of the machine. */
export const exactResults = z.object({
  commands: z.array(
    z.object({
      command: z.string(),
      projects: z.number(),
      services: z.number(),
      requests: z.number(),
      seconds: z.number(),
    }),
  ),
  requests: z.array(
    z.object({
      services: z.number(),
      projects: z.number(),
      plan: z.enum(['free', 'hobby', 'pro']),
      lag: z.number(),
      known: z.boolean(),
      requests: z.number(),
      seconds: z.number(),
      refused: z.number(),
    }),
  ),
  durations: z.array(
    z.object({
      deployment: z.number(),
      known: z.boolean(),
      requests: z.number(),
      seconds: z.number(),
    }),
  ),
  previews: z.array(previewRow),
  jitter: z.array(jitterRow),
  shards: shardsRow,
  processes: z.array(
    z.object({
      run: z.string(),
      /** CPU time, as a multiple of the CPU time of an empty Node process. */
      processorTime: z.number(),
      peakMegabytes: z.number(),
      /** Peak memory of an empty Node process. */
      emptyMegabytes: z.number(),
    }),
  ),
})

/** The CPU time and memory of a run, compared with an empty Node process. */
export type ProcessRow = ExactResults['processes'][number]

export type ExactResults = z.infer<typeof exactResults>
