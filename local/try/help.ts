import { commands } from '../../src/inputs/commands.ts'
import { realClock } from '../clock.ts'
import { createWorld, sampleWorkspace } from '../railway/index.ts'
import { sampleFiles } from '../sample.ts'
import { tokenKinds } from './arguments.ts'
import { describeWorld } from './describe-sample.ts'
import { eventNames } from './events.ts'

/** Renders the help of `npm run try`, with what the sample workspace holds. */
export function helpText(): string {
  const world = createWorld({ clock: realClock() })
  sampleWorkspace(world)
  return `npm run try -- [command] [input=value …] [options]
npm run try -- --workflow file [input=value …] [options]

Runs the action against a local Railway and a local GitHub on simulated time, and prints what a workflow would show: log,
annotations, summary, outputs, and what became of it at Railway and GitHub. Nothing leaves this machine.

  command                  ${commands.join(', ')} (default: check)
  input=value              any input of action.yml; \\n separates lines

  --state file             begins with what earlier runs left in this file, and keeps what this run leaves; an hour
                           passes between two runs. Delete the file to begin afresh
  --event name|file        what the workflow runs for (default: push; pull_request for preview): a JSON file
                           with a payload, or one of
                           ${eventNames.join('\n                           ')}
  --event-name name        name of the event in the file, if its payload does not tell
  --changes path           the event is of a new commit, which changes this file; may be repeated
  --files folder|sample    the files of the checkout, which \`directory\` and \`variables-file\` name. Without it a command
                           runs without a checkout, and a workflow has the sample.
                           \`sample\` has ${Object.keys(sampleFiles).slice(0, -1).join(', ')}
                           and ${Object.keys(sampleFiles).at(-1)}
  --fail project/service   its next build fails; may be repeated. A note says if the run did not deploy it
  --unhealthy project/service
                           its address answers with 503, others with 200; may be repeated. Needs \`health-check\`
  --token kind             ${tokenKinds.join(', ')} (default: workspace)
  --no-github              GitHub cannot be reached
  -h, --help               prints this text

  --workflow file          runs the steps of this workflow file that use the action. Its commands are not carried out.
                           Words are the inputs of a run by hand; the event is the first that starts the workflow
  --secret name=value      secret of the repository; others than RAILWAY_API_TOKEN are made up
  --output step.name=value output of a step that is not carried out

Colors are used on a terminal, unless NO_COLOR is set. The exit code is the action's: 0 or 1. It is 2 for wrong arguments.

Examples

  npm run try
  npm run try -- deploy environment=production dry-run=true
  npm run try -- deploy environment=production projects=shop services='web\\nworker' health-check=/healthz
  npm run try -- variables environment=staging projects='shop*' services=api variables=LOG_LEVEL=debug
  npm run try -- preview environment=staging
  npm run try -- deploy environment=production projects=blog services=site directory=dist --files sample
  npm run try -- deploy environment=production --token foreign
  npm run try -- --workflow examples/promote-from-staging-to-production-after-a-smoke-test.yml

A preview that is made, updated and deleted

  npm run try -- preview environment=staging --state preview.state
  npm run try -- preview environment=staging --state preview.state --changes apps/api/main.ts
  npm run try -- preview environment=staging --state preview.state --event pull_request-closed

What there is: services in environments of projects, with the repository or image that they are built from. The workflow
is one of acme/shop; the token foreign is of workspace Beta, the others are of Acme.

${describeWorld(world).join('\n')}
`
}
