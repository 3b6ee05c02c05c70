/** The 13 statuses of the schema. */
export const deploymentStatuses = [
  'BUILDING',
  'CRASHED',
  'DEPLOYING',
  'FAILED',
  'INITIALIZING',
  'NEEDS_APPROVAL',
  'QUEUED',
  'REMOVED',
  'REMOVING',
  'SKIPPED',
  'SLEEPING',
  'SUCCESS',
  'WAITING',
] as const

/** A status of the schema, or one that Railway thinks of later. */
export type DeploymentStatus = (typeof deploymentStatuses)[number] | (string & {})

/** A status and how long it lasts; without `seconds` it lasts until something else happens. */
export type ScriptStep = DeploymentStatus | { status: DeploymentStatus; seconds: number }

/** One line of a log, `after` so many seconds of its phase: the build, or the time since the start. */
export type LogLine = string | { message: string; severity?: string; after?: number }

/** The statuses of a deployment from start to end, and its logs and errors. */
export interface DeploymentScript {
  steps: ScriptStep[]
  /** The commit or image digest that goes live instead of the requested one. */
  commit?: string
  digest?: string
  /** Replaces the whole `meta`. */
  meta?: Record<string, unknown> | null
  /** The failure that `deploymentEvents` report. */
  failure?: {
    step: DeploymentStep
    error?: string
    reason?: string
    attempt?: number
    maxAttempts?: number
  }
  /** The reason that `meta` gives while the deployment is `SKIPPED`. */
  skippedReason?: string
  /** Mistakes in the configuration, as `meta` lists them. */
  configErrors?: string[]
  diagnosis?: unknown
  buildLog?: LogLine[]
  deployLog?: LogLine[]
  /** Log queries fail for so many seconds after the start, or always with `Infinity`. */
  logsUnavailableSeconds?: number
  /** The process ends well so many seconds after going live: `SUCCESS` with `deploymentStopped`. */
  stopsAfterSeconds?: number
  /** The steps that follow once somebody approves it. */
  approved?: ScriptStep[]
}

export type DeploymentStep =
  | 'BUILD_IMAGE'
  | 'CONFIGURE_NETWORK'
  | 'CREATE_CONTAINER'
  | 'DRAIN_INSTANCES'
  | 'HEALTHCHECK'
  | 'MIGRATE_VOLUMES'
  | 'PRE_DEPLOY_COMMAND'
  | 'PUBLISH_IMAGE'
  | 'SNAPSHOT_CODE'
  | 'WAIT_FOR_DEPENDENCIES'

export type Script = ScriptStep[] | DeploymentScript

export function toScript(script: Script): DeploymentScript {
  return Array.isArray(script) ? { steps: script } : script
}

const build: ScriptStep[] = [
  { status: 'QUEUED', seconds: 2 },
  { status: 'BUILDING', seconds: 40 },
]
const deploy: ScriptStep[] = [...build, { status: 'DEPLOYING', seconds: 10 }]

/** Lines that a careless client prints as they are, to its harm. */
export const nastyLines: LogLine[] = [
  '\u001b[31mred\u001b[0m and \u001b[2Kerased',
  '::error::x',
  '::set-output name=x::y',
  '##[set-output name=x]y',
  '##vso[task.complete result=Succeeded;]',
  'carriage\rreturn ::stop-commands::token',
  { message: 'Error: boom ::add-mask::a', severity: 'error' },
]

/** The scripts that tests and the demo ask for by name. Times add up to 52 s where all goes well. */
export const scripts = {
  succeeds: { steps: [...deploy, 'SUCCESS'] },
  image: {
    steps: [
      { status: 'INITIALIZING', seconds: 1 },
      { status: 'DEPLOYING', seconds: 14 },
      'SUCCESS',
    ],
  },
  runsBySchedule: {
    steps: [{ status: 'DEPLOYING', seconds: 2 }, 'SUCCESS'],
    stopsAfterSeconds: 20,
  },
  rollsBack: { steps: [{ status: 'DEPLOYING', seconds: 10 }, 'SUCCESS'] },
  buildFails: {
    steps: [...build, 'FAILED'],
    failure: { step: 'BUILD_IMAGE', error: 'npm ci exited with code 1', reason: 'BUILD_FAILED' },
    buildLog: [
      'Using Railpack',
      'npm ci',
      { message: 'npm error code ERESOLVE', severity: 'error' },
      { message: 'ERROR: failed to build: exit code: 1', severity: 'error' },
    ],
  },
  preDeployFails: {
    steps: [...deploy, 'FAILED'],
    failure: {
      step: 'PRE_DEPLOY_COMMAND',
      error: 'Pre-deploy command failed',
      reason: 'PRE_DEPLOY_COMMAND_FAILED',
    },
    deployLog: [
      'Starting Container',
      '> npm run migrate',
      { message: 'error: relation "orders" already exists', severity: 'error' },
    ],
  },
  healthcheckFails: {
    steps: [...build, { status: 'DEPLOYING', seconds: 300 }, 'FAILED'],
    failure: {
      step: 'HEALTHCHECK',
      error: 'Healthcheck failed!',
      reason: 'HEALTHCHECK_TIMEOUT',
      attempt: 11,
      maxAttempts: 11,
    },
    deployLog: [
      'Starting Container',
      { message: 'Error: connect ECONNREFUSED', severity: 'error' },
    ],
  },
  crashes: {
    steps: [...deploy, 'CRASHED'],
    failure: { step: 'CREATE_CONTAINER', error: 'The container exited with code 1' },
    diagnosis: { summary: 'The process exits because DATABASE_URL is not set' },
    deployLog: [
      'Starting Container',
      { message: 'Error: DATABASE_URL is not set', severity: 'error' },
    ],
  },
  crashesLater: { steps: [...deploy, { status: 'SUCCESS', seconds: 120 }, 'CRASHED'] },
  skipped: {
    steps: [{ status: 'INITIALIZING', seconds: 1 }, 'SKIPPED'],
    buildLog: ['No changed files matched patterns: apps/api/**'],
  },
  skippedByWatchPaths: {
    steps: [{ status: 'INITIALIZING', seconds: 1 }, 'SKIPPED'],
    skippedReason: 'No changes to watched files',
    buildLog: ['No changed files matched patterns: apps/api/**'],
  },
  skippedByChecks: {
    steps: [{ status: 'WAITING', seconds: 60 }, 'SKIPPED'],
    skippedReason: 'A check suite of the commit failed',
    buildLog: [],
  },
  skippedInPreview: {
    steps: ['SKIPPED'],
    skippedReason: 'The service is not affected by the pull request',
    buildLog: [],
  },
  configInvalid: {
    steps: [{ status: 'INITIALIZING', seconds: 1 }, 'FAILED'],
    configErrors: [
      'build.builder: Invalid enum value. Expected RAILPACK or DOCKERFILE',
      'deploy.healthcheckTimeout: Expected number, received string',
    ],
    failure: { step: 'SNAPSHOT_CODE', error: 'Failed to parse the service config' },
    buildLog: [],
    deployLog: [],
  },
  crashesThenRecovers: {
    steps: [...deploy, { status: 'CRASHED', seconds: 45 }, 'SUCCESS'],
    deployLog: [
      'Starting Container',
      { message: 'Error: connect ECONNREFUSED 10.0.0.7:5432', severity: 'error' },
      { message: 'Listening on port 3000', after: 45 },
    ],
  },
  needsApproval: { steps: ['NEEDS_APPROVAL'] },
  waitsForChecks: { steps: ['WAITING'] },
  sleeps: { steps: [...deploy, { status: 'SUCCESS', seconds: 60 }, 'SLEEPING'] },
  removed: { steps: [...build, 'REMOVED'] },
  never: { steps: [...build] },
  unknown: { steps: [...build, { status: 'TELEPORTING', seconds: 30 }, 'SUCCESS'] },
} satisfies Record<string, DeploymentScript>
