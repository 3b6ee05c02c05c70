import { resolve } from 'node:path'
import { createWorld, sampleWorkspace, startLocalRailway } from './railway/index.ts'
import { readInputs } from './runner/action-metadata.ts'
import { pullRequest, push, render, runAction } from './runner/index.ts'
import { SimulatedClock } from './simulated-clock.ts'

/**
 * `npm run try -- check projects=shop`: runs the action against a local Railway with the sample
 * workspace and prints what a workflow would show. The first word is the command, the others are inputs, in
 * which `\n` separates lines.
 */
const [command = 'check', ...words] = process.argv.slice(2)
const declared = readInputs(resolve(import.meta.dirname, '..', 'action.yml'))
const known = [...(declared?.keys() ?? [])]
const inputs = Object.fromEntries(
  words.map((word) => {
    const at = word.indexOf('=')
    const name = word.slice(0, Math.max(0, at))
    if (!known.includes(name)) {
      console.error(
        `Not an input: ${word}. Write it as name=value, with one of ${known.join(', ')}.`,
      )
      process.exit(1)
    }
    return [name, word.slice(at + 1).replaceAll('\\n', '\n')]
  }),
)

const clock = new SimulatedClock()
const world = createWorld({ clock })
const sample = sampleWorkspace(world)
const railway = await startLocalRailway({ world, clock })
const transcript = await runAction({
  clock,
  inputs: { token: sample.tokens.workspace, command, 'api-url': railway.url, ...inputs },
  event: command === 'preview' ? pullRequest({ sha: sample.commit }) : push({ sha: sample.commit }),
})
console.log(render(transcript))
process.exitCode = transcript.exitCode ?? 1
await railway.close()
