import { commands } from '../../src/inputs/commands.ts'
import { realClock } from '../clock.ts'
import { createWorld, sampleWorkspace, type World } from '../railway/index.ts'
import { sampleFiles } from '../sample.ts'
import { tokenKinds } from './arguments.ts'
import { describeWorld } from './describe-sample.ts'
import { eventNames } from './events.ts'

/** Returns the help of `npm run try`, with a list of the sample workspace's services. */
export function helpText(): string {
  const world = createWorld({ clock: realClock() })
  sampleWorkspace(world)
  return [usage, options(), workflowOptions, results, examples, describeSample(world)].join('\n')
}

const usage = `npm run try -- [command] [input=value …] [options]
npm run try -- --workflow file [input=value …] [options]

Runs the action against a local Railway and a local GitHub on simulated time. Prints the log, the annotations, the summary
and the outputs of the step, and the changes at Railway and GitHub. No request leaves this machine.
`

const options = () => `  command                  ${commands.join(', ')} (default: check)
  input=value              any input of action.yml; \\n separates lines

  --state file             keeps the state of Railway and GitHub in this file between two runs. An hour passes between
                           them. To start again with the sample workspace, delete the file
  --event name|file        event of the workflow run (default: push; pull_request for preview): a JSON file
                           with its payload, or one of
                           ${eventNames.join('\n                           ')}
  --event-name name        name of the event in the file, if it does not follow from the payload
  --changes path           file that the commit of the event changes; may be repeated. The commit is a new one. Its parent
                           is the commit without this option, which changes apps/web/index.html
  --files folder|sample    files of the checkout, such as those of \`directory\` and \`variables-file\`. Without it a
                           command runs without a checkout, and a workflow has the sample. \`sample\` has
                           ${Object.keys(sampleFiles).slice(0, -1).join(', ')}
                           and ${Object.keys(sampleFiles).at(-1)}
  --fail project/service   service whose next build fails; may be repeated. A note says if the run did not deploy it
  --unhealthy project/service
                           service whose web site responds with 503 instead of 200; may be repeated. It has an effect
                           only with \`health-check\`
  --token kind             ${tokenKinds.join(', ')} (default: workspace)
  --no-github              GitHub cannot be reached
  -h, --help               prints this text
`

const workflowOptions = `  --workflow file          runs the steps of this workflow file that use the action. Its \`run\` steps are not executed.
                           name=value is then an input of workflow_dispatch. The default event is the first
                           event in the file that starts the workflow
  --secret name=value      secret of the repository (default: a generated value, or the token for RAILWAY_API_TOKEN)
  --output step.name=value output of a step that is not executed
`

const results = `The files that the outputs log-file and report-file name are deleted when the command ends. The log has the last lines
of each failed deployment.

Colors are used on a terminal, unless NO_COLOR is set. The exit code is that of the action, 0 or 1, or 2 for invalid arguments.
`

const examples = `Examples

  npm run try
  npm run try -- deploy environment=production dry-run=true
  npm run try -- deploy environment=production projects=shop services='web\\nworker' health-check=/healthz
  npm run try -- variables environment=staging projects='shop*' services=api variables=LOG_LEVEL=debug
  npm run try -- preview environment=staging
  npm run try -- deploy environment=production projects=blog services=site directory=dist --files sample
  npm run try -- deploy environment=production --token foreign
  npm run try -- --workflow examples/promote-from-staging-to-production-after-a-smoke-test.yml

To create, update and delete a preview environment

  npm run try -- preview environment=staging --state preview.state
  npm run try -- preview environment=staging --state preview.state --changes apps/api/main.ts
  npm run try -- preview environment=staging --state preview.state --event pull_request-closed
`

function describeSample(world: World): string {
  return `The workspaces, with the services of each environment. In parentheses: the repository or image that a service is built
from. The workflow runs in the repository acme/shop. The token \`foreign\` belongs to Beta, the others to Acme.

${describeWorld(world).join('\n')}
`
}
