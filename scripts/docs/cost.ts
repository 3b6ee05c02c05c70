import type { ExactResults } from '../bench/exact.ts'

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const planNames = { free: 'Free', hobby: 'Hobby', pro: 'Pro' }

/** Renders what the bench measured: requests and seconds by command, by size and by duration. */
export function costTables({
  commands,
  requests,
  durations,
  shards,
  processes,
}: ExactResults): string {
  const byCommand = table(
    ['command', 'projects', 'services', 'requests'],
    commands.map((row) => [`\`${row.command}\``, row.projects, row.services, row.requests]),
  )
  const bySize = table(
    ['services', 'plan', 'requests', 'first time', 'shown after 30 s', 'seconds'],
    requests
      .filter(({ lag, known }) => lag === 0 && known)
      .map(({ services, plan, requests: count, seconds }) => {
        const others = requests.filter((row) => row.services === services && row.plan === plan)
        const first = others.find(({ lag, known }) => lag === 0 && !known)?.requests ?? ''
        const late = others.find(({ lag }) => lag > 0)?.requests ?? ''
        return [services, planNames[plan], count, first, late, seconds.toFixed(0)]
      }),
  )
  const byDuration = table(
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
  const parts = `Planning ${format(shards.projects)} projects with ${format(shards.services)} services in ${shards.shards} shards takes at most ${shards.requestsOfOne} requests and ${shards.secondsOfOne.toFixed(0)} seconds a shard.`
  const byRun = table(
    ['run', 'processor time', 'peak memory'],
    processes.map((row) => [
      row.run,
      `${row.processorTime.toFixed(1)} × an empty Node`,
      `${row.peakMegabytes} MB (empty Node: ${row.emptyMegabytes} MB)`,
    ]),
  )
  return [
    byCommand,
    'Deploying everything, by size:',
    bySize,
    byDuration,
    parts,
    'On the runner:',
    byRun,
  ].join('\n\n')
}

const format = (count: number) => count.toLocaleString('en-US')
