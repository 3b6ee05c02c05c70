import { readFileSync } from 'node:fs'
import { z } from 'zod'
import {
  event,
  MERGE_SHA,
  pullRequest,
  push,
  REPOSITORY,
  type RunnerEvent,
  schedule,
  workflowDispatch,
} from '../runner/index.ts'
import { UsageError } from './usage-error.ts'

/** Functions that return an event for a commit, by the value of `--event`. */
const namedEvents: Readonly<Record<string, (sha: string) => RunnerEvent>> = {
  push: (sha) => push({ sha }),
  pull_request: (sha) => pullRequest({ sha, action: 'opened' }),
  'pull_request-labeled': (sha) => withLabel(pullRequest({ sha, action: 'labeled' }), true),
  'pull_request-unlabeled': (sha) => withLabel(pullRequest({ sha, action: 'unlabeled' }), false),
  'pull_request-closed': (sha) => pullRequest({ sha, action: 'closed' }),
  'pull_request-merged': (sha) => pullRequest({ sha, merged: true }),
  'pull_request-fork': (sha) => pullRequest({ sha, action: 'opened', fork: true }),
  'pull_request-dependabot': (sha) => pullRequest({ sha, action: 'opened', dependabot: true }),
  issue_comment: (sha) =>
    event('issue_comment', {
      sha,
      ref: 'refs/heads/main',
      payload: {
        action: 'created',
        issue: { number: 7, pull_request: {} },
        comment: { body: '/preview', author_association: 'MEMBER' },
      },
    }),
  schedule: (sha) => schedule({ sha }),
  workflow_dispatch: (sha) => workflowDispatch({ sha }),
}

/** Adds the label `preview` to the event. `isSet`: the pull request has the label after the event. */
function withLabel(one: RunnerEvent, isSet: boolean): RunnerEvent {
  const label = { name: 'preview' }
  const pull = z.looseObject({}).parse(one.payload.pull_request)
  const payload = { ...one.payload, label, pull_request: { ...pull, labels: isSet ? [label] : [] } }
  return { ...one, payload }
}

export const eventNames = Object.keys(namedEvents)

/** The parts of a payload that variables of the runner depend on. */
const payloadSchema = z.looseObject({
  ref: z.string().optional(),
  after: z.string().optional(),
  number: z.number().optional(),
  schedule: z.string().optional(),
  comment: z.looseObject({}).optional(),
  issue: z.looseObject({}).optional(),
  workflow_run: z.looseObject({}).optional(),
  sender: z.looseObject({ login: z.string() }).optional(),
  pull_request: z
    .looseObject({
      number: z.number(),
      head: z.looseObject({ ref: z.string(), sha: z.string() }),
      base: z.looseObject({ ref: z.string() }),
    })
    .optional(),
})

type Payload = z.infer<typeof payloadSchema>

/**
 * Returns the event with this name, or an event with the payload in this file. Throws {@link UsageError} for an invalid file.
 *
 * @param sha the commit, unless the payload has one
 * @param name the name of the event in the file; by default it is inferred from the payload
 */
export function readEvent(nameOrFile: string, sha: string, name?: string): RunnerEvent {
  const named = namedEvents[nameOrFile]
  if (named) return named(sha)
  const payload = readPayload(nameOrFile)
  const eventName = name ?? inferName(payload)
  if (eventName === null) {
    throw new UsageError(
      `--event: the payload in ${nameOrFile} does not identify its event. Add --event-name.`,
    )
  }
  const { pull_request: pull } = payload
  const repository = { full_name: REPOSITORY, default_branch: 'main' }
  return {
    name: eventName,
    sha: pull ? MERGE_SHA : (payload.after ?? sha),
    ref: pull ? `refs/pull/${pull.number}/merge` : fullRef(payload.ref ?? 'main'),
    headRef: pull?.head.ref ?? '',
    baseRef: pull?.base.ref ?? '',
    actor: payload.sender?.login ?? 'octocat',
    payload: { repository, ...payload },
  }
}

const fullRef = (ref: string) => (ref.startsWith('refs/') ? ref : `refs/heads/${ref}`)

function readPayload(file: string): Payload {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new UsageError(`--event: cannot read ${file}.`)
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new UsageError(
      `--event: ${file} is not JSON: ${error instanceof Error ? error.message : ''}`,
    )
  }
  const parsed = payloadSchema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new UsageError(
    `--event: ${file} is not the payload of an event: ${z.prettifyError(parsed.error)}`,
  )
}

/** Infers the name of the event from the payload, which does not contain it. `null`: unknown. */
function inferName(payload: Payload): string | null {
  if (payload.pull_request) return 'pull_request'
  if (payload.workflow_run) return 'workflow_run'
  if (payload.issue && payload.comment) return 'issue_comment'
  if (payload.schedule !== undefined) return 'schedule'
  if (payload.after !== undefined) return 'push'
  return 'inputs' in payload ? 'workflow_dispatch' : null
}
