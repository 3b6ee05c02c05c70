import { appendFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { realClock } from './clock.ts'
import { GitHubWorld, startLocalGitHub } from './github/index.ts'
import { createWorld, type Script, sampleWorkspace, startLocalRailway } from './railway/index.ts'
import { outputEntry } from './runner/format-commands.ts'

const usage = `npm run serve -- [options]

Starts a local Railway with the sample workspace, and a local GitHub, in real time. Prints their addresses and a
workspace token, and serves until it is stopped.

  --repository owner/name   the repository that services are built from (default: acme/shop)
  --port number             port of the local Railway (default: any free one)
  --output file             also writes url, token and github-url there, as outputs of a workflow step
  --help                    prints this text`

/** Deployments take a second here, so that a job can wait for them. */
const quick: Script = [{ status: 'BUILDING', seconds: 1 }, 'SUCCESS']

interface Options {
  repository: string
  port: number
  output: string | undefined
}

function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      repository: { type: 'string', default: 'acme/shop' },
      port: { type: 'string', default: '0' },
      output: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const port = Number(values.port)
  if (!/^[^/\s]+\/[^/\s]+$/.test(values.repository)) {
    throw new Error(`--repository: expected owner/name, not ${values.repository}`)
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port: expected a number from 0 to 65535, not ${values.port}`)
  }
  return values.help ? null : { repository: values.repository, port, output: values.output }
}

async function serve({ repository, port, output }: Options): Promise<void> {
  const clock = realClock()
  const world = createWorld({ clock, behaviour: { cloneSeconds: 1, patchSeconds: 1 } })
  world.defaults = { build: quick, image: quick, rollback: quick }
  const { tokens } = sampleWorkspace(world, { repository })
  const railway = await startLocalRailway({ world, clock, port })
  const hub = new GitHubWorld({ clock, repository })
  hub.pullRequest(7)
  const github = await startLocalGitHub({ world: hub, clock })
  const outputs = { url: railway.url, token: tokens.workspace, 'github-url': github.url }
  for (const [name, value] of Object.entries(outputs)) console.log(`${name}=${value}`)
  if (output !== undefined) {
    const entries = Object.entries(outputs).map(([name, value]) => outputEntry(name, value))
    // In one piece, so that who waits for the file never reads a part of it.
    appendFileSync(output, entries.join(''))
  }
  const close = () => {
    Promise.all([railway.close(), github.close()]).then(() => process.exit(0))
  }
  process.once('SIGINT', close)
  process.once('SIGTERM', close)
}

try {
  const options = readOptions()
  if (options) await serve(options)
  else console.log(usage)
} catch (error) {
  console.error(`serve: ${error instanceof Error ? error.message : String(error)}`)
  console.error('npm run serve -- --help lists the options.')
  process.exitCode = 1
}
