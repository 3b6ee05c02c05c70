import { afterEach, describe, expect, it } from '@jest/globals'
import type { PullRequestOptions } from '../../local/runner/index.ts'
import { pullRequestNumber, type Sample, startSample } from '../../local/sample.ts'
import type { RanStep } from '../../local/workflow/run-workflow.ts'
import { readWorkflow } from '../../local/workflow/workflow-file.ts'
import { eventFor } from './fault-cases.ts'
import { recipes, workflowOf } from './find.ts'
import { runRecipe, secretsOf } from './promises.ts'
import { closed, commented, labeled, opened, pulled } from './situations.ts'
import { told } from './told.ts'

const open: Sample[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((sample) => sample.close()))
})

async function start(): Promise<Sample> {
  const sample = await startSample()
  open.push(sample)
  return sample
}

/** Mutations at Railway, by name. */
const mutations = ({ railway }: Sample) =>
  railway.requests
    .filter(({ kind }) => kind === 'mutation')
    .map(({ operationName }) => operationName)

const exitCodes = (ran: readonly RanStep[]) =>
  ran.flatMap((step) => (step.kind === 'action' ? [step.transcript.exitCode] : []))

const all = recipes.map(({ anchor, workflow }) => [anchor, workflow] as const)
const onPullRequest = all.filter(([, workflow]) => workflow.includes('pull_request:'))
const previews = onPullRequest.filter(([, workflow]) => workflow.includes('command: preview'))

describe('without secrets, nothing is changed by', () => {
  const inputs = { version: '1.5.0', service: 'web', 'dry-run': false }

  it.each(all)('%s', async (_, workflow) => {
    const sample = await start()
    const edit = (text: string) => text.replace(/dry-run: true/g, 'dry-run: false')
    const ran = await runRecipe(workflow, { event: eventFor(workflow), inputs, edit }, sample, {})
    expect(mutations(sample)).toEqual([])
    expect(exitCodes(ran)).toContain(1)
    expect(told(ran).filter((line) => /: (success|planned|accepted|partial)$/.test(line))).toEqual(
      [],
    )
  })
})

describe('a secret that is missing beside the token', () => {
  it.each([
    'rotate-a-secret-in-several-services-of-several-projects',
    'give-a-preview-a-database-branch-of-its-own',
  ])('writes nothing in %s', async (anchor) => {
    const sample = await start()
    const { RAILWAY_API_TOKEN = '' } = secretsOf(sample)
    const workflow = workflowOf(anchor)
    const edit = (text: string) =>
      text.replace(/dry-run: true/g, 'dry-run: false').replace('id: branch', 'id: no-branch')
    const event = eventFor(workflow)
    const ran = await runRecipe(workflow, { event, edit }, sample, { RAILWAY_API_TOKEN })
    expect(exitCodes(ran)).toEqual([1])
    expect(mutations(sample)).toEqual([])
  })
})

describe('a pull request that gets no secrets succeeds and changes nothing', () => {
  const strangers: [who: string, options: PullRequestOptions][] = [
    ['a fork', { fork: true }],
    ['Dependabot', { dependabot: true }],
  ]
  const cases = strangers.flatMap(([who, options]) =>
    ['opened', 'synchronize', 'closed'].flatMap((action) =>
      onPullRequest
        .filter(([, workflow]) => actionsOf(workflow).includes(action))
        .map(([anchor, workflow]) => ({ who, action, anchor, workflow, options })),
    ),
  )

  it.each(cases)('$who, $action: $anchor', async ({ action, workflow, options }) => {
    const sample = await start()
    const event = pulled({ action, ...options }, { labels: [{ name: 'preview' }] })
    const ran = await runRecipe(workflow, { event }, sample, {})
    expect(exitCodes(ran).filter((code) => code !== 0)).toEqual([])
    expect(ran.filter(({ kind }) => kind === 'command')).toEqual([])
    expect(mutations(sample)).toEqual([])
    expect(sample.world.newDeployments()).toEqual([])
  })
})

/** The actions of a pull request that a workflow runs for; GitHub's three defaults if it names none. */
function actionsOf(workflow: string): string[] {
  const { on } = readWorkflow(workflow)
  const trigger = typeof on === 'string' || Array.isArray(on) ? undefined : on.pull_request
  const types = trigger && !Array.isArray(trigger) ? trigger.types : undefined
  return types ?? ['opened', 'reopened', 'synchronize']
}

describe('a pull request that is closed', () => {
  it.each(previews)('makes nothing if there was no preview: %s', async (_, workflow) => {
    const sample = await start()
    const ran = await runRecipe(workflow, { event: closed }, sample)
    expect(new Set(exitCodes(ran))).toEqual(new Set([0]))
    expect(mutations(sample)).toEqual([])
  })

  it.each(previews)('loses its previews: %s', async (_, workflow) => {
    const sample = await start()
    const before = environmentsOf(sample)
    await runRecipe(workflow, { event: anchorEvent(workflow) }, sample)
    const made = workflow.includes('projects: labs') ? 'labs/pr-7' : 'shop-eu/pr-7'
    expect(environmentsOf(sample)).toEqual([...before, made, 'shop/pr-7'].toSorted())
    await runRecipe(workflow, { event: closed }, sample)
    expect(environmentsOf(sample)).toEqual(before)
  })
})

const anchorEvent = (workflow: string) => (workflow.includes('labeled') ? labeled : opened)

const environmentsOf = ({ world }: Sample) =>
  [...world.environments.values()]
    .filter(({ deletedAt }) => deletedAt === null)
    .map(({ name, project }) => `${project.name}/${name}`)
    .toSorted()

describe('a preview for every pull request', () => {
  const workflow = workflowOf('make-a-preview-for-every-pull-request')

  it.each([
    ['a draft', { draft: true }],
    ['a bot', { user: { login: 'renovate[bot]', type: 'Bot' } }],
  ])('is not made for %s', async (_, facts) => {
    const sample = await start()
    expect(
      await runRecipe(workflow, { event: pulled({ action: 'opened' }, facts) }, sample),
    ).toEqual([])
  })

  it('is made when the draft is ready', async () => {
    const sample = await start()
    const event = pulled({ action: 'ready_for_review' })
    expect(told(await runRecipe(workflow, { event }, sample))[0]).toBe('preview: success')
  })
})

describe('a preview with a label', () => {
  const workflow = workflowOf('make-a-preview-when-a-label-is-set')
  const preview = { name: 'preview' }
  const other = { name: 'bug' }

  it.each([
    [
      'another label is set',
      pulled({ action: 'labeled' }, { labels: [preview, other], label: other }),
    ],
    [
      'another label is removed',
      pulled({ action: 'unlabeled' }, { labels: [preview], label: other }),
    ],
    ['a commit comes without the label', pulled({ action: 'synchronize' }, { labels: [other] })],
  ])('does nothing when %s', async (_, event) => {
    const sample = await start()
    expect(await runRecipe(workflow, { event }, sample)).toEqual([])
  })
})

describe('a preview on a comment', () => {
  const workflow = workflowOf('make-a-preview-on-a-comment')

  it.each([
    ['a stranger writes it', commented({ association: 'NONE' })],
    ['a contributor writes it', commented({ association: 'CONTRIBUTOR' })],
    ['it has another text', commented({ body: 'No /preview yet' })],
    ['it is on an issue', commented({ issue: true })],
  ])('is not made when %s', async (_, event) => {
    const sample = await start()
    expect(await runRecipe(workflow, { event }, sample)).toEqual([])
  })

  it('is refused for the head of a fork', async () => {
    const sample = await start()
    sample.hub.pullRequest(pullRequestNumber, { headRepository: 'contributor/shop' })
    const ran = await runRecipe(workflow, { event: commented() }, sample)
    expect(told(ran)).toEqual(['preview: failure [untrusted-commit]'])
    expect(mutations(sample)).toEqual([])
  })
})

describe('no recipe is both wide and destructive', () => {
  it.each(all)('%s', (_, workflow) => {
    const steps = Object.values(readWorkflow(workflow).jobs).flatMap((job) => job.steps)
    for (const { with: inputs } of steps) {
      const destructive =
        inputs['variables-mode'] === 'replace' || inputs['remove-variables'] !== undefined
      const given = [inputs.projects, inputs.services]
      expect(destructive && given.some((one) => one === undefined || /[*?[{]/.test(one))).toBe(
        false,
      )
    }
  })

  it.each(all.filter(([, workflow]) => workflow.includes('command: variables')))(
    'each recipe that writes variables is a dry run first: %s',
    (_, workflow) => {
      const steps = Object.values(readWorkflow(workflow).jobs).flatMap((job) => job.steps)
      const writing = steps.filter(({ with: inputs }) => inputs.command === 'variables')
      expect(writing.map(({ with: inputs }) => inputs['dry-run'])).toEqual(
        writing.map(() => 'true'),
      )
    },
  )
})
