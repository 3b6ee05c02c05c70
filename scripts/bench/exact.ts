import { z } from 'zod'
import { jitterRow } from './jitter.ts'
import { previewRow } from './previews.ts'
import { shardsRow } from './shards.ts'

/** The measurements that `docs/bench.json` keeps. All but `processes` do not depend on the machine. */
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
      /** As a multiple of a Node process that does nothing. */
      processorTime: z.number(),
      peakMegabytes: z.number(),
      /** The peak of a Node process that does nothing. */
      emptyMegabytes: z.number(),
    }),
  ),
})

/** What a run takes of the machine, beside a Node process that does nothing. */
export type ProcessRow = ExactResults['processes'][number]

export type ExactResults = z.infer<typeof exactResults>
