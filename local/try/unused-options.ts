import type { RunnerEvent } from '../runner/index.ts'
import type { Sample } from '../sample.ts'
import { isWithoutSecrets } from '../workflow/run-workflow.ts'
import type { WorkflowFile } from '../workflow/workflow-file.ts'
import type { TryOptions } from './arguments.ts'
import type { RunStart } from './describe-run.ts'

/** Returns a problem for each secret and each output that nothing in the workflow file can read. */
export function unreadValues(
  text: string,
  { jobs }: WorkflowFile,
  { secrets, outputs }: Pick<TryOptions, 'secrets' | 'outputs'>,
): string[] {
  const named = new Set([...text.matchAll(/\bsecrets\.([A-Za-z_]\w*)/g)].map(([, name]) => name))
  const commands = Object.values(jobs)
    .flatMap(({ steps }) => steps)
    .flatMap(({ id, run }) => (id !== undefined && run !== undefined ? [id] : []))
  return [
    ...Object.keys(secrets)
      .filter((name) => !named.has(name))
      .map((name) => `--secret: the workflow has no secret ${name}. It has ${listed(named)}.`),
    ...Object.keys(outputs)
      .filter((path) => path.includes('.') && !commands.includes(path.split('.')[0] ?? ''))
      .map(
        (path) =>
          `--output: no command of the workflow has the id ${path.split('.')[0]}. Commands with an id: ${listed(commands)}.`,
      ),
  ]
}

/** Returns a note for each option that the run did not use. It reads the state of the sample workspace after the run. */
export function unusedOptions(
  { token, fail, unhealthy }: Pick<TryOptions, 'token' | 'fail' | 'unhealthy'>,
  event: RunnerEvent,
  { world, sites }: Sample,
  start: RunStart,
): string[] {
  const deployed = new Set(
    world
      .newDeployments()
      .filter(({ createdAt }) => createdAt >= start.at)
      .map(({ project, service }) => `${project}/${service}`),
  )
  const requested = new Set(
    sites.requests.filter(({ at }) => at >= start.at).map(({ host }) => host),
  )
  const hostsOf = (place: string) =>
    [...world.environments.values()]
      .flatMap(({ instances }) => instances)
      .filter(({ service }) => `${service.project.name}/${service.name}` === place)
      .flatMap(({ customDomains, serviceDomains }) => [...customDomains, ...serviceDomains])
      .map(({ domain }) => domain)
  return [
    ...fail
      .filter((place) => !deployed.has(place))
      .map(
        (place) =>
          `--fail ${place} had no effect: the run did not deploy it. It deployed ${listed(deployed)}.`,
      ),
    ...unhealthy
      .filter((place) => !hostsOf(place).some((host) => requested.has(host)))
      .map(
        (place) =>
          `--unhealthy ${place} had no effect: ${
            hostsOf(place).length === 0
              ? 'the service has no public address.'
              : 'the run did not request its address. Add health-check=/path, and select the service.'
          }`,
      ),
    ...(token !== 'workspace' && isWithoutSecrets(event)
      ? [`--token ${token} had no effect: GitHub gives no secrets to this ${event.name}.`]
      : []),
  ]
}

const listed = (names: Iterable<string | undefined>) => [...names].join(', ') || 'none'
