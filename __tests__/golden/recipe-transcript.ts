import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { World } from '../../local/railway/index.ts'
import { renderLog, type Transcript } from '../../local/runner/index.ts'
import { type Sample, startSample } from '../../local/sample.ts'
import type { RanStep } from '../../local/workflow/run-workflow.ts'
import { workflowOf } from '../recipes/find.ts'
import { promises, runRecipe } from '../recipes/promises.ts'
import { told } from '../recipes/told.ts'
import { annotationItem, fence, quote, withNames } from './markdown.ts'

const pathOf = (anchor: string) => join(import.meta.dirname, 'recipes', `${anchor}.md`)

/** Reads the golden transcript of a recipe. */
export const readRecipeGolden = (anchor: string): string => readFileSync(pathOf(anchor), 'utf8')

export function writeRecipeGolden(anchor: string, text: string): void {
  writeFileSync(pathOf(anchor), text)
}

/** The result of a recipe in one run. */
export interface RecipeRun {
  when: string
  told: string[]
}

/** Runs a recipe as its promises say, on simulated time. Returns its results, and everything as Markdown. */
export async function transcribeRecipe(
  anchor: string,
): Promise<{ runs: RecipeRun[]; text: string }> {
  const sample = await startSample()
  const parts: string[] = []
  const runs: RecipeRun[] = []
  try {
    for (const run of promises[anchor] ?? []) {
      run.prepare?.(sample)
      const ran = await runRecipe(workflowOf(run.recipe ?? anchor), run, sample)
      runs.push({ when: run.when, told: told(ran) })
      if (run.recipe === undefined) parts.push(`## ${run.when}`, ...sectionsOf(ran, sample))
    }
    return { runs, text: normalize([`# ${anchor}`, ...parts, ''].join('\n\n'), sample) }
  } finally {
    await sample.close()
  }
}

function sectionsOf(ran: readonly RanStep[], { hub, world }: Sample): string[] {
  const comments = hub.comments.map(({ body }) => quote(body))
  return [
    ...ran.flatMap((step) =>
      step.kind === 'command'
        ? [`### ${step.job}: ${step.name}`, fence('yaml', lines(step.env, world))]
        : [`### ${step.job}: the action`, ...transcriptOf(step.transcript, world)],
    ),
    ...(comments.length > 0 ? ['### Comment', ...comments] : []),
  ].filter((part) => part !== '')
}

function transcriptOf(transcript: Transcript, world: World): string[] {
  const { log, annotations, outputs, summary, exitCode, paths } = transcript
  const parts: [title: string, content: string][] = [
    ['Log', fence('text', renderLog(log).join('\n'))],
    ['Annotations', annotations.map(annotationItem).join('\n\n')],
    ['Outputs', fence('yaml', lines(outputs, world))],
    ['Summary', quote(summary)],
  ]
  const shown = parts.filter(([, content]) => content !== '')
  return [
    `Exit code ${exitCode}.`,
    ...shown.map(([title, content]) =>
      `#### ${title}\n\n${content}`.replaceAll(paths.temp, 'RUNNER_TEMP'),
    ),
  ]
}

/** The shown length of an output: the log and the summary contain the rest. */
const longest = 200

function lines(values: Readonly<Record<string, string>>, world: World): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}: ${shorten(withNames(value, world))}`.trimEnd())
    .join('\n')
}

const shorten = (text: string) => (text.length > longest ? `${text.slice(0, longest)}…` : text)

/** Replaces ids by names, and random values of a run. */
function normalize(text: string, { world, railway, github }: Sample): string {
  return withNames(text, world)
    .replace(/(railway-workspace-deploy-)[0-9a-f-]{36}/g, '$1ID')
    .replace(/\S+(?=railway-workspace-deploy-ID)/g, 'RUNNER_TEMP/')
    .replaceAll(railway.url, 'RAILWAY')
    .replaceAll(github.url, 'GITHUB')
    .replace(/\n+$/, '\n')
}
