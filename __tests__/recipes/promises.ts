import { scripts } from '../../local/railway/index.ts'
import type { RunnerEvent } from '../../local/runner/index.ts'
import { pullRequestNumber, type Sample, sampleFiles } from '../../local/sample.ts'
import { type RanStep, runWorkflow } from '../../local/workflow/run-workflow.ts'
import * as situations from './situations.ts'

const { byHand, byNight, closed, opened, pushed } = situations

/** A run of a pasted recipe, and the assertions that follow from the text of the recipe. */
export interface PromisedRun {
  when: string
  event: RunnerEvent
  inputs?: Record<string, string | boolean>
  files?: Record<string, string>
  /** Changes the recipe as its text says. */
  edit?: (workflow: string) => string
  /** Changes the world before the run. */
  prepare?: (sample: Sample) => void
  /** The anchor of another recipe, which runs instead of this one. */
  recipe?: string
  expected: string[]
}

/** The runs of each recipe, one after the other in one workspace, by the recipe's anchor. */
export type Promises = Readonly<Record<string, readonly PromisedRun[]>>

/** The secrets of the repository. */
export const secretsOf = ({ workspace }: Sample): Record<string, string> => ({
  RAILWAY_API_TOKEN: workspace.tokens.workspace,
  STRIPE_KEY: 'sk_live_rotated_sample',
  DATABASE_API_KEY: 'key-of-the-database-provider',
})

/** Runs a recipe in a situation. */
export function runRecipe(
  workflow: string,
  { event, inputs, files, edit = (text) => text }: Omit<PromisedRun, 'when' | 'expected'>,
  sample: Sample,
  secrets: Record<string, string> = secretsOf(sample),
): Promise<RanStep[]> {
  const commands = { branch: { url: 'postgres://preview:password-of-the-branch@db.example/pr-7' } }
  const situation = { event, secrets, files: files ?? sampleFiles, commands }
  return runWorkflow(edit(workflow), { ...situation, ...(inputs && { inputs }) }, sample)
}

/** Removes `dry-run`, as the recipes advise when the plan is right. */
const withoutDryRun = (workflow: string) => workflow.replace(/^ +dry-run: true # .*\n/m, '')

const deploys = (environment: string, places: string[], end = ': success') =>
  places.map((place) => `  deploy ${place.replace('/', `/${environment}/`)}${end}`)

const shop = ['shop/web', 'shop/api', 'shop/worker', 'shop/nightly-report']
const shopEu = ['shop-eu/web', 'shop-eu/api']
const labs = ['labs/playground']

const previewOf = (project: string, databases: string[], services: string[]) => [
  `  create-preview ${project}/pr-7: success`,
  ...deploys(
    'pr-7',
    [...databases, ...services].map((name) => `${project}/${name}`),
  ),
]
const previews = [
  ...previewOf('shop', ['Postgres', 'Redis'], ['web', 'api', 'worker']),
  ...previewOf('shop-eu', ['Postgres'], ['web', 'api']),
]
const deletions = [
  '  delete-preview shop/pr-7: success',
  '  delete-preview shop-eu/pr-7: success',
  '  keep labs/pr-7: unchanged',
]

const changed = (places: string[], end = '') =>
  places.flatMap((place) => [`  set-variables ${place}${end}`, `  deploy ${place}${end}`])

const rotated = [
  'shop/production/web',
  'shop/production/api',
  'shop/production/worker',
  'shop-eu/production/web',
  'shop-eu/production/api',
  'billing/production/invoices',
  'billing/production/reminders',
  'billing/production/exports',
  'billing/production/mailer',
  'labs/production/playground',
]

const closePullRequest = ({ hub }: Sample) => {
  hub.pullRequest(pullRequestNumber, { state: 'closed' })
}

export const promises: Promises = {
  'see-what-a-token-has-access-to': [
    { when: 'It is started by hand', event: byHand, expected: ['check: success'] },
  ],
  'deploy-some-projects-leave-one-out': [
    {
      when: 'A commit is pushed',
      event: pushed,
      expected: ['deploy: success', ...deploys('production', shop)],
    },
  ],
  'deploy-named-services': [
    {
      when: 'A commit is pushed',
      event: pushed,
      expected: ['deploy: success', ...deploys('production', ['shop/api', 'shop/worker'])],
    },
  ],
  'deploy-only-what-changed-in-a-monorepo': [
    {
      when: 'A commit is pushed that changes a file of shop/web',
      event: pushed,
      expected: [
        'deploy: success',
        ...deploys('production', ['shop/web']),
        ...['api', 'worker', 'nightly-report'].map(
          (name) => `  keep shop/production/${name}: unchanged`,
        ),
        ...deploys('production', [...shopEu, ...labs]),
      ],
    },
  ],
  'run-migrations-before-the-services': [
    {
      when: 'A commit is pushed',
      event: pushed,
      expected: ['deploy: success', ...deploys('production', shop)],
    },
    {
      when: 'The migration of a later commit fails',
      event: situations.pushedLater,
      prepare: ({ hub, world, workspace }) => {
        hub.commit(situations.pushedLater.sha, [pushed.sha], [])
        world.script(workspace.services.api, 'production', [scripts.preDeployFails])
      },
      expected: [
        'deploy: failure [deployment-failed]',
        '  deploy shop/production/web: not-started',
        '  deploy shop/production/api: failed',
        '  deploy shop/production/worker: not-started',
        '  deploy shop/production/nightly-report: not-started',
      ],
    },
  ],
  'roll-through-the-services-one-by-one': [
    {
      when: 'A commit is pushed',
      event: pushed,
      expected: ['deploy: success', ...deploys('production', [...shop, ...shopEu])],
    },
  ],
  'let-a-canary-go-first-and-roll-back-when-something-fails': [
    {
      when: 'A commit is pushed',
      event: pushed,
      expected: ['deploy: success', ...deploys('production', [...shop, ...shopEu])],
    },
  ],
  'promote-from-staging-to-production-after-a-smoke-test': [
    {
      when: 'A commit is pushed',
      event: pushed,
      expected: [
        'promote: success',
        ...deploys('staging', ['shop/web', 'shop/api']),
        'promote: runs Smoke test',
        'promote: success',
        ...deploys('production', ['shop/web', 'shop/api']),
      ],
    },
  ],
  'keep-the-logs-of-failed-deployments': [
    {
      when: 'A commit is pushed that does not build in api',
      event: pushed,
      prepare: ({ world, workspace }) =>
        world.script(workspace.services.api, 'production', [scripts.buildFails]),
      expected: [
        'deploy: partial [deployment-failed]',
        '  deploy shop/production/web: success',
        '  deploy shop/production/api: failed',
        '  deploy shop/production/worker: success',
        '  deploy shop/production/nightly-report: success',
        'deploy: runs Upload the logs',
      ],
    },
  ],
  'find-out-whether-railway-answers-as-expected': [
    { when: 'It is started by hand', event: byHand, expected: ['diagnose: success'] },
  ],
  'update-every-service-that-runs-an-image': [
    {
      when: 'It is started by hand with the version 1.5.0',
      event: byHand,
      inputs: { version: '1.5.0' },
      expected: ['deploy: success', ...deploys('production', ['billing/mailer'])],
    },
  ],
  'roll-back-with-a-choice-of-the-service': [
    {
      when: 'It is started by hand for web',
      event: byHand,
      inputs: { service: 'web', 'dry-run': true },
      expected: ['rollback: planned', '  rollback shop/production/web'],
    },
    {
      when: 'The box is cleared',
      event: byHand,
      inputs: { service: 'web', 'dry-run': false },
      expected: ['rollback: success', '  rollback shop/production/web: rolled-back'],
    },
  ],
  'test-every-deployed-address-in-a-matrix': [
    {
      when: 'It is started by hand',
      event: byHand,
      expected: [
        'services: success',
        ...['shop', 'shop', 'shop-eu', 'shop-eu', 'billing', 'labs'].map(
          (project) => `test ${project}: runs Request the address`,
        ),
      ],
    },
  ],
  'cover-thousands-of-projects-in-shards': [
    {
      when: 'A commit is pushed',
      event: pushed,
      expected: [
        'deploy 1: success',
        ...deploys('production', labs),
        'deploy 2: success',
        ...deploys('production', [...shop, ...shopEu]),
        'deploy 3: unchanged',
        'deploy 4: unchanged',
        'deploy 5: unchanged',
      ],
    },
  ],
  'set-one-variable-in-several-services': [
    {
      when: 'It is started by hand',
      event: byHand,
      expected: [
        'variables: planned',
        ...changed(['shop/production/api', 'shop/production/worker']),
      ],
    },
    {
      when: '`dry-run` is removed',
      event: byHand,
      edit: withoutDryRun,
      expected: [
        'variables: success',
        ...changed(['shop/production/api', 'shop/production/worker'], ': success'),
      ],
    },
  ],
  'rotate-a-secret-in-several-services-of-several-projects': [
    {
      when: 'It is started by hand',
      event: byHand,
      expected: ['rotate: planned', ...changed(rotated)],
    },
    {
      when: '`dry-run` is removed',
      event: byHand,
      edit: withoutDryRun,
      expected: ['rotate: success', ...changed(rotated, ': success')],
    },
  ],
  'sync-a-dotenv-file': [
    {
      when: 'It is started by hand',
      event: byHand,
      expected: ['variables: planned', ...changed(['shop/staging/api'])],
    },
    {
      when: '`dry-run` is removed',
      event: byHand,
      edit: withoutDryRun,
      expected: ['variables: success', ...changed(['shop/staging/api'], ': success')],
    },
  ],
  'copy-named-variables-from-one-environment-to-another': [
    {
      when: 'It is started by hand',
      event: byHand,
      expected: ['variables: planned', ...changed(['shop/production/api'])],
    },
    {
      when: '`dry-run` is removed',
      event: byHand,
      edit: withoutDryRun,
      expected: ['variables: success', ...changed(['shop/production/api'], ': success')],
    },
  ],
  'make-a-preview-for-every-pull-request': [
    {
      when: 'A pull request is opened',
      event: opened,
      expected: ['preview: success', ...previews],
    },
    { when: 'It is closed', event: closed, expected: ['preview: success', ...deletions] },
  ],
  'make-previews-from-different-base-environments': [
    {
      when: 'A pull request is opened',
      event: opened,
      expected: [
        'preview: success',
        ...previewOf('shop', ['Postgres', 'Redis'], ['web', 'api', 'worker']),
        'preview: success',
        '  create-preview labs/pr-7: success',
        '  keep labs/pr-7/scratch: skipped',
        '  deploy labs/pr-7/playground: success',
      ],
    },
    {
      when: 'It is closed',
      event: closed,
      expected: [
        'preview: success',
        '  delete-preview shop/pr-7: success',
        'preview: success',
        '  delete-preview labs/pr-7: success',
      ],
    },
  ],
  'make-a-preview-when-a-label-is-set': [
    {
      when: 'The label is set',
      event: situations.labeled,
      expected: ['preview: success', ...previews],
    },
    {
      when: 'The label is removed',
      event: situations.unlabeled,
      expected: ['preview: success', ...deletions],
    },
  ],
  'make-a-preview-on-a-comment': [
    {
      when: 'A member writes `/preview`',
      event: situations.commented(),
      expected: ['preview: success', ...previews],
    },
  ],
  'give-a-preview-a-database-branch-of-its-own': [
    {
      when: 'A pull request is opened',
      event: opened,
      expected: ['preview: runs branch', 'preview: success', ...previews],
    },
    {
      when: 'It is closed',
      event: closed,
      expected: [
        'preview: success',
        ...deletions,
        'preview: runs ./scripts/database-branch delete "$BRANCH"',
      ],
    },
  ],
  'prune-previews-that-were-left-behind': [
    {
      when: 'A pull request gets previews',
      event: opened,
      recipe: 'make-a-preview-for-every-pull-request',
      expected: ['preview: success', ...previews],
    },
    {
      when: 'A night while the pull request is open',
      event: byNight,
      expected: [
        'prune: unchanged',
        '  keep shop/pr-7: unchanged',
        '  keep shop-eu/pr-7: unchanged',
      ],
    },
    {
      when: 'It is started by hand after the pull request was closed',
      event: byHand,
      prepare: closePullRequest,
      expected: ['prune: planned', '  delete-preview shop/pr-7', '  delete-preview shop-eu/pr-7'],
    },
    {
      when: 'The night after',
      event: byNight,
      expected: [
        'prune: success',
        '  delete-preview shop/pr-7: success',
        '  delete-preview shop-eu/pr-7: success',
      ],
    },
  ],
  'report-drift-every-night': [
    {
      when: 'A night on which the file and Railway are the same',
      event: byNight,
      files: { 'deploy/production.env': 'LOG_LEVEL=info\n' },
      expected: ['drift: unchanged', '  keep shop/production/api'],
    },
    {
      when: 'A night on which they differ',
      event: byNight,
      expected: [
        'drift: failure [changes-pending]',
        ...changed(['shop/production/api']),
        'drift: runs Open an issue',
      ],
    },
  ],
  'review-the-plan-of-a-pull-request': [
    {
      when: 'A pull request changes the file',
      event: opened,
      expected: ['plan: planned', ...changed(['shop/production/api'])],
    },
  ],
  'refuse-a-token-that-is-broader-than-one-workspace': [
    { when: 'It is started by hand', event: byHand, expected: ['check: success'] },
  ],
}
