import { createWorld, sampleWorkspace, startLocalRailway } from './railway/index.ts'
import { push, render, runAction } from './runner/index.ts'
import { SimulatedClock } from './simulated-clock.ts'

/**
 * `npm run try -- check projects=shop`: runs the built action against a local Railway with the sample
 * workspace and prints what a workflow would show. The first word is the command, the others are inputs.
 */
const [command = 'check', ...words] = process.argv.slice(2)
const inputs = Object.fromEntries(
  words.map((word) => {
    const at = word.indexOf('=')
    if (at < 1) throw new Error(`Not an input: ${word}. Write it as name=value.`)
    return [word.slice(0, at), word.slice(at + 1).replaceAll('\\n', '\n')]
  }),
)

const clock = new SimulatedClock()
const world = createWorld({ clock })
const sample = sampleWorkspace(world)
const railway = await startLocalRailway({ world, clock })
const transcript = await runAction({
  clock,
  inputs: { token: sample.tokens.workspace, command, 'api-url': railway.url, ...inputs },
  event: push({ sha: sample.commit }),
})
console.log(render(transcript))
await railway.close()
