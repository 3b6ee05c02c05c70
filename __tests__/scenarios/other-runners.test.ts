import { rmSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { scripts } from '../../local/railway/index.ts'
import { HEAD_SHA } from '../../local/runner/index.ts'
import { fillShop, setPreviewStage } from './preview-stage.ts'
import type { Run } from './stage.ts'

/** Act, Gitea, Forgejo and local tools set fewer variables than GitHub's runner, and make fewer files. */

const production = { environment: 'production', projects: 'shop' }

const setStage = () => setPreviewStage({ fill: (world) => fillShop(world) })

type Environment = Record<string, string | undefined>

/** Deploys for a push, with everything that needs GitHub or the disk. */
async function deploy(env: Environment, inputs: Record<string, string> = {}) {
  const stage = await setStage()
  const result = await stage.run(
    { ...production, comment: 'true', 'github-deployments': 'true', ...inputs },
    { github: { apiUrl: stage.github.url }, env },
  )
  removeReport(result)
  return { ...stage, result }
}

/** The report is in the temporary directory of the machine without one for the job, and nothing deletes it. */
function removeReport({ outputs }: Run): void {
  const path = outputs['report-file']
  if (path) rmSync(path, { force: true })
}

const variables = [
  'GITHUB_OUTPUT',
  'GITHUB_STEP_SUMMARY',
  'GITHUB_EVENT_PATH',
  'GITHUB_WORKFLOW_REF',
  'GITHUB_WORKFLOW_SHA',
  'GITHUB_ACTION',
  'GITHUB_ACTION_REF',
  'GITHUB_ACTION_REPOSITORY',
  'GITHUB_ACTOR',
  'GITHUB_ENV',
  'GITHUB_JOB',
  'GITHUB_RUN_ATTEMPT',
  'GITHUB_RUN_ID',
  'GITHUB_WORKSPACE',
  'RUNNER_TEMP',
  'RUNNER_OS',
]

describe.each(variables)('without `%s`', (name) => {
  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['the path of nothing', '/nowhere/at/all'],
  ])('a deployment is made and succeeds: it is %s', async (_, value) => {
    const { result, deployed } = await deploy({ [name]: value })
    expect([result.exitCode, result.errors, result.stderr]).toEqual([0, [], ''])
    expect(deployed('production')).toHaveLength(2)
    expect(result.leaked).toEqual([])
  })
})

describe('without an event file', () => {
  const withoutEvent = { GITHUB_EVENT_PATH: undefined }

  it('the commit of a push is still deployed', async () => {
    const { deployed } = await deploy(withoutEvent)
    expect(deployed('production')).toEqual([
      `web: ${HEAD_SHA.slice(0, 7)}`,
      `api: ${HEAD_SHA.slice(0, 7)}`,
    ])
  })

  it('the commit of a pull request is not deployed, because it may be from a fork', async () => {
    const stage = await setStage()
    const result = await stage.preview(
      {},
      { command: 'deploy', ...production },
      { env: withoutEvent },
    )
    expect(result.codes).toEqual(['untrusted-commit'])
    expect(stage.railway.requests).toEqual([])
  })

  it('a preview has no number, and is refused before the first request', async () => {
    const stage = await setStage()
    const result = await stage.preview({}, {}, { env: withoutEvent })
    expect([result.exitCode, stage.railway.requests]).toEqual([1, []])
    expect(result.stderr).toBe('')
  })
})

describe('without `GITHUB_REPOSITORY`', () => {
  const env = { GITHUB_REPOSITORY: undefined, GITHUB_ACTION_REPOSITORY: undefined }

  it('services must be named, and the message has no gap in it', async () => {
    const { result, railway } = await deploy(env)
    expect(result.codes).toEqual(['input-invalid'])
    expect(result.errors[0]).toContain('`GITHUB_REPOSITORY` is not set')
    expect(result.errors[0]).not.toContain('undefined')
    expect(railway.requests).toEqual([])
  })

  it('services that are named are deployed at their own commit', async () => {
    const { result, deployed } = await deploy(env, { services: 'web', comment: 'false' })
    expect([result.exitCode, deployed('production').length]).toEqual([0, 1])
  })

  it.each(['check', 'list'])('%s works', async (command) => {
    const stage = await setStage()
    const result = await stage.run({ command }, { env })
    expect([result.exitCode, result.errors]).toEqual([0, []])
  })
})

describe('without an output file', () => {
  it('outputs are printed as commands, without a secret', async () => {
    const { result, token } = await deploy({ GITHUB_OUTPUT: undefined })
    expect(result.stdout).toContain('::set-output name=status::success')
    expect(result.leaks(token)).toEqual([])
  })

  it('that can be written to, the run succeeds with a warning', async () => {
    const { result } = await deploy({ GITHUB_OUTPUT: '/nowhere/at/all' })
    expect(result.exitCode).toBe(0)
    expect(result.warnings).toContainEqual(expect.stringContaining('(ENOENT)'))
  })
})

describe('on a runner that cannot write', () => {
  const full = '/dev/full'
  const sinks: [string, Environment, string][] = [
    ['the disk is full for the outputs', { GITHUB_OUTPUT: full }, 'The outputs'],
    ['the disk is full for the summary', { GITHUB_STEP_SUMMARY: full }, 'The job summary'],
    ['the temporary directory is read-only', { RUNNER_TEMP: '/proc' }, 'The report file'],
    [
      'nothing can be written',
      { GITHUB_OUTPUT: full, GITHUB_STEP_SUMMARY: full, RUNNER_TEMP: '/proc' },
      'The outputs',
    ],
  ]

  it.each(sinks)('a deployment succeeds with a warning: %s', async (_, env, expected) => {
    const { result } = await deploy(env)
    expect([result.exitCode, result.errors]).toEqual([0, []])
    expect(result.warnings).toContainEqual(
      expect.stringContaining(`${expected} could not be written on the runner`),
    )
  })

  it.each(sinks)('a failed deployment is annotated and fails the job: %s', async (_, env) => {
    const stage = await setPreviewStage({
      fill: (world) => {
        const token = fillShop(world)
        for (const service of world.services.values()) {
          world.script(service, 'production', [scripts.buildFails])
        }
        return token
      },
    })
    const result = await stage.run(production, { env })
    removeReport(result)
    expect(result.exitCode).toBe(1)
    expect(new Set(result.codes)).toEqual(new Set(['deployment-failed']))
  })
})

describe('without a temporary directory', () => {
  it.each([
    ['missing', undefined],
    ['not there', '/nowhere/at/all'],
  ])('a directory is uploaded anyway: it is %s', async (_, RUNNER_TEMP) => {
    const stage = await setStage()
    const result = await stage.run(
      { ...production, services: 'web', directory: '.' },
      { env: { RUNNER_TEMP }, workspaceFiles: { 'index.html': '<p>', 'a/b.txt': 'b' } },
    )
    removeReport(result)
    expect([result.exitCode, result.errors]).toEqual([0, []])
    expect(stage.world.uploads).toHaveLength(1)
  })
})

describe('in a workflow folder of Gitea or Forgejo', () => {
  it.each(['.github', '.gitea', '.forgejo'])('errors point at the step: %s', async (folder) => {
    const path = `${folder}/workflows/deploy.yml`
    const workflow = `on: push
jobs:
  deploy:
    steps:
      - uses: acme/railway-workspace-deploy@v1
        with:
          timeout: soon
`
    const stage = await setStage()
    const result = await stage.run(
      { ...production, timeout: 'soon' },
      {
        workspaceFiles: { [path]: workflow },
        env: { GITHUB_WORKFLOW_REF: `acme/shop/${path}@refs/heads/main` },
      },
    )
    expect(result.annotations).toMatchObject([{ level: 'error', file: path, line: 7 }])
  })
})
