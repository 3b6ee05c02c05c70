import { z } from 'zod'
import { expected, type Failure, failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import { Secret } from '../secret.ts'
import { badSources } from './combinations.ts'
import { commands, isChanging } from './commands.ts'
import { choice, duration, endpoint, flag, input, patterns, text, wholeNumber } from './fields.ts'
import { parseImageReference } from './image-reference.ts'
import { missingToken } from './missing-token.ts'
import { previewNameProblems, previewRequest } from './preview-inputs.ts'
import { hasValue, type RawInputs } from './raw-inputs.ts'
import { parseContext, type RunContext } from './run-context.ts'
import { untrustedCommit } from './untrusted-commit.ts'
import {
  badRemovals,
  badVariableCombinations,
  type ReadFile,
  readValues,
  toVariableRequest,
  type VariableRequest,
  variableShape,
} from './variable-inputs.ts'
import type { StepFinding } from './workflow-step.ts'

const minutes = 60_000

const schema = z.object({
  command: choice(commands, 'deploy'),
  workspace: text(),
  'require-workspace-token': flag(false),
  projects: patterns(null),
  environment: text(),
  services: patterns(null),
  'commit-sha': input(
    'a full commit SHA of 40 hexadecimal digits, or `latest`',
    (given) => {
      const commit = given.trim().toLowerCase()
      return commit === 'latest' || /^[0-9a-f]{40}$/.test(commit) ? commit : undefined
    },
    null,
  ),
  ...variableShape,
  image: input(
    'an image reference such as `ghcr.io/acme/api:1.4.0` or `ghcr.io/acme/api@sha256:…`',
    (given) => parseImageReference(given) ?? undefined,
    null,
  ),
  'registry-username': text(),
  'registry-password': text(),
  directory: text(),
  force: flag(false),
  wait: flag(true),
  timeout: duration(20 * minutes),
  'on-skipped': choice(['warn', 'fail', 'ignore'], 'warn'),
  canary: patterns(null),
  'on-failure': choice(['keep', 'rollback'], 'keep'),
  'fail-fast': flag(false),
  'max-parallel': wholeNumber(8, { most: 64 }),
  'dry-run': flag(false),
  'preview-name': text(),
  'preview-action': choice(['auto', 'create', 'delete', 'prune'], 'auto'),
  'require-overrides': patterns(null),
  comment: flag(null),
  'github-deployments': flag(null),
  'api-url': endpoint('https://backboard.railway.com/graphql/v2'),
})

type Fields = z.infer<typeof schema>

/** The inputs that are read as text; `token` and `github-token` are read on their own: they are secrets. */
export const inputNames: readonly string[] = Object.keys(schema.shape)

/** The token and where it was taken from. */
export interface TokenInput {
  readonly secret: Secret
  /** ``the input `token` `` or the name of the environment variable. */
  readonly source: string
  /** Other places that had a token too, the same one or another. */
  readonly passedOver: readonly { readonly source: string; readonly same: boolean }[]
}

/** Every input, parsed, with the event that the run is for. Durations are milliseconds. */
export type Inputs = Readonly<ReturnType<typeof toInputs>>

function toInputs(fields: Fields, context: RunContext, variables: VariableRequest) {
  return {
    command: fields.command,
    workspace: fields.workspace,
    requireWorkspaceToken: fields['require-workspace-token'],
    projects: fields.projects,
    environment: fields.environment,
    services: fields.services,
    /** What to deploy to services built from this repository. */
    commit: chooseCommit(fields, context),
    variables,
    image: fields.image,
    registry: toCredentials(fields),
    directory: fields.directory,
    force: fields.force,
    wait: fields.wait,
    timeout: fields.timeout,
    onSkipped: fields['on-skipped'],
    canary: fields.canary,
    onFailure: fields['on-failure'],
    failFast: fields['fail-fast'],
    maxParallel: fields['max-parallel'],
    dryRun: fields['dry-run'],
    /** What is asked of previews; for other commands it says nothing. */
    preview: previewRequest(fields, context),
    comment: fields.comment ?? fields.command === 'preview',
    githubDeployments: fields['github-deployments'] ?? fields.command === 'preview',
    apiUrl: fields['api-url'],
    context,
  }
}

/** What a private image is fetched with. */
export interface RegistryCredentials {
  readonly username: Secret
  readonly password: Secret
}

function toCredentials(fields: Fields): RegistryCredentials | null {
  const { 'registry-username': username, 'registry-password': password } = fields
  if (username === null || password === null) return null
  return { username: new Secret(username), password: new Secret(password) }
}

/** A commit, Railway's own choice, or nothing where the event has no commit. */
export type CommitChoice =
  | { readonly kind: 'commit'; readonly sha: string }
  | { readonly kind: 'latest' }
  | { readonly kind: 'none' }

/** Where the inputs come from. */
export interface InputSource {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The text of one input; empty where it is left out. */
  input(name: string): string
  /** The event's payload, or `null`. */
  event(): unknown
  /** Where this step is written. */
  step(): StepFinding
  /** The text of a file of the checkout; `null` where there is none, or it is not UTF-8. */
  file(path: string): string | null
}

/** What a run is given. `token` is `null` only where `preview` runs without secrets, which is no error. */
export interface ReadInputs {
  readonly inputs: Inputs
  readonly token: TokenInput | null
  readonly githubToken: Secret | null
}

/** Reads inputs, token and event. A missing token stops the run here, before anything is asked. */
export function readInputs(
  source: InputSource,
  context: RunContext = parseContext(source.environment, source.event()),
): Result<ReadInputs> {
  const token = chooseToken([
    { source: 'the input `token`', value: source.input('token') },
    { source: 'RAILWAY_API_TOKEN', value: source.environment.RAILWAY_API_TOKEN ?? '' },
    { source: 'RAILWAY_TOKEN', value: source.environment.RAILWAY_TOKEN ?? '' },
  ])
  const raw = Object.fromEntries(inputNames.map((name) => [name, source.input(name)]))
  const inputs = parseInputs(raw, token, context, (path) => source.file(path))
  const missing = token ? [] : [missingToken(context, source.step(), source.environment)]
  const withheld = missing.some(({ facts }) => isByRule(facts.situation))
  if (!inputs.ok) return err([...inputs.failures, ...missing])
  const { command, preview } = inputs.value
  // What GitHub has to be asked about first is looked at again with its answer.
  const isKnown = command !== 'preview' || context.pullRequestToRead === null
  const unnamed = command === 'preview' && isKnown ? previewNameProblems(preview) : []
  if (unnamed.length > 0) return err([...unnamed, ...missing])
  if (!token && !(command === 'preview' && withheld)) return err(missing)
  const deploys = command === 'deploy' || (command === 'preview' && preview.action === 'create')
  const untrusted = token && isKnown ? untrustedCommit(raw, context, deploys) : []
  if (untrusted.length > 0) return err(untrusted)
  const githubToken = source.input('github-token').trim()
  return ok({
    inputs: inputs.value,
    token,
    githubToken: githubToken === '' ? null : new Secret(githubToken),
  })
}

/** GitHub itself gives such runs no secrets. */
const isByRule = (situation: string) => situation === 'fork' || situation === 'dependabot'

/** Parses every input and reports everything that is wrong with them in one go. */
export function parseInputs(
  raw: RawInputs,
  token: TokenInput | null,
  context: RunContext,
  readFile: ReadFile | null = null,
): Result<Inputs> {
  const parsed = schema.safeParse(raw)
  const values = readValues(raw, readFile)
  const wish = parsed.success && values.ok ? toVariableRequest(parsed.data, values.value) : null
  const failures = [
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => toFailure(issue, raw))),
    ...(values.ok ? [] : values.failures),
    ...(wish ? badRemovals(wish) : []),
    ...badCombinations(raw),
    ...badSources(raw),
    ...badToken(token),
  ]
  if (!parsed.success || !wish || failures.length > 0) return err(failures)
  return ok(toInputs(parsed.data, context, wish))
}

/** Signs that an input holds what it should not: a value beside a name, a password in a URL. */
const secretive: Readonly<Record<string, RegExp>> = {
  'remove-variables': /[=:]/,
  'api-url': /@/,
}

function toFailure(issue: z.core.$ZodIssue, raw: RawInputs): Failure {
  const name = String(issue.path[0])
  const given = raw[name] ?? ''
  const mayBeSecret = secretive[name]?.test(given) === true
  return failure('input-invalid', {
    input: name,
    given: mayBeSecret ? null : given,
    problem: expected(issue.message),
  })
}

function chooseCommit(fields: Fields, context: RunContext): CommitChoice {
  const asked = fields['commit-sha'] ?? context.commit
  if (asked === null) return { kind: 'none' }
  return asked === 'latest' ? { kind: 'latest' } : { kind: 'commit', sha: asked.toLowerCase() }
}

/** Combinations are judged on the texts, so that they are reported beside inputs that do not parse. */
function badCombinations(raw: RawInputs): Failure[] {
  const given = (name: string) => hasValue(raw, name)
  const command = (raw.command ?? '').trim() || 'deploy'
  const changes = isChanging(command)
  const failures: Failure[] = []
  if (changes && command !== 'preview' && !given('environment')) {
    failures.push(
      failure('input-invalid', {
        input: 'environment',
        given: '',
        problem: expected(
          `the name or id of an environment; \`${command}\` has no default for it, because a wrong guess would be an outage`,
        ),
      }),
    )
  }
  if (changes && given('services') && !given('projects')) {
    failures.push(
      failure('input-invalid', {
        input: 'projects',
        given: '',
        problem: expected(
          'patterns, and it is required when `services` is given, so that a wide service pattern never meets the whole workspace by accident (`*` is every project)',
        ),
      }),
    )
  }
  return [...failures, ...badVariableCombinations(raw, command)]
}

/** What can be told of a token by its form alone. Its shape is otherwise not judged: nobody promises one. */
function badToken(token: TokenInput | null): Failure[] {
  if (!token) return []
  const value = token.secret.reveal()
  const found = /^["']|["']$/.test(value)
    ? 'quotes around it'
    : /^bearer\b/i.test(value)
      ? 'a `Bearer ` prefix'
      : /[\r\n]/.test(value)
        ? 'a line break'
        : /\s/.test(value)
          ? 'white space'
          : /[^\x21-\x7e]/.test(value)
            ? 'characters that no token has (control characters or letters outside ASCII)'
            : null
  return found ? [failure('token-malformed', { source: token.source, found })] : []
}

/**
 * Chooses the token: the input first, then RAILWAY_API_TOKEN, then RAILWAY_TOKEN. What kind it is
 * follows from the API's answers, never from the name it came under.
 */
export function chooseToken(
  candidates: readonly { source: string; value: string }[],
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
