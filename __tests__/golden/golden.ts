import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { GitHubRequest } from '../../local/github/index.ts'
import type { LoggedRequest } from '../../local/railway/index.ts'
import { renderLog, type Transcript } from '../../local/runner/index.ts'
import { type BundleStage, setBundleStage } from '../dist/bundle-stage.ts'
import { annotationItem, fence, quote, withNames } from './markdown.ts'
import { eventOf, fillShop, type GoldenScenario } from './scenarios.ts'

/** A limit in seconds that is far above the time of any scenario, for busy machines. */
const killAfter = 150

const pathOf = (name: string) => join(import.meta.dirname, `${name}.md`)

/** Reads the golden transcript of a scenario. */
export const readGolden = (name: string): string => readFileSync(pathOf(name), 'utf8')

export function writeGolden(name: string, text: string): void {
  writeFileSync(pathOf(name), text)
}

/** Runs a scenario with the built action, in real time, and returns its transcript as Markdown. */
export async function runScenario(scenario: GoldenScenario): Promise<string> {
  const { inputs, before, fill = (world) => fillShop(world) } = scenario
  // At 10 requests a second, requests that the action sends together still arrive in the order in which it sent them.
  const stage = await setBundleStage({ fill, limits: 'hobby' })
  try {
    if (before) await stage.run({ ...before.inputs }, { event: eventOf(before), killAfter })
    const railway = stage.railway.requests.length
    const github = stage.github.requests.length
    const workflow = toWorkflow(scenario)
    const transcript = await stage.run(
      { ...inputs },
      {
        event: eventOf(scenario),
        workspaceFiles: { '.github/workflows/deploy.yml': workflow },
        killAfter,
      },
    )
    const text = toMarkdown(scenario, {
      workflow,
      transcript,
      railway: stage.railway.requests.slice(railway),
      github: stage.github.requests.slice(github),
      comments: stage.hub.comments.map(({ body }) => body),
    })
    return normalize(text, transcript, stage)
  } finally {
    await stage.close()
  }
}

function toWorkflow(scenario: GoldenScenario): string {
  const uses = 'acme/railway-workspace-deploy@v1'
  const inputs = { token: '${' + '{ secrets.RAILWAY_API_TOKEN }}', ...scenario.inputs }
  return stringify({
    on: eventOf(scenario).name,
    jobs: { deploy: { 'runs-on': 'ubuntu-latest', steps: [{ uses, with: inputs }] } },
  })
}

interface Facts {
  workflow: string
  transcript: Transcript
  railway: readonly LoggedRequest[]
  github: readonly GitHubRequest[]
  comments: readonly string[]
}

function toMarkdown({ name, situation }: GoldenScenario, facts: Facts): string {
  const { workflow, transcript, railway, github, comments } = facts
  const sections: [title: string, content: string][] = [
    ['Workflow', fence('yaml', workflow)],
    ['Log', fence('text', renderLog(transcript.log).join('\n'))],
    ['Annotations', transcript.annotations.map(annotationItem).join('\n\n')],
    ['Outputs', fence('yaml', toYaml(transcript.outputs))],
    ['Summary', quote(transcript.summary)],
    ['Comment', comments.map(quote).join('\n\n')],
    ['Requests to Railway', fence('text', collapse(railway.map(railwayLine)).join('\n'))],
    ['Requests to GitHub', fence('text', collapse(github.map(gitHubLine)).join('\n'))],
  ]
  const filled = sections.filter(([, content]) => content !== '')
  return [
    `# ${name}`,
    `${situation} Exit code ${transcript.exitCode}.`,
    ...filled.map(([title, content]) => `## ${title}\n\n${content}`),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n')
}

/** Renders the outputs, and the content of the JSON in them. */
function toYaml(outputs: Readonly<Record<string, string>>): string {
  const read = (text: string): unknown => (/^[[{]/.test(text) ? JSON.parse(text) : text)
  const entries = Object.entries(outputs).map(([name, text]) => [name, read(text)])
  return stringify(Object.fromEntries(entries), { lineWidth: 0, aliasDuplicateObjects: false })
}

/** Writes one line for a request that is repeated immediately, because the number depends on the machine. */
function collapse(lines: readonly string[]): string[] {
  return lines.filter((line, index) => line !== lines[index - 1])
}

function railwayLine({
  operationName,
  method,
  url,
  variables,
  status,
  fault,
}: LoggedRequest): string {
  const name = operationName ?? `${method} ${url}`
  const given = Object.entries(variables).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return [name, ...given, ...endingOf(status, fault)].join(' ')
}

function gitHubLine({ method, url, body, status, fault }: GitHubRequest): string {
  return [
    method,
    url,
    ...(body === null ? [] : [JSON.stringify(shorten(body))]),
    ...endingOf(status, fault),
  ].join(' ')
}

const endingOf = (status: number | null, fault: string | null): string[] => {
  if (fault !== null) return [`→ ${fault}`]
  return status !== null && status < 300 ? [] : [`→ ${status ?? 'no answer'}`]
}

/** Keeps only the first line of a comment, which is above as a whole. */
function shorten(body: unknown): unknown {
  if (
    typeof body !== 'object' ||
    body === null ||
    !('body' in body) ||
    typeof body.body !== 'string'
  )
    return body
  const title = body.body.split('\n').find((line) => !line.startsWith('<!--'))
  return { ...body, body: `${title} …` }
}

/** Replaces the values that differ from run to run, and ids by the names of their objects. */
function normalize(text: string, transcript: Transcript, stage: BundleStage): string {
  return withNames(text, stage.world)
    .replaceAll(transcript.paths.temp, 'RUNNER_TEMP')
    .replace(/(railway-workspace-deploy-)[0-9a-f-]{36}/g, '$1ID')
    .replace(/\b127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, 'DATE UTC')
    .replace(/(durationMs: )\d+/g, '$1DURATION')
    .replace(/\| \d+ s \|/g, '| DURATION |')
    .replace(/, \d+ s\) :/g, ', DURATION) :')
    .replace(/\b(Live in) \d+ s/g, '$1 DURATION')
    .replace(/\b\d{13}, \d{13}$/gm, 'START, END')
}
