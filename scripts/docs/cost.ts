import type { ExactResults } from '../bench/exact.ts'

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const planNames = { free: 'Free', hobby: 'Hobby', pro: 'Pro' }

/** Renders the measurements in `docs/bench.json` as Markdown tables. */
export function costTables(results: ExactResults): string {
  return [
    commandTable(results.commands),
    'Deploying all services, by their number. In the column "first time", no service has a previous deployment. In the column\n' +
      '"listed after 30 s", a new deployment appears in the lists of Railway only after 30 seconds. Both are numbers of requests.',
    sizeTable(results.requests),
    durationTable(results.durations),
    'One project with deployments of 8.1 seconds. Railway clones it in 8 seconds and changes it in 3 seconds. With a quick\n' +
      'clone, each takes 0.3 seconds.',
    previewTable(results.previews),
    `Deploying ${results.jitter[0]?.services ?? 0} services over a network that delays some requests more than others:`,
    jitterTable(results.jitter),
    describeShards(results.shards),
    'On the runner:',
    processTable(results.processes),
  ].join('\n\n')
}

const commandTable = (commands: ExactResults['commands']) =>
  table(
    ['command', 'projects', 'services', 'requests'],
    commands.map((row) => [`\`${row.command}\``, row.projects, row.services, row.requests]),
  )

/** Renders a row for each size and plan. It has the requests of the first run, and of a run with late lists. */
const sizeTable = (requests: ExactResults['requests']) =>
  table(
    ['services', 'plan', 'requests', 'first time', 'listed after 30 s', 'seconds'],
    requests
      .filter(({ lag, known }) => lag === 0 && known)
      .map(({ services, plan, requests: count, seconds }) => {
        const others = requests.filter((row) => row.services === services && row.plan === plan)
        const first = others.find(({ lag, known }) => lag === 0 && !known)?.requests ?? ''
        const late = others.find(({ lag }) => lag > 0)?.requests ?? ''
        return [services, planNames[plan], count, first, late, seconds.toFixed(0)]
      }),
  )

const durationTable = (durations: ExactResults['durations']) =>
  table(
    ['a deployment of', 'is reported after', 'first time'],
    durations
      .filter(({ known }) => known)
      .map(({ deployment, seconds }) => {
        const first = durations.find((row) => row.deployment === deployment && !row.known)
        return [
          `${deployment} s`,
          `${seconds.toFixed(0)} s`,
          first ? `${first.seconds.toFixed(0)} s` : '',
        ]
      }),
  )

const previewTable = (previews: ExactResults['previews']) =>
  table(
    ['run', 'services', 'requests', 'seconds', 'seconds of work in Railway'],
    previews.map((row) => [
      row.run,
      row.services,
      row.requests,
      row.seconds.toFixed(1),
      row.railwaySeconds.toFixed(1),
    ]),
  )

const jitterTable = (jitter: ExactResults['jitter']) =>
  table(
    ['plan', 'jitter of the network', 'deployments started per second', 'responses with 429'],
    jitter.map((row) => [
      planNames[row.plan],
      `${row.jitter} ms`,
      `${row.perSecond} of ${row.permittedPerSecond}`,
      row.refused,
    ]),
  )

const processTable = (processes: ExactResults['processes']) =>
  table(
    ['run', 'processor time', 'peak memory'],
    processes.map((row) => [
      row.run,
      `${row.processorTime.toFixed(1)} × an empty Node`,
      `${row.peakMegabytes} MB (empty Node: ${row.emptyMegabytes} MB)`,
    ]),
  )

function describeShards({
  projects,
  services,
  shards,
  planning,
  deploying,
  peakMegabytes,
}: ExactResults['shards']): string {
  const minutes = (deploying.seconds / 60).toFixed(0)
  return [
    `Planning ${format(projects)} projects with ${format(services)} services in ${shards} shards takes at most ${planning.requests} requests, ${planning.seconds.toFixed(0)} seconds and ${peakMegabytes} MB per shard.`,
    `Deploying the ${format(deploying.services)} services of one of them takes ${format(deploying.requests)} requests and ${minutes} minutes,`,
    'at one eighth of 50 requests per second.',
  ].join('\n')
}

const format = (count: number) => count.toLocaleString('en-US')
