import { type TokenType, tokenNames } from './scope/scope.ts'

/** A service of an environment of a project, or the whole environment, by names: how errors say where. */
export interface Place {
  project: string
  environment: string
  service: string | null
}

/** What is known when an error is found. Never a secret: facts end up in annotations and reports. */
export interface Facts {
  'input-invalid': { input: string; given: string | null; takes: string }
  'token-missing': {
    situation: 'fork' | 'dependabot' | 'reusable-workflow' | 'empty-input' | 'none'
  }
  'token-malformed': { source: string; found: string }
  'token-invalid': { source: string; evidence: readonly string[] }
  'token-project-scoped': { project: string; environment: string; asked: string; extra: string }
  'token-account-scoped': { tokenType: TokenType; workspaces: readonly string[] }
  'workspace-ambiguous': { tokenType: TokenType; workspaces: readonly string[] }
  'workspace-mismatch': {
    tokenType: TokenType
    scopedTo: readonly string[]
    asked: string
    nearest: string | null
  }
  'project-not-in-scope': {
    asked: string
    workspace: string
    available: readonly string[]
    nearest: string | null
  }
  'environment-not-found': {
    asked: string
    project: string
    available: readonly string[]
    nearest: string | null
    elsewhere: readonly string[]
  }
  'environment-restricted': { project: string; environment: string; tokenType: TokenType }
  'service-not-found': {
    asked: string | null
    where: string
    available: readonly string[]
    nearest: string | null
    repository: string
  }
  'operation-not-permitted': { doing: string; on: string; tokenType: TokenType; said: string }
  'two-factor-required': { workspace: string | null }
  'commit-mismatch': Place & { asked: string; live: string }
  'inherited-variable': Place & { variable: string; pattern: string }
  'commit-not-found': Place & { commit: string }
  'rate-limited': {
    by: 'api' | 'edge'
    doing: string
    needed: number | null
    remaining: number | null
    resetsAt: string | null
  }
  'api-unavailable': { doing: string; detail: string; consequence: string }
  'api-incompatible': { operation: string; field: string; detail: string }
  'deployment-failed': Place & {
    how: 'failed' | 'crashed' | 'removed'
    step: string | null
    diagnosis: string | null
    firstErrorLine: string | null
  }
  'deployment-skipped': Place & { why: string | null }
  'upload-refused': Place & { directory: string; bytes: number | null; why: string }
  'deployment-timeout': Place & { status: string; waited: string }
  cancelled: { started: number; unfinished: number }
  'internal-error': { name: string; where: string }
}

/** The stable codes of the contract; `docs/errors.md` has a section for each. */
export type ErrorCode = keyof Facts

/** One thing that is wrong: a code and what is known of it. Plain data. */
export type Failure<Code extends ErrorCode = ErrorCode> = {
  [C in Code]: { readonly code: C; readonly facts: Facts[C] }
}[Code]

/** Builds a failure; its type ties the facts to the code. */
export function failure<Code extends ErrorCode>(code: Code, facts: Facts[Code]): Failure<Code> {
  return { code, facts } as Failure<Code>
}

/** Either a value or everything that stands in its way; and what is worth a warning on both roads. */
export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failures: readonly Failure[] }

export const found = <Value>(value: Value): Checked<Value> => ({ ok: true, value })
export const refused = (failures: readonly Failure[]): Checked<never> => ({ ok: false, failures })

/** How an error reads: what happened to which object, why, and the next step. */
export interface Wording {
  /** After `Railway: `; the same for every error of a code. */
  title: string
  what: string
  why: string
  next: string
}

const tokensPage = 'https://railway.com/account/tokens'

/** Names in quotes, at most `most` of them, with the number of the rest. */
export function listNames(names: readonly string[], most = 12): string {
  if (names.length === 0) return 'none'
  const shown = names.slice(0, most).map((name) => `"${name}"`)
  const rest = names.length - shown.length
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ')
}

/** `service "api" of project "shop" in environment "production"`. */
export function describePlace({ project, environment, service }: Place): string {
  if (service === null) return `environment "${environment}" of project "${project}"`
  return `service "${service}" of project "${project}" in environment "${environment}"`
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const didYouMean = (nearest: string | null) => (nearest ? ` Did you mean "${nearest}"?` : '')
const short = (commit: string) => commit.slice(0, 12)

const missingToken: Record<Facts['token-missing']['situation'], { why: string; next: string }> = {
  fork: {
    why: 'This run is for a pull request from a fork, and GitHub gives such runs no secrets.',
    next: 'Skip this job for forks (`if: github.event.pull_request.head.repo.full_name == github.repository`), or deploy after the merge.',
  },
  dependabot: {
    why: 'Dependabot started this run, and its runs see Dependabot secrets only, not Actions secrets.',
    next: "Add the token under Settings → Secrets and variables → Dependabot, or skip this job for `github.actor == 'dependabot[bot]'`.",
  },
  'reusable-workflow': {
    why: 'This step runs in a reusable workflow, which sees only the secrets its caller hands over.',
    next: 'Add `secrets: inherit` (or the one secret by name) to the job that calls the workflow.',
  },
  'empty-input': {
    why: 'The input is there, but the secret or variable it names is empty or does not exist in this repository, organization or environment.',
    next: `Check the secret's name, and whether the job needs an \`environment:\` to see it; make a workspace token at ${tokensPage}.`,
  },
  none: {
    why: 'Neither the input `token` nor RAILWAY_API_TOKEN or RAILWAY_TOKEN in the environment is set.',
    next: `Make a workspace token at ${tokensPage} (choose the workspace, not "No workspace"), store it as a secret and pass it as \`token\`.`,
  },
}

const wording: { [Code in ErrorCode]: (facts: Facts[Code]) => Wording } = {
  'input-invalid': ({ input, given, takes }) => ({
    title: 'input not understood',
    what: `The input \`${input}\` ${given === null ? 'cannot be used as it is' : `is "${given}"`}.`,
    why: `It takes ${takes}.`,
    next: `Correct \`${input}\` in the step's \`with:\`.`,
  }),
  'token-missing': ({ situation }) => ({
    title: 'no token',
    what: 'There is no Railway token to work with.',
    ...missingToken[situation],
  }),
  'token-malformed': ({ source, found }) => ({
    title: 'token pasted with extra characters',
    what: `The token from ${source} contains ${found}.`,
    why: 'No Railway token has that, so it was not sent anywhere.',
    next: 'Store the bare token as the secret again, without quotes, prefix or line breaks.',
  }),
  'token-invalid': ({ source, evidence }) => ({
    title: 'token invalid',
    what: `Railway knows the token from ${source} in none of its roles; it is revoked, expired or mistyped.`,
    why: `Every question was answered and refused: ${evidence.join('; ')}.`,
    next: `Make a new workspace token at ${tokensPage} and store it as the secret; nothing is wrong with its scope.`,
  }),
  'token-project-scoped': ({ project, environment, asked, extra }) => ({
    title: 'token reaches one project only',
    what: `The token is a project token for environment "${environment}" of project "${project}"; the workflow asks for ${asked}.`,
    why: `A project token reaches that one environment and nothing else${extra ? `; ${extra}` : ''}.`,
    next: `Make a workspace token at ${tokensPage} for this step, or narrow the selection to project "${project}" and environment "${environment}".`,
  }),
  'token-account-scoped': ({ tokenType, workspaces }) => ({
    title: 'token reaches more than one workspace',
    what: `The token is an ${tokenNames[tokenType]}; it acts as a person in ${listNames(workspaces)}.`,
    why: '`require-workspace-token` is on, so a token that is broader than one workspace is refused.',
    next: `Make a workspace token at ${tokensPage}: choose the workspace instead of "No workspace".`,
  }),
  'workspace-ambiguous': ({ tokenType, workspaces }) => ({
    title: 'which workspace?',
    what: `The ${tokenNames[tokenType]} reaches several workspaces: ${listNames(workspaces, 30)}.`,
    why: 'The input `workspace` does not say which of them is meant.',
    next: 'Set `workspace` to one of these names, or use a token of that workspace alone.',
  }),
  'workspace-mismatch': ({ tokenType, scopedTo, asked, nearest }) =>
    tokenType === 'workspace'
      ? {
          title: 'token of another workspace',
          what: `The token is scoped to workspace ${listNames(scopedTo)}; the workflow asks for workspace "${asked}".`,
          why: `A workspace token reaches its own workspace only. It is a good token, for another place.${didYouMean(nearest)}`,
          next: `Use a token of workspace "${asked}" (${tokensPage}), or correct or leave out the input \`workspace\`.`,
        }
      : {
          title: 'workspace out of reach',
          what: `The workflow asks for workspace "${asked}"; the ${tokenNames[tokenType]} reaches ${listNames(scopedTo)}.`,
          why: `The account behind it is no member of "${asked}", was not given it, or it is spelled differently.${didYouMean(nearest)}`,
          next: `Correct \`workspace\`, have the account invited, or use a token of workspace "${asked}" (${tokensPage}).`,
        },
  'project-not-in-scope': ({ asked, workspace, available, nearest }) => ({
    title: 'project not in scope',
    what: `There is no project "${asked}" in ${workspace}.`,
    why: `The projects in reach are ${listNames(available)}.${didYouMean(nearest)}`,
    next: 'Correct `projects`, or use a token of the workspace that the project is in.',
  }),
  'environment-not-found': ({ asked, project, available, nearest, elsewhere }) => ({
    title: 'environment not found',
    what: `Project "${project}" has no environment "${asked}".`,
    why: `It has ${listNames(available)}.${didYouMean(nearest)}${
      elsewhere.length > 0 ? ` The environment exists in ${listNames(elsewhere, 5)}.` : ''
    }`,
    next: `Correct \`environment\`, create "${asked}" in the project, or exclude it with \`!${project}\` in \`projects\`.`,
  }),
  'environment-restricted': ({ project, environment, tokenType }) => ({
    title: 'environment restricted',
    what: `Environment "${environment}" of project "${project}" exists, but this token may not act in it.`,
    why: `It is a restricted environment, and the ${tokenNames[tokenType]} has no access to it.`,
    next: 'Use a workspace token, which acts as an admin of the workspace, or have the account given access to the environment.',
  }),
  'service-not-found': ({ asked, where, available, nearest, repository }) => ({
    title: asked === null ? 'nothing to deploy' : 'service not found',
    what:
      asked === null
        ? `No service in ${where} is built from ${repository}.`
        : `No service "${asked}" in ${where}.`,
    why: `The services there are ${available.length === 0 ? 'none' : available.join(', ')}.${didYouMean(nearest)}`,
    next:
      asked === null
        ? 'Name the services with `services` (and `projects`), or connect a service to this repository in Railway.'
        : 'Correct `services`, or the `projects` and `environment` it is looked for in.',
  }),
  'operation-not-permitted': ({ doing, on, tokenType, said }) => ({
    title: 'operation not permitted',
    what: `Railway refused ${doing} ${on}.`,
    why: `The ${tokenNames[tokenType]} fits this scope, but not this operation; Railway said: ${said}`,
    next: "Check the role of the token's owner and the workspace's policies, or use a workspace token, which acts as an admin.",
  }),
  'two-factor-required': ({ workspace }) => ({
    title: 'two-factor authentication required',
    what: `${workspace ? `Workspace "${workspace}"` : 'The workspace'} enforces two-factor authentication, and the person behind this token has not turned it on.`,
    why: "The token acts as that person; a workspace token would not be subject to a person's second factor.",
    next: `Turn it on at https://railway.com/account/security, or use a workspace token (${tokensPage}).`,
  }),
  'commit-mismatch': (facts) => ({
    title: 'another commit is live',
    what: `${capital(describePlace(facts))} is live, but not with what was asked for.`,
    why: `Asked for ${short(facts.asked)}, Railway says that ${short(facts.live)} is live.`,
    next: 'Look at the deployment in Railway; run the job again if a newer push overtook this one.',
  }),
  'inherited-variable': (facts) => ({
    title: 'preview would share a value with its base',
    what: `The variable ${facts.variable} of ${describePlace(facts)} would be inherited from the base environment.`,
    why: `\`require-overrides\` lists "${facts.pattern}", and the base has a literal value there, not a reference.`,
    next: `Give the preview its own value with \`variables: ${facts.variable}=…\`, or make it a reference in the base.`,
  }),
  'commit-not-found': (facts) => ({
    title: 'commit not found',
    what: `Railway does not know commit ${short(facts.commit)} for ${describePlace(facts)}.`,
    why: 'The commit is not on GitHub, not in the connected repository, or Railway may not read it.',
    next: "Push the commit first, check `commit-sha`, and check that Railway's GitHub app may read the repository.",
  }),
  'rate-limited': ({ by, doing, needed, remaining, resetsAt }) => ({
    title: 'request budget spent',
    what: `Railway's ${by === 'edge' ? 'edge (Cloudflare)' : 'API'} limit stands in the way of ${doing}.`,
    why: `${needed === null ? 'The budget is spent' : `The run needs about ${needed} more requests`}${
      remaining === null ? '' : `, ${remaining} are left`
    }, and waiting would outlast \`timeout\`${resetsAt ? `; the limit resets at ${resetsAt}` : ''}.`,
    next: 'Run the job again after that, raise `timeout`, select fewer services, or move to a plan with a higher limit.',
  }),
  'api-unavailable': ({ doing, detail, consequence }) => ({
    title: 'API unavailable',
    what: `Railway's API did not answer while ${doing}.`,
    why: `The last attempt ended with ${detail}. This says nothing about the token.`,
    next: `${consequence} See https://status.railway.com and run the job again.`,
  }),
  'api-incompatible': ({ operation, field, detail }) => ({
    title: 'answer not understood',
    what: `Railway's answer to ${operation} has another shape than expected.`,
    why: `At \`${field}\`: ${detail}.`,
    next: 'Update this action; if it is the newest, report this message as an issue.',
  }),
  'deployment-failed': (facts) => ({
    title: 'deployment failed',
    what: `The deployment of ${describePlace(facts)} ${
      { failed: 'failed', crashed: 'crashed', removed: 'was removed before it was live' }[facts.how]
    }.`,
    why: [
      facts.step && `Failed step: ${facts.step}.`,
      facts.diagnosis && `Railway's diagnosis: ${facts.diagnosis}`,
      facts.firstErrorLine && `First error line: ${facts.firstErrorLine}`,
      !facts.step && !facts.diagnosis && !facts.firstErrorLine && 'Railway gave no reason.',
    ]
      .filter(Boolean)
      .join(' '),
    next: 'Read the last log lines in the job log, or the whole log behind the link in the summary.',
  }),
  'deployment-skipped': (facts) => ({
    title: 'deployment skipped',
    what: `Railway skipped the deployment of ${describePlace(facts)}.`,
    why: facts.why ?? 'No changed file matched its watch paths, or a check of the commit failed.',
    next: 'Check the watch paths and checks of the service, or set `on-skipped: warn` if that is fine.',
  }),
  'upload-refused': (facts) => ({
    title: 'upload refused',
    what: `Railway did not take the directory "${facts.directory}" for ${describePlace(facts)}${
      facts.bytes === null ? '' : ` (${facts.bytes} bytes)`
    }.`,
    why: facts.why,
    next: 'Exclude what the build does not need in .railwayignore, or deploy from the repository or an image.',
  }),
  'deployment-timeout': (facts) => ({
    title: 'deployment not finished in time',
    what: `The deployment of ${describePlace(facts)} was still ${facts.status} after ${facts.waited}.`,
    why: '`timeout` ran out; the deployment itself goes on at Railway.',
    next: 'Follow it behind the link in the summary; raise `timeout` if it normally takes that long.',
  }),
  cancelled: ({ started, unfinished }) => ({
    title: 'cancelled',
    what: `The job was cancelled with ${started} deployment${started === 1 ? '' : 's'} started, ${unfinished} of them unfinished.`,
    why: 'What was started goes on at Railway; nothing more was started.',
    next: 'The summary lists what had been started; run the job again to bring all services to the same state.',
  }),
  'internal-error': ({ name, where }) => ({
    title: 'defect in this action',
    what: `The action itself failed (${name}${where ? ` in ${where}` : ''}).`,
    why: 'This is a defect of the action, not of the workflow or the token.',
    next: 'Look in Railway at what had been started, and report this with the debug log (re-run the job with debug logging).',
  }),
}

/** The words for a failure. */
export function word<Code extends ErrorCode>(problem: Failure<Code>): Wording {
  return wording[problem.code](problem.facts)
}

/** Every code there is, in the contract's order. */
export const errorCodes = Object.keys(wording) as ErrorCode[]
