import type { LocalRailway, World } from '../../local/railway/index.ts'
import type { Transcript } from '../../local/runner/index.ts'
import { type Run, type Stage, type StageOptions, setStage } from './stage.ts'

/**
 * A stage that also gives tests the content of its world. Runs are for the environment `production` unless they say
 * otherwise.
 */
export async function stage<Filled extends { token: string }>(
  fill: (world: World) => Filled,
  options: Omit<StageOptions, 'fill'> = {},
): Promise<Stage & Filled> {
  const filled: Filled[] = []
  const base = await setStage({
    ...options,
    fill: (world) => {
      const made = fill(world)
      filled.push(made)
      return made.token
    },
  })
  const [made] = filled
  if (!made) throw new Error('setStage did not fill the world')
  const run: Stage['run'] = (inputs, more) =>
    base.run({ environment: 'production', ...inputs }, more)
  return { ...made, ...base, run }
}

export interface Row {
  project: string
  service: string
  action: string
  status: string
  deploymentId: string | null
  errorCode: string | null
  message: string
}

/** The `results` output. */
export function rows(transcript: Transcript): Row[] {
  return JSON.parse(transcript.outputs.results ?? '[]')
}

/** The `results` output, as `<project>/<service>: <action> <status>`. */
export function results(transcript: Transcript): string[] {
  return rows(transcript).map(
    ({ project, service, action, status }) => `${project}/${service}: ${action} ${status}`,
  )
}

/** The `plan` output, as `<project>/<service>: <action>, <detail>`. */
export function plan(transcript: Transcript): string[] {
  const steps: { project: string; service: string; action: string; detail: string }[] = JSON.parse(
    transcript.outputs.plan ?? '[]',
  )
  return steps.map(
    ({ project, service, action, detail }) => `${project}/${service}: ${action}, ${detail}`,
  )
}

/** The mutations and uploads that were sent, by the name of their root, in order. */
export function changesMade({ requests }: LocalRailway): string[] {
  return requests
    .filter(({ kind }) => kind === 'mutation' || kind === 'upload')
    .flatMap(({ roots }) => roots)
}

export type { Run }
