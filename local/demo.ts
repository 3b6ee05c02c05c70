import { createWorld, sampleWorkspace, scripts, startLocalRailway } from './railway/index.ts'
import { push, type RunOptions, render, runAction } from './runner/index.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { hasColors } from './terminal.ts'

/**
 * `npm run demo`: three runs of the action against a local Railway, as a runner would make them, on
 * simulated time. The first deploys, the second meets a build that fails, the third has a token of another
 * workspace.
 */
const clock = new SimulatedClock()
const world = createWorld({ clock })
const { acme, tokens, commit, services, repository } = sampleWorkspace(world)
const railway = await startLocalRailway({ world, clock })

async function show(
  title: string,
  inputs: Record<string, string>,
  options: Omit<RunOptions, 'clock'> = {},
) {
  const transcript = await runAction({
    clock,
    event: push({ sha: commit }),
    ...options,
    inputs: { 'api-url': railway.url, token: tokens.workspace, ...inputs },
  })
  console.log(`\n\n━━━ ${title}\n`)
  console.log(
    Object.entries(inputs)
      .filter(([name]) => name !== 'token')
      .map(([name, value]) => `    ${name}: ${value.replaceAll('\n', ' | ')}`)
      .join('\n'),
  )
  console.log(render(transcript, { color: hasColors(process) }))
  return transcript.exitCode
}

console.log(
  `A local Railway listens on ${railway.url}: workspace "${acme.name}" with ${acme.projects.length} projects. Time is simulated: a minute in the log takes no time here.`,
)
const good = await show('1. Deploy every service built from acme/shop, in every project', {
  environment: 'production',
})

world.script(services.api, 'staging', [scripts.buildFails])
const failing = await show('2. Deploy to staging, where the build of one service fails', {
  environment: 'staging',
  projects: 'shop',
})

const wrongScope = await show('3. The same with a token of another workspace', {
  environment: 'production',
  workspace: 'Acme',
  token: tokens.foreign,
})

await railway.close()
const asExpected = good === 0 && failing === 1 && wrongScope === 1
console.log(
  asExpected
    ? `\nAll three ended as they should: exit codes 0, 1 and 1. Repository of the demo: ${repository}.`
    : `\nUnexpected exit codes: ${good}, ${failing}, ${wrongScope}.`,
)
process.exitCode = asExpected ? 0 : 1
