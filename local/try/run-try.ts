import { GitHubWorld, startLocalGitHub } from '../github/index.ts'
import { createWorld, sampleWorkspace, startLocalRailway, type World } from '../railway/index.ts'
import { render, runAction, type Transcript } from '../runner/index.ts'
import { NO_INK, renderMarkdown } from '../runner/render-markdown.ts'
import { SimulatedClock } from '../simulated-clock.ts'
import { parseArguments, type TryOptions } from './arguments.ts'
import { readEvent } from './events.ts'
import { helpText } from './help.ts'

export interface Terminal {
  out(text: string): void
  error(text: string): void
  color: boolean
}

/** The exit code for arguments that cannot be understood; 0 and 1 are the action's. */
const wrongArguments = 2

/** Does what `npm run try` does with these arguments, and returns the exit code. */
export async function runTry(args: readonly string[], terminal: Terminal): Promise<number> {
  const parsed = parseArguments(args)
  if (parsed.kind === 'help') {
    terminal.out(helpText())
    return 0
  }
  if (parsed.kind === 'wrong') return refuse(parsed.problems, terminal)
  try {
    return await runOnce(parsed.options, terminal)
  } catch (error) {
    return refuse([error instanceof Error ? error.message : String(error)], terminal)
  }
}

function refuse(problems: readonly string[], terminal: Terminal): number {
  terminal.error([...problems, 'npm run try -- --help shows how to call it.', ''].join('\n'))
  return wrongArguments
}

async function runOnce(options: TryOptions, terminal: Terminal): Promise<number> {
  const clock = new SimulatedClock()
  // Headers as the action assumes them, so that a diagnosis refutes nothing.
  const world = createWorld({ clock, behaviour: { rateLimitPolicy: 'hour-only' } })
  const sample = sampleWorkspace(world)
  const event = readEvent(options.event, sample.commit, options.eventName)
  const hub = new GitHubWorld({ clock, repository: sample.repository })
  hub.pullRequest(numberOf(event.payload), { sha: sample.commit })
  hub.observe(event.payload)
  const railway = await startLocalRailway({ world, clock })
  const github = options.github ? await startLocalGitHub({ world: hub, clock }) : null
  try {
    const token = sample.tokens[options.token]
    const transcript = await runAction({
      clock,
      event,
      inputs: { token, 'api-url': railway.url, ...options.inputs },
      ...(github && { github: { apiUrl: github.url } }),
      ...(options.files !== undefined && { workspaceFolder: options.files }),
    })
    terminal.out(render(transcript, { color: terminal.color, outputs: true }))
    terminal.out(report(transcript, world, github && hub, railway.requests.length))
    return transcript.exitCode ?? 1
  } finally {
    await Promise.all([railway.close(), github?.close()])
  }
}

const numberOf = ({ number }: Record<string, unknown>) => (typeof number === 'number' ? number : 7)

/** Tells what the run left behind, which a workflow does not show. */
function report(
  { exitCode, signal }: Transcript,
  world: World,
  hub: GitHubWorld | null,
  requests: number,
): string {
  const deployments = world.newDeployments().map(({ project, environment, service, status }) => {
    return `${project}/${environment}/${service}: ${status}`
  })
  const comments = (hub?.comments ?? []).flatMap(({ issue, body }) => [
    '',
    `The comment on pull request ${issue}:`,
    ...renderMarkdown(withoutMarker(body), NO_INK)
      .split('\n')
      .map((line) => `  ${line}`),
  ])
  return [
    `Requests to Railway: ${requests}`,
    ...list('New deployments', deployments),
    ...list('GitHub deployments', hub?.deploymentStates() ?? []),
    ...comments,
    ...(exitCode === null ? [`The run was ended by ${signal}.`] : []),
    '',
  ].join('\n')
}

const withoutMarker = (body: string) => body.replace(/^<!--.*-->\n/, '')

const list = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)]
