import { z } from 'zod'

/*
 * The outputs as data. Their types follow from this file, and `npm run docs` writes it as JSON Schema. The action itself does
 * not load it.
 */

const name = z.string()
const id = z.string()
const nullable = z.string().nullable()

const commit = nullable.describe(
  'The full id of the commit; null if there is none or Railway does not report it.',
)
const url = nullable.describe('The public address; null if there is none.')

const errorSchema = z.object({
  code: z.string().describe('One of the codes in docs/errors.md.'),
  title: z.string(),
  message: z.string(),
  project: nullable,
  environment: nullable,
  service: nullable,
})

const serviceSchema = z.object({
  id,
  name,
  repository: nullable,
  image: nullable.describe('The image that the service is deployed from, as its settings have it.'),
  commit,
  digest: nullable.describe('The digest of the live image; null if Railway does not report it.'),
  status: nullable.describe(
    'The status of the live deployment, as Railway names it; null if none is live.',
  ),
  deploymentId: nullable.describe('The id of the live deployment; null if none is live.'),
  url,
})

const projectSchema = z.object({
  id,
  name,
  environmentId: id,
  environmentName: name,
  services: z.array(serviceSchema),
})

const projectEntry = z.object({
  project: name,
  'project-id': id,
  environment: name,
  'environment-id': id,
})

const serviceEntry = projectEntry.extend({ service: name, 'service-id': id, commit, url })

const actions = [
  'deploy',
  'adopt',
  'upload',
  'rollback',
  'set-variables',
  'create-preview',
  'update-preview',
  'delete-preview',
  'keep',
] as const

const planEntry = z.object({
  project: name,
  environment: name,
  service: nullable,
  action: z.enum(actions),
  detail: z.string(),
  from: nullable.describe('The commit, image or deployment that is live.'),
  to: nullable.describe('The commit or image to deploy; null if Railway chooses it.'),
})

const resultEntry = z.object({
  project: name,
  projectId: id,
  environment: name,
  environmentId: nullable.describe('The id of the environment; null if it does not exist.'),
  service: nullable,
  serviceId: nullable,
  action: z.enum(actions),
  status: z.enum([
    'success',
    'unchanged',
    'accepted',
    'failed',
    'refused',
    'skipped',
    'superseded',
    'timed-out',
    'rolled-back',
    'not-started',
    'cancelled',
    'unknown',
  ]),
  deploymentId: nullable,
  commit,
  url,
  logsUrl: nullable,
  durationMs: z.number().nullable(),
  errorCode: nullable,
  message: z.string(),
})

/** The schema of the outputs, without `report-file`, which is known only after the report file is written. */
export const outputsSchema = z.object({
  status: z.enum(['success', 'failure', 'partial', 'unchanged', 'accepted', 'planned', 'skipped']),
  'error-code': z.string(),
  errors: z.array(errorSchema),
  'token-type': z.enum(['workspace', 'account', 'project', 'oauth', '']),
  'workspace-id': z.string(),
  'workspace-name': z.string(),
  changed: z.boolean(),
  projects: z.array(projectSchema),
  matrix: z.object({ include: z.array(serviceEntry) }),
  'project-matrix': z.object({ include: z.array(projectEntry) }),
  plan: z.array(planEntry),
  results: z.array(resultEntry),
  urls: z.record(z.string(), z.string()),
  url: z.string(),
  'deployment-ids': z.array(id),
  'environment-id': z.string(),
  'environment-name': z.string(),
  'environment-created': z.boolean(),
  requests: z.int().min(0),
  'rate-limit-remaining': z.union([z.int(), z.literal('')]),
  'log-file': z.string(),
})

const diagnosisEntry = z.object({
  id: z.string().describe('The id of the assumption in docs/assumptions.md.'),
  verdict: z.enum(['confirmed', 'refuted', 'undecided']),
  expected: z.string().describe('The id of the behaviour that the action assumes.'),
  seen: nullable.describe('The id of the observed behaviour; null if it is undecided.'),
  reason: nullable.describe('The reason if it is undecided, else null.'),
})

/** The schema of the report file: all outputs in full, the warnings, and the diagnosis if `diagnose` is set. */
export const reportSchema = outputsSchema.extend({
  schemaVersion: z.literal(1),
  diagnosis: z.array(diagnosisEntry).optional(),
  warnings: z.array(z.object({ title: z.string(), message: z.string() })),
})

/** The values of all outputs but `report-file`. */
export type Outputs = z.infer<typeof outputsSchema>
/** The content of the report file. */
export type Report = z.infer<typeof reportSchema>
