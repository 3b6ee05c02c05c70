import { z } from 'zod'
import { type Failure, failure, type TokenFault } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Warning } from '../errors/warning.ts'
import { Secret } from '../secret.ts'
import type { TokenSource } from '../token-type.ts'
import { checkCombinations } from './combinations.ts'
import { commands } from './commands.ts'
import { checkEmptyExpressions } from './empty-expressions.ts'
import { zeroCommit } from './event-commit.ts'
import {
  choice,
  duration,
  endpoint,
  flag,
  input,
  path,
  patterns,
  Rejection,
  shard,
  text,
  waves,
  wholeNumber,
} from './fields.ts'
import { expectedImage, hasCredentials, parseImageReference } from './image-reference.ts'
import { invalidInput, rejected } from './invalid-input.ts'
import { missingToken } from './missing-token.ts'
import { checkPreviewName, previewRequest } from './preview-inputs.ts'
import type { RawInputs } from './raw-inputs.ts'
import { checkRepositorySelection } from './repository-selection.ts'
import { parseContext, type RunContext } from './run-context.ts'
import { findRunToken, type RunToken } from './run-tokens.ts'
import { checkCommitOrigin } from './untrusted-commit.ts'
import { checkVariableCombinations } from './variable-combinations.ts'
import {
  checkRemovals,
  type FileReading,
  type ReadFile,
  readValues,
  toVariableRequest,
  type VariableRequest,
  variableShape,
  variableWarnings,
} from './variable-inputs.ts'
import type { StepFinding, WorkflowStep } from './workflow-step.ts'

const minutes = 60_000
const hours = 60 * minutes
const days = 24 * hours

const expectedCommit =
  'the SHA of a commit, or `latest` (GitHub sends zeros as the commit of a deleted branch or tag; skip such a run with `if: github.event.deleted != true` on the job)'

/**
 * The parsers of the inputs, except for those about variables, which are in `variable-inputs.ts`.
 *
 * A new input also needs an entry in `action.yml`, a field in {@link toInputs}, and the commands that use it, its
 * default and its rules in `combinations.ts`. A list is also named in `raw-inputs.ts`, and a text or a list in
 * `empty-expressions.ts`. If its text may hold a secret by mistake, {@link mayHoldSecret} lists it.
 * `npm run docs` then updates the README.
 */
const schema = z.object({
  command: choice(commands, 'deploy'),
  workspace: text(),
  'require-workspace-token': flag(false),
  projects: patterns([]),
  environment: text(),
  services: patterns([]),
  'commit-sha': input(
    'a full commit SHA of 40 hexadecimal digits, or `latest`',
    (given) => {
      const commit = given.trim().toLowerCase()
      if (commit === zeroCommit) return new Rejection(expectedCommit)
      return commit === 'latest' || /^[0-9a-f]{40}$/.test(commit) ? commit : undefined
    },
    null,
  ),
  'from-environment': text(),
  'only-changed': flag(false),
  ...variableShape,
  image: input(
    'an image reference',
    (given) => parseImageReference(given) ?? new Rejection(expectedImage(given)),
    null,
  ),
  'registry-username': text(),
  'registry-password': text(),
  directory: text(),
  force: flag(false),
  wait: flag(true),
  timeout: duration('a duration such as `90s`, `20m` or `1h`, up to `24h`', 20 * minutes, {
    max: 24 * hours,
  }),
  'health-check': path(),
  'health-check-timeout': duration('a duration such as `30s` or `2m`, up to `1h`', 2 * minutes, {
    max: hours,
  }),
  'on-skipped': choice(['warn', 'fail', 'ignore'], 'warn'),
  canary: patterns(),
  order: waves(),
  'on-failure': choice(['keep', 'rollback'], 'keep'),
  'fail-fast': flag(false),
  'max-parallel': wholeNumber(null, { max: 10_000 }),
  shard: shard(),
  'dry-run': flag(false),
  'fail-on-changes': flag(false),
  'preview-name': text(),
  'preview-action': choice(['auto', 'create', 'delete', 'prune'], 'auto'),
  'require-overrides': patterns(),
  'older-than': duration('a duration such as `36h` or `14d`, up to `3650d`', null, {
    max: 3650 * days,
  }),
  comment: flag(null),
  'github-deployments': flag(null),
  'api-url': endpoint('https://backboard.railway.com/graphql/v2'),
  diagnose: flag(false),
})

type Fields = z.infer<typeof schema>

/** The names of the inputs that are read as text. `token` and `github-token` are secrets, and are read separately. */
export const inputNames: readonly string[] = [...Object.keys(schema.shape), 'variables']

/** The Railway token with its source. */
export interface TokenInput {
  readonly secret: Secret
  readonly source: TokenSource
  /** The sources of lower precedence that also have a token. `same`: it is the same token. */
  readonly passedOver: readonly { readonly source: TokenSource; readonly same: boolean }[]
}

/** All inputs, parsed, with the event that started the run. Durations are milliseconds. */
export type Inputs = Readonly<ReturnType<typeof toInputs>>

function toInputs(fields: Fields, context: RunContext, variables: VariableRequest) {
  return {
    command: fields.command,
    workspace: fields.workspace,
    requireWorkspaceToken: fields['require-workspace-token'],
    projects: fields.projects,
    environment: fields.environment,
    services: fields.services,
    /** The commit for the services built from this repository. */
    commit: chooseCommit(fields, context),
    /** The environment whose live commits and images are promoted, in place of `commit`. */
    fromEnvironment: fields['from-environment'],
    onlyChanged: fields['only-changed'],
    variables,
    image: fields.image,
    registry: toCredentials(fields),
    directory: fields.directory,
    force: fields.force,
    wait: fields.wait,
    timeout: fields.timeout,
    /** The health check; `null` for none. */
    healthCheck: toHealthCheck(fields),
    onSkipped: fields['on-skipped'],
    canary: fields.canary,
    /** The waves of services, in their order. Services that match none go last. */
    order: fields.order,
    onFailure: fields['on-failure'],
    failFast: fields['fail-fast'],
    /** The maximum number of concurrent deployments; `null` for no limit. */
    maxParallel: fields['max-parallel'],
    /** The part of the selected projects that this job takes; `null` for all of them. */
    shard: fields.shard,
    dryRun: fields['dry-run'],
    failOnChanges: fields['fail-on-changes'],
    /** The request for previews. Other commands ignore it. */
    preview: previewRequest(fields, context),
    comment: fields.comment ?? fields.command === 'preview',
    githubDeployments: fields['github-deployments'] ?? fields.command === 'preview',
    apiUrl: fields['api-url'],
    diagnose: fields.diagnose,
    context,
  }
}

/** A health check of every service after its deployment. */
export interface HealthCheck {
  /** The path to request at the service's public address. */
  readonly path: string
  /** The time limit in milliseconds. */
  readonly timeout: number
}

function toHealthCheck(fields: Fields): HealthCheck | null {
  const { 'health-check': path, 'health-check-timeout': timeout } = fields
  return path === null ? null : { path, timeout }
}

/** The credentials for pulling a private image. */
export interface RegistryCredentials {
  readonly username: Secret
  readonly password: Secret
}

function toCredentials(fields: Fields): RegistryCredentials | null {
  const { 'registry-username': username, 'registry-password': password } = fields
  if (username === null || password === null) return null
  return { username: new Secret(username), password: new Secret(password) }
}

/** The commit to deploy: a given one, Railway's own choice, or none if the event has no commit. */
export type CommitChoice =
  | { readonly kind: 'commit'; readonly sha: string }
  | { readonly kind: 'latest' }
  | { readonly kind: 'none' }

export type { RawInputs } from './raw-inputs.ts'

/** The source of the inputs. */
export interface InputSource {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Returns the text of an input; empty if it is left out. */
  input(name: string): string
  /** Returns the event's payload, or `null`. */
  event(): unknown
  /** The step in the workflow file. */
  readonly step: StepFinding
  /** Reads a file that an input names. */
  file(path: string): FileReading
}

/**
 * The inputs of a run. `token` is `null` only for a preview in a run without secrets, such as a run for a fork. That is
 * no error.
 */
export interface ReadInputs {
  readonly inputs: Inputs
  readonly token: TokenInput | null
  readonly githubToken: Secret | null
  readonly warnings: readonly Warning[]
}

/**
 * Reads the inputs, the token and the event. If the token is missing, the result is an error, and the run sends no
 * request.
 */
export function readInputs(
  source: InputSource,
  context: RunContext = parseContext(source.environment, source.event()),
): Result<ReadInputs> {
  const { environment } = source
  const candidates: { source: TokenSource; value: string }[] = [
    { source: 'input', value: source.input('token') },
    { source: 'RAILWAY_API_TOKEN', value: environment.RAILWAY_API_TOKEN ?? '' },
    { source: 'RAILWAY_TOKEN', value: environment.RAILWAY_TOKEN ?? '' },
  ]
  const token = chooseToken(candidates)
  const githubToken = source.input('github-token').trim()
  const raw = Object.fromEntries(inputNames.map((name) => [name, source.input(name)]))
  const { step: finding } = source
  const missing = token ? [] : [missingToken(context, finding, environment)]
  const withheld = missing.some(({ facts }) => isWithheldByGitHub(facts.situation))
  const inputs = parseInputs(raw, token, context, {
    readFile: (path) => source.file(path),
    // If GitHub passes no secrets, expressions with secrets are empty, too.
    step: finding.kind === 'found' && !withheld ? finding.step : null,
    candidates: (finding.kind === 'unknown' && !withheld && finding.candidates) || [],
    ownTokens: [
      ...candidates.map(({ value }) => ({ name: 'the Railway token', value })),
      { name: '`github-token`', value: githubToken },
      { name: "the job's GitHub token", value: environment.GITHUB_TOKEN ?? '' },
      { name: "the runner's own token", value: environment.ACTIONS_RUNTIME_TOKEN ?? '' },
    ].map(({ name, value }) => ({ name, secret: new Secret(value.trim()) })),
  })
  if (!inputs.ok) return err([...inputs.failures, ...missing])
  const { command, preview } = inputs.value
  // A pull request that is still to be read from GitHub is checked when the inputs are read again with it.
  const isKnown = command !== 'preview' || context.pullRequestToRead === null
  const deploys = command === 'deploy' || (command === 'preview' && preview.action === 'create')
  const untrusted =
    token && isKnown ? checkCommitOrigin(raw, context, deploys ? command : null) : []
  // The commit of a fork's workflow may have no pull request, and then the preview has no name either.
  if (untrusted.length > 0) return err(untrusted)
  // No preview is made in a merge queue, so its name does not matter.
  const isNamed = isKnown && context.eventName !== 'merge_group'
  const badName = command === 'preview' && isNamed ? checkPreviewName(preview) : []
  if (badName.length > 0) return err([...badName, ...missing])
  if (!token && !(command === 'preview' && withheld)) return err(missing)
  return ok({
    inputs: inputs.value,
    token,
    githubToken: githubToken === '' ? null : new Secret(githubToken),
    warnings: variableWarnings(inputs.value.variables),
  })
}

/** Returns whether GitHub passes no secrets to a run by its own rules. */
const isWithheldByGitHub = (situation: string) => situation === 'fork' || situation === 'dependabot'

/** The context of parsing, as far as it is known. */
export interface ParseOptions {
  /**
   * The reader of files. Without it, the files of `variables-file` are not read, as when examples of the documentation
   * are checked.
   */
  readonly readFile?: ReadFile | null
  /** The step in the workflow file. Without it, an empty input counts as left out. */
  readonly step?: WorkflowStep | null
  /** The steps in the workflow file of which the running step is one, if it is not known which. */
  readonly candidates?: readonly WorkflowStep[]
  /** The run's own tokens, which no variable and no registry password may hold. */
  readonly ownTokens?: readonly RunToken[]
}

/** Parses all inputs. Returns every error, not only the first. */
export function parseInputs(
  raw: RawInputs,
  token: TokenInput | null,
  context: RunContext,
  { readFile = null, step = null, candidates = [], ownTokens = [] }: ParseOptions = {},
): Result<Inputs> {
  // The schema is used once or twice a run: code that zod generates for it costs more than it saves.
  const parsed = schema.safeParse(raw, { jitless: true })
  const values = readValues(raw, readFile, ownTokens)
  const request = parsed.success && values.ok ? toVariableRequest(parsed.data, values.value) : null
  const empty = checkEmptyExpressions(raw, ...(step ? [step] : candidates))
  const failures = [
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => toFailure(issue, raw))),
    ...(values.ok ? [] : values.failures),
    ...(request ? checkRemovals(request) : []),
    ...checkCombinations(raw),
    ...checkVariableCombinations(raw, step),
    ...checkRepositorySelection(raw, context),
    ...checkRegistryPassword(raw, ownTokens),
    ...checkToken(token),
  ].filter((problem) => !sharesInput(problem, empty))
  failures.push(...empty)
  if (!parsed.success || !request || failures.length > 0) return err(failures)
  return ok(toInputs(parsed.data, context, request))
}

/**
 * Returns whether one of the other errors is about the same input. The error is then only a consequence of the empty
 * expression.
 */
const sharesInput = ({ code, facts }: Failure, others: readonly Failure[]) =>
  code === 'input-invalid' &&
  others.some((other) => other.code === 'input-invalid' && other.facts.input === facts.input)

function checkRegistryPassword(raw: RawInputs, ownTokens: readonly RunToken[]): Failure[] {
  const found = findRunToken(raw['registry-password'] ?? '', ownTokens)
  if (found === null) return []
  const because = `The value is ${found}, which does not stay valid, so Railway could not pull the image with it later. Expected a password or token of the registry that stays valid.`
  return [invalidInput('registry-password', null, rejected(because))]
}

/** The inputs whose text may contain a secret by mistake. Each has a test for it, such as a password in a URL. */
const mayHoldSecret: Readonly<Record<string, (given: string) => boolean>> = {
  'remove-variables': (given) => /[=:]/.test(given),
  'api-url': (given) => given.includes('@'),
  image: hasCredentials,
  'health-check': (given) => given.includes('@'),
}

function toFailure(issue: z.core.$ZodIssue, raw: RawInputs): Failure {
  const name = String(issue.path[0])
  const given = raw[name] ?? ''
  const mayBeSecret = mayHoldSecret[name]?.(given) === true
  return invalidInput(name, mayBeSecret ? null : given, {
    kind: 'format',
    expected: issue.message,
  })
}

function chooseCommit(fields: Fields, context: RunContext): CommitChoice {
  const requested = fields['commit-sha'] ?? context.commit
  if (requested === null) return { kind: 'none' }
  return requested === 'latest'
    ? { kind: 'latest' }
    : { kind: 'commit', sha: requested.toLowerCase() }
}

/**
 * Returns whether a run has to deploy a commit but has none, neither from the event nor from an input. Only `deploy`,
 * and a preview that is created or updated, deploy a commit.
 */
export function lacksCommit(inputs: Inputs): boolean {
  const { command, preview, commit } = inputs
  const isPreview = command === 'preview' && preview.action === 'create'
  // The image of a preview is for some services only. The others are deployed from the commit.
  const isDeploy = command === 'deploy' && hasCommitSource(inputs)
  return (isDeploy || isPreview) && commit.kind === 'none'
}

/** Returns whether the inputs choose a commit as the source of deployments: no image, directory or environment. */
export const hasCommitSource = ({
  image,
  directory,
  fromEnvironment,
}: Pick<Inputs, 'image' | 'directory' | 'fromEnvironment'>): boolean =>
  image === null && directory === null && fromEnvironment === null

/** Checks a token for characters that no token has. Railway documents no format, so nothing else is checked. */
function checkToken(token: TokenInput | null): Failure[] {
  if (!token) return []
  const fault = faultOf(token.secret.reveal())
  return fault ? [failure('token-malformed', { source: token.source, fault })] : []
}

function faultOf(token: string): TokenFault | null {
  if (/^["']|["']$/.test(token)) return 'quotes'
  if (/^bearer\b/i.test(token)) return 'bearer-prefix'
  if (/[\r\n]/.test(token)) return 'line-break'
  if (/\s/.test(token)) return 'white-space'
  return /[^\x21-\x7e]/.test(token) ? 'characters' : null
}

/**
 * Chooses the first token that is not empty. The candidates are ordered by precedence: the input, RAILWAY_API_TOKEN,
 * RAILWAY_TOKEN. The type of the token follows from the API's responses, never from its source.
 */
export function chooseToken(
  candidates: readonly { source: TokenSource; value: string }[],
): TokenInput | null {
  const present = candidates
    .map(({ source, value }) => ({ source, value: value.replace(/^[ \t]+|\s+$/g, '') }))
    .filter(({ value }) => value !== '')
  const [first, ...others] = present
  if (!first) return null
  return {
    secret: new Secret(first.value),
    source: first.source,
    passedOver: others.map(({ source, value }) => ({ source, same: value === first.value })),
  }
}
