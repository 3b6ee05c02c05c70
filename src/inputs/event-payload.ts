import { z } from 'zod'

/**
 * Builds the schema of an event's payload, with the parts that name its commit and its pull request. `event-commit.ts`
 * chooses the commit from it.
 */
function makeSchema() {
  const sha = z.string().regex(/^[0-9a-f]{40}$/i)

  const repositorySchema = z.object({ full_name: z.string() })

  const pullRequestSchema = z.object({
    number: z.int().positive(),
    state: z.string().optional().catch(undefined),
    merged: z.boolean().nullish().catch(null),
    merged_at: z.string().nullish().catch(null),
    merge_commit_sha: sha.nullish().catch(null),
    head: z.object({ sha, ref: z.string(), repo: repositorySchema.nullish().catch(null) }),
  })

  /** The schema of a run's `pull_requests`. GitHub lists those of this repository only. */
  const listedPullRequests = z
    .array(z.object({ number: z.int().positive() }))
    .max(1_000)
    .catch([])

  const workflowRunSchema = z.object({
    head_sha: sha,
    head_branch: z.string().nullish().catch(null),
    head_repository: repositorySchema.nullish().catch(null),
    pull_requests: listedPullRequests.optional().catch([]),
  })

  /**
   * The schema of a check's `pull_requests`, with the ids of both repositories. The head repository is `null` if it is
   * deleted. An entry that cannot be read is `null`, so that it does not hide the others.
   */
  const checkedPullRequests = z
    .array(
      z
        .object({
          head: z.object({ repo: z.object({ id: z.number() }).nullable() }),
          base: z.object({ repo: z.object({ id: z.number() }) }),
        })
        .nullable()
        .catch(null),
    )
    .optional()
    .catch(undefined)

  const checkSuiteSchema = z.object({
    head_branch: z.string().nullish().catch(null),
    pull_requests: checkedPullRequests,
  })

  return z.object({
    action: z.string().optional().catch(undefined),
    pull_request: pullRequestSchema.optional().catch(undefined),
    workflow_run: workflowRunSchema.optional().catch(undefined),
    check_suite: checkSuiteSchema.extend({ head_sha: sha }).optional().catch(undefined),
    check_run: z
      .object({
        head_sha: sha,
        check_suite: checkSuiteSchema.nullish().catch(null),
        pull_requests: checkedPullRequests,
      })
      .optional()
      .catch(undefined),
    /** The properties of a `push` event: whether it deleted the branch or tag, and the commit that it pushed. */
    deleted: z.boolean().optional().catch(undefined),
    after: z.string().optional().catch(undefined),
    /** The commit of a `status` event. */
    sha: sha.optional().catch(undefined),
    branches: z
      .array(z.object({ name: z.string(), commit: z.object({ sha }).optional().catch(undefined) }))
      .optional()
      .catch(undefined),
    issue: z
      .object({ number: z.int().positive(), pull_request: z.object({}).nullish().catch(null) })
      .optional()
      .catch(undefined),
  })
}

/** The payload of an event. Parts in an unexpected shape are missing. */
export type EventPayload = z.infer<ReturnType<typeof makeSchema>>

/** The pull requests that a payload lists for a check. */
export type CheckedPullRequests = NonNullable<EventPayload['check_suite']>['pull_requests']

/** The pull request in a payload. */
export type PullRequestPayload = NonNullable<EventPayload['pull_request']>

let schema: ReturnType<typeof makeSchema> | undefined

/** Parses the payload of an event. Parts in an unexpected shape count as missing. */
export function parseEvent(payload: unknown): EventPayload {
  schema ??= makeSchema()
  return schema.safeParse(payload).data ?? {}
}
