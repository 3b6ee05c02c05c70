import { createWorld, sampleWorkspace, scripts, startLocalRailway } from './railway/index.ts'
import { push, type RunOptions, render, runAction } from './runner/index.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { hasColors } from './terminal.ts'

/**
 * `npm run demo`: runs the action three times against a local Railway, on simulated time.
 * The first run deploys. In the second run, a build fails. The third run has the token of another workspace.
 */
const clock = new SimulatedClock()
const world = createWorld({ clock })
const { acme, tokens, commit, services, repository } = sampleWorkspace(world)
const railway = await startLocalRailway({ world, clock })

/** Runs the action, prints its inputs and its log, and returns its exit code. */
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
const deployed = await show('1. Deploy every service built from acme/shop, in every project', {
  environment: 'production',
})

world.script(services.api, 'staging', [scripts.buildFails])
const buildFailed = await show('2. Deploy to staging, with one service whose build fails', {
  environment: 'staging',
  projects: 'shop',
})

const wrongWorkspace = await show('3. Deploy to production with the token of another workspace', {
  environment: 'production',
  workspace: 'Acme',
  token: tokens.foreign,
})

await railway.close()
const asExpected = deployed === 0 && buildFailed === 1 && wrongWorkspace === 1
console.log(
  asExpected
    ? `\nThe three runs ended as expected, with the exit codes 0, 1 and 1. Repository of the demo: ${repository}.`
    : `\nExpected the exit codes 0, 1 and 1, not ${deployed}, ${buildFailed} and ${wrongWorkspace}.`,
)
process.exitCode = asExpected ? 0 : 1
