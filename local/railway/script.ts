/** The deployment statuses of Railway's schema. */
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

/** A status of the schema, or one that Railway may add later. */
export type DeploymentStatus = (typeof deploymentStatuses)[number] | (string & {})

/** A status and its duration. A step without `seconds` is the last one. */
export type ScriptStep = DeploymentStatus | { status: DeploymentStatus; seconds: number }

/** A line of a log. `after`: seconds since the start of the build or of the process. */
export type LogLine = string | { message: string; severity?: string; after?: number }

/** The course of a deployment: its statuses, logs and errors. */
export interface DeploymentScript {
  steps: ScriptStep[]
  /** The commit that is deployed instead of the requested one. */
  commit?: string
  /** The image digest that is deployed instead of the requested one. */
  digest?: string
  /** The value of `meta`, instead of the one that follows from the content. */
  meta?: Record<string, unknown> | null
  /** The failed step in `deploymentEvents`. */
  failure?: {
    step: DeploymentStep
    error?: string
    reason?: string
    attempt?: number
    maxAttempts?: number
  }
  /** `skippedReason` in `meta` while the deployment is `SKIPPED`. */
  skippedReason?: string
  /** `configErrors` in `meta`: errors of the service's configuration. */
  configErrors?: string[]
  /** The field `diagnosis` of a deployment that is `FAILED` or `CRASHED`. */
  diagnosis?: unknown
  buildLog?: LogLine[]
  deployLog?: LogLine[]
  /** Seconds after the creation during which log queries fail. `Infinity`: they always fail. */
  logsUnavailableSeconds?: number
  /** Seconds after `SUCCESS` at which the process exits without an error. `deploymentStopped` is true from then on. */
  stopsAfterSeconds?: number
  /** The steps after the approval of a deployment that is `NEEDS_APPROVAL`. */
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

/** Log lines with control characters and workflow commands. A runner executes them if a client prints them unescaped. */
export const commandLines: LogLine[] = [
  '\u001b[31mred\u001b[0m and \u001b[2Kerased',
  '::error::x',
  '::set-output name=x::y',
  '##[set-output name=x]y',
  '##vso[task.complete result=Succeeded;]',
  'carriage\rreturn ::stop-commands::token',
  { message: 'Error: boom ::add-mask::a', severity: 'error' },
]

/** Scripts for tests, by name. A deployment that succeeds takes 52 seconds. */
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
