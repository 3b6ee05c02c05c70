import { largeWorkspace } from '../../local/railway/index.ts'
import { simulate } from './simulated-run.ts'

/** The requests and the simulated time of a command in a workspace. */
export interface CommandRow {
  readonly command: string
  readonly projects: number
  readonly services: number
  readonly requests: number
  readonly seconds: number
}

const everything = { environment: 'production', projects: '*', services: '*' }
const medium = { projects: 40, servicesPerProject: 5 }
const large = { projects: 1_000, servicesPerProject: 3 }

const runs = [
  ['check', medium, { ...everything, command: 'check' }],
  ['list', medium, { command: 'list' }],
  ['list', large, { command: 'list' }],
  ['deploy', medium, everything],
  ['deploy` with `dry-run', medium, { ...everything, 'dry-run': 'true' }],
  ['variables', medium, { ...everything, command: 'variables', variables: 'A=1' }],
] as const

/** Runs each command once, on simulated time. Throws if a run fails. */
export async function measureCommands(): Promise<CommandRow[]> {
  const rows: CommandRow[] = []
  for (const [command, size, inputs] of runs) {
    const { exitCode, requests, seconds, shown } = await simulate({
      fill: (world) => largeWorkspace(world, { ...size, live: { commit: 'c'.repeat(40) } }).token,
      inputs,
    })
    if (exitCode !== 0) throw new Error(`${command}: ${shown.slice(-2_000)}`)
    const services = size.projects * size.servicesPerProject
    rows.push({ command, projects: size.projects, services, requests, seconds })
  }
  return rows
}
