import { appendFileSync } from 'node:fs'
import { realClock } from './clock.ts'
import { GitHubWorld, startLocalGitHub } from './github/index.ts'
import { type OptionKind, readOptions } from './options.ts'
import { createWorld, type Script, sampleWorkspace, startLocalRailway } from './railway/index.ts'
import { outputEntry } from './runner/format-commands.ts'

const usage = `npm run serve -- [options]

Starts a local Railway with the sample workspace, and a local GitHub, in real time. Prints their addresses and a
workspace token, and serves until it is stopped. The web sites of services are not served. To run a health check,
use \`npm run try\`.

  --repository owner/name   the repository that services are built from (default: acme/shop)
  --port number             port of the local Railway (default: any free one)
  --output file             appends url, token and github-url to this file, as outputs of a workflow step
  --help                    prints this text`

/** The phases of every deployment. One second of real time is short enough for a job that waits. */
const quickDeployment: Script = [{ status: 'BUILDING', seconds: 1 }, 'SUCCESS']

interface Options {
  repository: string
  port: number
  output: string | undefined
}

const optionKinds = {
  repository: 'value',
  port: 'value',
  output: 'value',
  help: 'flag',
} as const satisfies Record<string, OptionKind>

/** Parses the options. Returns `null` for `--help`. Throws one error that lists every problem. */
function parseOptions(args: readonly string[]): Options | null {
  const options = readOptions(args, optionKinds)
  if (options.has('help')) return null
  const repository = options.value('repository') ?? 'acme/shop'
  const given = options.value('port') ?? '0'
  const port = Number(given)
  const problems = [
    ...options.problems,
    ...options.words.map((word) => `Expected an option, not ${word}.`),
    ...(/^[^/\s]+\/[^/\s]+$/.test(repository)
      ? []
      : [`--repository: expected owner/name, not ${repository}`]),
    ...(/^\d+$/.test(given) && port <= 65_535
      ? []
      : [`--port: expected a number from 0 to 65535, not ${given}`]),
  ]
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return { repository, port, output: options.value('output') }
}

async function serve({ repository, port, output }: Options): Promise<void> {
  const clock = realClock()
  const world = createWorld({ clock, behaviour: { cloneSeconds: 1, patchSeconds: 1 } })
  world.defaults = { build: quickDeployment, image: quickDeployment, rollback: quickDeployment }
  const { tokens } = sampleWorkspace(world, { repository })
  const railway = await startLocalRailway({ world, clock, port })
  const hub = new GitHubWorld({ clock, repository })
  hub.pullRequest(7)
  const github = await startLocalGitHub({ world: hub, clock })
  const outputs = { url: railway.url, token: tokens.workspace, 'github-url': github.url }
  for (const [name, value] of Object.entries(outputs)) console.log(`${name}=${value}`)
  if (output !== undefined) {
    const entries = Object.entries(outputs).map(([name, value]) => outputEntry(name, value))
    // One write, so that a process that waits for the file never reads a part of it.
    appendFileSync(output, entries.join(''))
  }
  const close = () => {
    Promise.all([railway.close(), github.close()]).then(() => process.exit(0))
  }
  process.once('SIGINT', close)
  process.once('SIGTERM', close)
}

try {
  const options = parseOptions(process.argv.slice(2))
  if (options) await serve(options)
  else console.log(usage)
} catch (error) {
  console.error(`serve: ${error instanceof Error ? error.message : String(error)}`)
  console.error('npm run serve -- --help lists the options.')
  process.exitCode = 2
}
