import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type FaultRule, type Script, scripts, type World } from '../../local/railway/index.ts'
import { pullRequest, push } from '../../local/runner/index.ts'
import { type PreviewStage, setPreviewStage } from './preview-stage.ts'
import { repository } from './stage.ts'

/** A property of every run: a secret that the run knows is printed nowhere, also if others write it. */

const canary = 'kT9"x/+Qw7=zR4&mB2pL'
const githubToken = 'ghs_0canary1canary2canary3canary4canary5'

/** The sources of the secret: the inputs that make it known, or the variables that the service has at Railway. */
const knownAs: Record<string, { inputs: Record<string, string>; stored?: string }> = {
  'a given value': { inputs: { variables: JSON.stringify({ SECRET: canary }) } },
  'a part of a given value': {
    inputs: {
      variables: JSON.stringify({ URL: `postgres://user:${encodeURIComponent(canary)}@db:5432/x` }),
    },
  },
  'a line of a given value': {
    inputs: { variables: JSON.stringify({ PEM: `first line of it\n${canary}\nlast line of it` }) },
  },
  'a stored value': { inputs: {}, stored: canary },
}

/** The forms in which others may write a secret. */
const forms: Record<string, (secret: string) => string> = {
  plain: (secret) => secret,
  JSON: (secret) => JSON.stringify({ value: secret }),
  'JSON in JSON': (secret) => JSON.stringify(JSON.stringify({ value: secret })),
  'URL-encoded': (secret) => `?key=${encodeURIComponent(secret)}&x=1`,
  base64: (secret) => Buffer.from(secret).toString('base64'),
  'base64 of more': (secret) => Buffer.from(`user:${secret}\n`).toString('base64'),
  'in a URL': (secret) => `https://me:${encodeURIComponent(secret)}@host/`,
  'with terminal codes': (secret) => `\u001b[31m${secret.slice(0, 9)}\u001b[0m${secret.slice(9)}`,
  'at the end of a long line': (secret) => `${'x '.repeat(700)}${secret}`,
}

interface Writer {
  /** The reasons why the stored values of the service are known: its logs are shown. */
  showsLogs?: true
  write(text: string, stage: Written): void
}

interface Written {
  script: Script
  faults: FaultRule[]
  github: (message: string) => void
}

const dies = (script: Partial<Script>) => ({ ...scripts.crashes, ...script })

const apiError =
  (operation: string): Writer['write'] =>
  (text, { faults }) =>
    faults.push({
      operation,
      times: 99,
      fault: { kind: 'error', message: `Refused: ${text}`, extensions: { hint: text } },
    })

/** The places in which Railway, GitHub and the services write. */
const writers: Record<string, Writer> = {
  'a deploy log': {
    showsLogs: true,
    write: (text, stage) => {
      stage.script = dies({ deployLog: [`Error: ${text} is not allowed`] })
    },
  },
  'a build log': {
    showsLogs: true,
    write: (text, stage) => {
      stage.script = {
        ...scripts.buildFails,
        buildLog: [{ message: `error: ${text}`, severity: 'error' }],
      }
    },
  },
  'a diagnosis': {
    showsLogs: true,
    write: (text, stage) => {
      stage.script = dies({ deployLog: ['x'], diagnosis: { summary: `It needs ${text}` } })
    },
  },
  'the error of a step': {
    showsLogs: true,
    write: (text, stage) => {
      stage.script = dies({
        deployLog: ['x'],
        diagnosis: null,
        failure: { step: 'CREATE_CONTAINER', error: `cannot use ${text}` },
      })
    },
  },
  'the refusal of a deployment': { write: apiError('DeployService') },
  'the refusal of the variables': { write: apiError('WriteServiceVariables') },
  'the refusal of the inventory': { write: apiError('WorkspaceProjects') },
  'the refusal of a workflow step': { write: apiError('WorkflowState') },
  'the refusal of a clone': { write: apiError('CreateEnvironment') },
  'the reason of a skipped deployment': {
    write: (text, stage) => {
      stage.script = { ...scripts.skipped, skippedReason: `No change because of ${text}` }
    },
  },
  'the refusal of a comment': { write: (text, { github }) => github(`Validation failed: ${text}`) },
}

async function prepare(
  writer: Writer,
  text: string,
  stored: string | undefined,
): Promise<PreviewStage> {
  const messages: string[] = []
  const written: Written = {
    script: scripts.succeeds,
    faults: [],
    github: (one) => messages.push(one),
  }
  writer.write(text, written)
  const stage = await setPreviewStage({
    faults: written.faults,
    fill: (world: World) => {
      const acme = world.workspace('Acme')
      const shop = world.project(acme, 'shop')
      const variables = { LOG_LEVEL: 'info', ...(stored !== undefined && { STORED: stored }) }
      const web = world.service(shop, 'web', { source: { repo: repository }, variables })
      world.script(web, 'production', [written.script])
      world.script(web, 'pr-7', [written.script])
      return world.workspaceToken(acme)
    },
  })
  for (const message of messages) {
    const fault = {
      kind: 'status',
      status: 422,
      body: { message, errors: [{ message }] },
      effect: false,
    } as const
    stage.github.inject({ times: 99, fault })
  }
  return stage
}

/** Every text that a run wrote: GitHub's comments and deployments beside the texts of the runner. */
const atGitHub = ({ hub }: PreviewStage) => JSON.stringify([hub.comments, hub.deployments])

const run = (stage: PreviewStage, command: string, inputs: Record<string, string>) =>
  stage.run(
    command === 'preview'
      ? { command, projects: 'shop', ...inputs }
      : { command, environment: 'production', projects: 'shop', services: 'web', ...inputs },
    {
      event: command === 'preview' ? pullRequest({ sha: '1'.repeat(40) }) : push(),
      github: { apiUrl: stage.github.url },
      githubToken,
      debug: true,
    },
  )

const names = <Entry>(record: Record<string, Entry>) => fc.constantFrom(...Object.entries(record))

describe('a secret that the run knows is printed nowhere', () => {
  it('by any writer, in any form', async () => {
    let redactedRuns = 0
    const property = fc.asyncProperty(
      names(writers),
      names(knownAs),
      names(forms),
      fc.constantFrom('deploy', 'preview'),
      async ([, writer], [, known], [, form], command) => {
        // The run has no reason to read the values of a service whose logs are not shown.
        fc.pre(known.stored === undefined || writer.showsLogs === true)
        const stage = await prepare(writer, form(canary), known.stored)
        const result = await run(stage, command, known.inputs)
        await stage.railway.close()
        if (`${result.shown}${result.summary}`.includes('***')) redactedRuns += 1
        expect(result.leaks(canary)).toEqual([])
        expect(atGitHub(stage)).not.toContain(JSON.stringify(canary).slice(1, -1))
        expect(result.codes).not.toContain('internal-error')
      },
    )
    await fc.assert(property, { numRuns: 100, seed: 20_261_126, endOnFailure: false })
    expect(redactedRuns).toBeGreaterThan(40)
  }, 300_000)

  it('of the run itself: its token and that of GitHub', async () => {
    const property = fc.asyncProperty(
      names(writers),
      names(forms),
      fc.constantFrom('railway', 'github'),
      async ([, writer], [, form], whose) => {
        const first = await prepare(writer, 'nothing', undefined)
        await first.railway.close()
        // Ids follow from names, so the same world has the same token.
        const secret = whose === 'github' ? githubToken : first.token
        const stage = await prepare(writer, form(secret), undefined)
        const result = await run(stage, 'deploy', {})
        await stage.railway.close()
        expect(stage.token).toBe(first.token)
        expect(result.leaks(secret)).toEqual([])
        expect(atGitHub(stage)).not.toContain(secret)
      },
    )
    await fc.assert(property, { numRuns: 40, seed: 20_261_126, endOnFailure: false })
  }, 300_000)
})
