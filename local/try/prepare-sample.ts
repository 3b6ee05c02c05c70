import { z } from 'zod'
import { mostSimilar } from '../../src/suggest.ts'
import { type Service, scripts } from '../railway/index.ts'
import type { RunnerEvent } from '../runner/index.ts'
import { pullRequestNumber, type Sample } from '../sample.ts'
import { isTriggeredBy, triggersOf, type WorkflowFile } from '../workflow/workflow-file.ts'
import type { TryOptions } from './arguments.ts'
import { eventNames, readEvent } from './events.ts'
import { UsageError } from './usage-error.ts'

/** Returns the commit of the event: `newest`, or with `--changes` a new commit whose parent is `newest`. */
export function commitOf({ hub, world }: Sample, { changes }: TryOptions, newest: string): string {
  if (changes.length === 0) return newest
  const sha = world.ids.commit('try', newest)
  hub.commit(
    sha,
    [newest],
    changes.map((name) => ({ name })),
  )
  return sha
}

/** Returns the event of the options, or else the default event of the command or of the workflow. */
export function eventOf(
  options: TryOptions,
  workflow: WorkflowFile | null,
  commit: string,
): RunnerEvent {
  const { event, eventName } = options
  if (event !== undefined) {
    const read = readEvent(event, commit, eventName)
    if (options.changes.length > 0 && !isAbout(read, commit)) {
      throw new UsageError(
        `--changes would have no effect: the payload in ${event} names a commit of its own.`,
      )
    }
    return read
  }
  if (!workflow)
    return readEvent(options.inputs.command === 'preview' ? 'pull_request' : 'push', commit)
  const events = triggersOf(workflow)
    .flatMap((trigger) => eventNames.filter((name) => name.split('-')[0] === trigger))
    .map((name) => readEvent(name, commit))
  const first = events.find((one) => isTriggeredBy(workflow, one))
  if (first) return first
  throw new UsageError(
    `--workflow: there is no default event for ${triggersOf(workflow).join(', ')}. Add --event.`,
  )
}

/** Returns whether the commit of the event, or of its pull request, is this one. */
const isAbout = ({ sha, payload }: RunnerEvent, commit: string): boolean =>
  sha === commit || pullSchema.safeParse(payload.pull_request).data?.head.sha === commit

/** Adds the pull request of the event to the local GitHub. Makes the builds and web sites fail that the options name. */
export function prepareSample(sample: Sample, options: TryOptions, event: RunnerEvent): void {
  const { hub, world, sites } = sample
  const pull = pullSchema.safeParse(event.payload.pull_request)
  if (pull.success) {
    const { number, state, merged, merge_commit_sha: merge, head } = pull.data
    hub.pullRequest(number, {
      state,
      merged,
      branch: head.ref,
      sha: head.sha,
      headRepository: head.repo?.full_name ?? hub.repository,
      mergeCommit: merged ? merge : null,
    })
  }
  for (const path of options.fail) {
    world.script(serviceOf(sample, path, '--fail'), '*', [scripts.buildFails])
  }
  for (const path of options.unhealthy) {
    const service = serviceOf(sample, path, '--unhealthy')
    const instances = [...world.environments.values()].flatMap((one) => one.instances)
    for (const instance of instances.filter((one) => one.service === service)) {
      for (const { domain } of [...instance.customDomains, ...instance.serviceDomains]) {
        sites.set(domain, [503])
      }
    }
  }
}

/** The parts of a payload's pull request that the local GitHub returns. */
const pullSchema = z.looseObject({
  number: z.number().default(pullRequestNumber),
  state: z.enum(['open', 'closed']).default('open'),
  merged: z.boolean().default(false),
  merge_commit_sha: z.string().nullable().default(null),
  head: z.looseObject({
    ref: z.string(),
    sha: z.string(),
    repo: z.looseObject({ full_name: z.string() }).nullable().optional(),
  }),
})

/** Returns the service with the path `project/service`. Throws {@link UsageError} if there is none. */
function serviceOf({ world }: Sample, path: string, option: string): Service {
  const services = [...world.services.values()].filter(({ deletedAt }) => deletedAt === null)
  const pathOf = ({ project, name }: Service) => `${project.name}/${name}`
  const found = services.find((one) => pathOf(one) === path)
  if (found) return found
  const paths = services.map(pathOf)
  const meant = mostSimilar(path, paths)
  const hint = meant ? ` Did you mean ${meant}?` : ''
  throw new UsageError(`${option}: expected one of ${paths.join(', ')}, not ${path}.${hint}`)
}
