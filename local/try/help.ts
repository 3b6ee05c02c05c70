import { commands } from '../../src/inputs/commands.ts'
import { realClock } from '../clock.ts'
import { createWorld, sampleWorkspace } from '../railway/index.ts'
import { tokenKinds } from './arguments.ts'
import { describeWorld } from './describe-sample.ts'
import { eventNames } from './events.ts'

/** Renders the help of `npm run try`, with what the sample workspace holds. */
export function helpText(): string {
  const world = createWorld({ clock: realClock() })
  sampleWorkspace(world)
  return `npm run try -- [command] [input=value …] [options]

Runs the action against a local Railway and a local GitHub on simulated time, and prints what a workflow would show: log,
annotations, summary, outputs, and what became of it at Railway and GitHub. Nothing leaves this machine.

  command               ${commands.join(', ')} (default: check)
  input=value           any input of action.yml; \\n separates lines

  --event name|file     what the workflow runs for (default: push; pull_request for preview): a JSON file
                        with a payload, or one of
                        ${eventNames.join('\n                        ')}
  --event-name name     name of the event in the file, if its payload does not tell
  --files folder        the checkout; without it, there is none
  --token kind          ${tokenKinds.join(', ')} (default: workspace)
  --no-github           GitHub cannot be reached
  -h, --help            prints this text

Colors are used on a terminal, unless NO_COLOR is set. The exit code is the action's; 2 for wrong arguments.

Examples

  npm run try
  npm run try -- deploy environment=production dry-run=true
  npm run try -- deploy environment=production projects=shop services='web\\nworker'
  npm run try -- variables environment=staging projects='shop*' services=api variables=LOG_LEVEL=debug
  npm run try -- preview environment=staging
  npm run try -- deploy environment=production --token foreign

What there is: services in environments of projects, with the repository or image that they are built from. The workflow
is one of acme/shop; the token foreign is of workspace Beta, the others are of Acme.

${describeWorld(world).join('\n')}
`
}
