import { count, humanSize } from '../text.ts'
import { tokenNames } from '../token-type.ts'
import { activityPhrases, effectSentences } from './activities.ts'
import type {
  ErrorCode,
  Facts,
  Failure,
  ForeignEnvironment,
  InputProblem,
  InterruptedActivity,
  Location,
  ServiceSource,
} from './codes.ts'

/** How an error reads: what happened to which object, why, and the next step. */
export interface Message {
  /** After `Railway: `: short, and the same wherever the cause is the same. */
  title: string
  what: string
  why: string
  next: string
}

const tokensPage = 'https://railway.com/account/tokens'

/** Names in quotes, at most `most` of them, with the number of the rest. */
export function listNames(names: readonly string[], most = 10): string {
  if (names.length === 0) return 'none'
  const shown = names.slice(0, most).map((name) => `"${name}"`)
  const rest = names.length - shown.length
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ')
}

/** `service "api" of project "shop" in environment "production"`. */
export function describeLocation({ project, environment, service }: Location): string {
  if (service === null) return `environment "${environment}" of project "${project}"`
  return `service "${service}" of project "${project}" in environment "${environment}"`
}

/** Describes an activity with its object: `deploying service "api" of project …`. */
function describeActivity({ activity, object }: InterruptedActivity): string {
  const isLocation = typeof object === 'object' && object !== null
  return activityPhrases[activity](isLocation ? describeLocation(object) : (object ?? ''))
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Text from outside as a sentence: it ends like one. */
const sentence = (text: string) => (/[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`)

const didYouMean = (nearest: string | null | undefined) =>
  nearest ? ` Did you mean "${nearest}"?` : ''

const short = (commit: string) => (/^[0-9a-f]{40}$/i.test(commit) ? commit.slice(0, 12) : commit)

const makeWorkspaceToken = `Make a workspace token at ${tokensPage} (choose the workspace, not "No workspace")`

const missingToken: Record<
  Facts['token-missing']['situation'],
  { what: string; why: string; next: string }
> = {
  fork: {
    what: 'There is no Railway token: this run is for a pull request from a fork.',
    why: 'GitHub passes no secrets to such runs; nothing is wrong with the secret.',
    next: "Skip the job for forks (`if: github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository`), or deploy after the merge.",
  },
  dependabot: {
    what: 'There is no Railway token: Dependabot started this run.',
    why: 'Runs that Dependabot starts see Dependabot secrets only, not Actions secrets.',
    next: "Add the token under Settings → Secrets and variables → Dependabot, or skip the job (`if: github.actor != 'dependabot[bot]'`).",
  },
  'reusable-workflow': {
    what: 'There is no Railway token: the workflow that calls this one hands over no secret for it.',
    why: 'A reusable workflow sees only the secrets that its caller hands over',
    next: 'Add `secrets: inherit` (or that one secret by name) to the job that calls the workflow.',
  },
  'empty-input': {
    what: 'There is no Railway token: the secret or variable that should hold it is empty.',
    why: 'GitHub puts nothing in place of a secret that does not exist in this repository, organization or environment',
    next: 'Check its name under Settings → Secrets and variables → Actions; a secret of an environment needs `environment:` on the job.',
  },
  none: {
    what: 'There is no Railway token: none was given to this step.',
    why: 'Neither the input `token` nor RAILWAY_API_TOKEN or RAILWAY_TOKEN in the environment has a value',
    next: `${makeWorkspaceToken}, store it as a secret and pass it as \`token: \${{ secrets.RAILWAY_API_TOKEN }}\`.`,
  },
}

const wording: { [Code in ErrorCode]: (facts: Facts[Code]) => Message } = {
  'input-invalid': ({ input, given, problem }) => ({
    title: 'input cannot be used',
    what: given
      ? `The input \`${input}\` is "${given}", which cannot be used.`
      : `The input \`${input}\` ${given === null ? 'cannot be used as it is' : 'is not set'}.`,
    why: `Expected ${expectedValue(problem)}.`,
    next: `${given === '' ? 'Set' : 'Correct'} \`${input}\` under the step's \`with:\`.`,
  }),
  'token-missing': ({ situation, known }) => {
    const { what, why, next } = missingToken[situation]
    return {
      title: 'no token',
      what,
      why: `${why.replace(/\.$/, '')}${known ? `; ${known}` : ''}.`,
      next,
    }
  },
  'token-malformed': ({ source, found }) => ({
    title: 'token pasted with extra characters',
    what: `The token from ${source} contains ${found}.`,
    why: 'No Railway token does, so it was not sent anywhere.',
    next: 'Store the bare token as the secret again, without quotes, prefix or line breaks.',
  }),
  'token-invalid': ({ source, questions, worked }) => ({
    title: 'token invalid',
    what:
      worked === undefined
        ? `The token from ${source} is invalid: Railway does not know it, so it was revoked, has expired or is mistyped.`
        : `The token from ${source} is no longer valid: it worked ${worked} ago, and was revoked or has expired since.`,
    why: `Railway answered all ${questions.length} questions about it (${questions.join(', ')}) and refused each; this is not a matter of permissions.`,
    next: `${makeWorkspaceToken} and store it as the secret.`,
  }),
  'token-project-scoped': ({ project, environment, asked, extra, nearest }) => ({
    title: 'token reaches one environment of one project',
    what: `The token is a project token for environment "${environment}" of project "${project}"; the workflow asks for ${asked}.`,
    why: `A project token reaches that one environment and nothing else${extra ? `; ${extra}` : ''}.${didYouMean(nearest)}`,
    next: `${makeWorkspaceToken} and use it here, or keep this token and ask for project "${project}", environment "${environment}" only.`,
  }),
  'token-account-scoped': ({ tokenType, workspaces }) => ({
    title: 'token not bound to one workspace',
    what: `The token is an ${tokenNames[tokenType]}: it acts as a person${workspaces.length > 0 ? ` and reaches ${reached(workspaces)}` : ''}.`,
    why: '`require-workspace-token` is `true`, which refuses a token that is not bound to one workspace.',
    next: `${makeWorkspaceToken} and store it as the secret in place of this one.`,
  }),
  'workspace-ambiguous': ({ tokenType, workspaces, asked }) => ({
    title: asked === null ? 'workspace not given' : 'workspace not clear',
    what: `The ${tokenNames[tokenType]} reaches more than one workspace${asked === null ? '' : ` that \`workspace\` names`}: ${listNames(workspaces, 30)}.`,
    why:
      asked === null
        ? 'The input `workspace` is empty, so it is not clear which of them is meant.'
        : `"${asked}" fits each of them, so it is not clear which of them is meant.`,
    next: `Set \`workspace\` to ${asked === null ? 'one of these names (or to its id)' : 'the id of the one that is meant, which stands behind its name'}, or use a token of that workspace alone.`,
  }),
  'workspace-mismatch': (facts) => ({ title: 'workspace out of reach', ...mismatch(facts) }),
  'project-not-in-scope': ({ asked, workspace, available, nearest, elsewhere = [] }) => ({
    title: 'project not in scope',
    what: `No project "${asked}" in ${workspace}.`,
    why:
      elsewhere.length > 0
        ? `It is a project of workspace ${listNames(elsewhere)}, which this token reaches too.`
        : `${available.length === 0 ? 'No project is in reach' : `In reach: ${listNames(available)}`}.${didYouMean(nearest)}`,
    next:
      elsewhere.length > 0
        ? `Set \`workspace\` to "${elsewhere[0]}", or take the project out of \`projects\`.`
        : 'Correct `projects`, or use a token of the workspace that the project is in.',
  }),
  'environment-not-found': ({ asked, project, available, nearest, elsewhere }) => ({
    title: 'environment not found',
    what: `Project "${project}" has no environment "${asked}".`,
    why: `It has ${listNames(available)}.${didYouMean(nearest)}${
      elsewhere.length > 0
        ? ` Of the selected projects, ${listNames(elsewhere, 5)} ${elsewhere.length === 1 ? 'has' : 'have'} it.`
        : ' None of the selected projects has it.'
    }`,
    next: `Correct \`environment\`, create it in the project, or leave the project out with \`!${project}\` in \`projects\`.`,
  }),
  'environment-restricted': ({ project, environment, tokenType }) => ({
    title: 'environment restricted',
    what: `Environment "${environment}" of project "${project}" exists, but this token may not act in it.`,
    why: `Railway restricts it, and the ${tokenNames[tokenType]} has no access.`,
    next:
      tokenType === 'workspace'
        ? 'Have an admin of the workspace open the environment, or leave the project out with `!` in `projects`.'
        : 'Use a workspace token, which acts as an admin of the workspace, or have the access given in the settings of the environment.',
  }),
  'service-not-found': ({
    asked,
    where,
    available,
    nearest,
    repository,
    elsewhere = [],
    image,
  }) => ({
    title: asked === null ? 'nothing to deploy' : 'service not found',
    what:
      asked === null
        ? `No service in ${where} ${image ? `runs the image ${image}` : `is built from ${repository}`}.`
        : `No service "${asked}" in ${where}.`,
    why: [
      `The services there: ${available.length === 0 ? 'none' : available.join(', ')}.`,
      elsewhere.length > 0 && `It exists in ${elsewhere.join(', ')}.`,
      nearest && `Did you mean "${nearest}"?`,
    ]
      .filter(Boolean)
      .join(' '),
    next:
      asked === null
        ? `Name the services with \`services\` (and \`projects\`)${image ? '' : ', or connect a service to this repository in Railway'}.`
        : 'Correct `services`, or the `projects` and `environment` it is looked for in.',
  }),
  'operation-not-permitted': notPermitted,
  'two-factor-required': ({ workspace }) => ({
    title: 'two-factor authentication required',
    what: `${workspace ? `Workspace "${workspace}"` : 'The workspace'} demands two-factor authentication of the person behind this token, who has not turned it on.`,
    why: "An account or OAuth token acts as its owner; a workspace token is nobody's, so this does not concern it.",
    next: `Use a workspace token (${tokensPage}), or turn it on at https://railway.com/account/security.`,
  }),
  'untrusted-commit': ({ commit, event, repository, certain }) => ({
    title: 'commit of a fork',
    what: `The commit of this event${commit === null ? '' : ` (${short(commit)})`} is not deployed: it ${
      certain
        ? `belongs to ${repository === null ? 'a fork' : `the fork ${repository}`}`
        : 'may belong to a fork'
    }.`,
    why: `Anybody can propose a commit from a fork, and ${
      certain
        ? `\`${event}\` runs with the secrets of this repository`
        : `the payload of \`${event}\` does not say whose commit it is`
    }; a stranger's code is never deployed by default.`,
    next: 'Give `commit-sha` the commit to deploy if you have reviewed it, or leave such events out with `if:` on the job.',
  }),
  'commit-mismatch': (facts) => ({
    title: 'another commit is live',
    what: `${capital(describeLocation(facts))} is live with ${short(facts.live)}, not with ${short(facts.asked)}.`,
    why: 'The deployment ended well, but what Railway says it serves is not what was asked for; a newer push may have overtaken this run.',
    next: 'Look at the deployment behind the link in the summary; run the job again for the commit that should be live.',
  }),
  'commit-not-found': (facts) => ({
    title: 'commit not found',
    what: `Railway does not know commit ${short(facts.commit)} for ${describeLocation(facts)}.`,
    why: "It is not pushed, not in the repository that the service is connected to, or Railway's GitHub app may not read that.",
    next: "Push the commit first and check `commit-sha`; then check the access of Railway's GitHub app to the repository.",
  }),
  'source-not-live': (facts) => ({
    title: 'nothing to promote',
    what: `Cannot promote ${describeLocation(facts)} from environment "${facts.from}".`,
    why: {
      absent: `The service is not in environment "${facts.from}".`,
      'never-deployed': 'The service was never deployed there.',
      'not-live': `The service is not live there: its newest deployment is ${
        facts.reason.kind === 'not-live' ? facts.reason.status : ''
      }.`,
      uploaded: 'The service is fed by uploads there, which have no commit or image to promote.',
    }[facts.reason.kind],
    next: `Make it live in "${facts.from}" first, or exclude it with \`!${facts.service ?? ''}\` in \`services\`.`,
  }),
  'inherited-variable': (facts) => ({
    title: 'preview would share a value with its base',
    what: `${capital(describeLocation(facts))} would share the value of ${facts.variable} with its base environment.`,
    why: `\`require-overrides\` lists "${facts.pattern}", and the base has a literal value there${facts.service === null ? ', among its shared variables' : ''}, which a clone copies; a reference would be its own.`,
    next:
      facts.service === null
        ? 'Make it a reference in the base, or move it from the shared variables of the base to its services: `variables` gives those a value of their own in the preview, and does not replace a shared one.'
        : `Give the preview its own value (\`${facts.variable}=…\` in \`variables\`), or make it a reference in the base.`,
  }),
  'empty-value': (facts) => ({
    title: 'value would become empty',
    what: `Cannot set ${listNames(facts.variables)} of ${describeLocation(facts)} to an empty value.`,
    why: `${facts.variables.length === 1 ? 'The variable has' : 'These variables have'} a value now${
      facts.sealed.length > 0 ? ` (sealed: ${listNames(facts.sealed)})` : ''
    }; an empty value usually comes from a secret that does not exist.`,
    next: 'Check the names of the secrets, delete a variable with `remove-variables`, or set `allow-empty-values: true`.',
  }),
  'staged-changes': ({ project, environment, purpose, author, since }) => ({
    title: 'staged changes in the way',
    what: `Environment "${environment}" of project "${project}" has staged changes${
      author === null ? '' : ` by ${author}`
    }${since === null ? '' : ` since ${since}`}, so nothing was changed there.`,
    why:
      purpose === 'remove-variables'
        ? 'To remove variables (`remove-variables`, `variables-mode: replace`), this run would have to commit everything that is staged.'
        : 'To set up the preview, this run would have to commit everything that is staged.',
    next: 'Have the staged changes committed or discarded in Railway, then run the job again.',
  }),
  'name-taken': ({ project, environment, reason }) => ({
    title: 'name of the preview is taken',
    what: `Cannot use environment "${environment}" of project "${project}" as a preview.`,
    why:
      reason.kind === 'reserved'
        ? `Railway says that the name is taken, and ${describeForeign(reason)}.`
        : `It is not a preview of this repository: ${describeForeign(reason)}.`,
    next:
      reason.kind === 'reserved'
        ? 'Run the job again in a few minutes, or set another `preview-name`.'
        : 'Set another `preview-name`, or rename or delete that environment in Railway.',
  }),
  'rollback-unavailable': (facts) => ({
    title: 'nothing to roll back to',
    what: `Cannot roll back ${describeLocation(facts)}.`,
    why: `It has no earlier deployment of another commit or image that Railway can still roll back to (${count(facts.read, 'deployment')} read).`,
    next: 'Exclude the service with `!` in `services`, or deploy the commit that should be live.',
  }),
  'rate-limited': ({ by, needed, remaining, resetsAt, ...interrupted }) => ({
    title: 'request budget spent',
    what: `The request limit of Railway's ${by === 'edge' ? 'edge (Cloudflare)' : 'API'} stopped the run while ${describeActivity(interrupted)}.`,
    why: `${needed === null ? 'No requests are left' : `The run needs about ${needed} more requests`}${
      remaining === null ? '' : `, ${remaining} are left`
    }, and waiting would outlast \`timeout\`${resetsAt ? `: the limit resets at ${resetsAt}` : ''}. This says nothing about the token.`,
    next: 'Run the job again after that, raise `timeout`, or select fewer services.',
  }),
  'api-unavailable': ({ detail, effect, ...interrupted }) => ({
    title: 'API unavailable',
    what: `Railway's API gave no answer while ${describeActivity(interrupted)}. ${effectSentences[effect]}`,
    why: `The last attempt ended with ${detail}. This says nothing about the token.`,
    next: 'See https://status.railway.com, and run the job again when it is up.',
  }),
  'api-incompatible': ({ operation, field, detail }) => ({
    title: 'answer not understood',
    what: `Railway's answer to ${operation} has another shape than expected.`,
    why: `At \`${field}\`: ${detail.replace(/^invalid input: /i, '')}.`,
    next: 'Use the newest version of this action; if it is, report this message as an issue. The token is not the matter.',
  }),
  'deployment-failed': (facts) => ({
    title: 'deployment failed',
    what: `The deployment of ${describeLocation(facts)} ${
      { failed: 'failed', crashed: 'crashed', removed: 'was removed before it was live' }[facts.how]
    }.`,
    why: [
      facts.reason && sentence(`Railway's reason: ${facts.reason}`),
      facts.step && `Failed step: ${facts.step}.`,
      facts.diagnosis && sentence(`Railway's diagnosis: ${facts.diagnosis}`),
      facts.firstErrorLine && sentence(`First error line: ${facts.firstErrorLine}`),
      ![facts.reason, facts.step, facts.diagnosis, facts.firstErrorLine].some(Boolean) &&
        'Railway gave no reason.',
    ]
      .filter(Boolean)
      .join(' '),
    next: afterFailure(facts),
  }),
  unhealthy: (facts) => ({
    title: 'health check not passed',
    what: `${capital(describeLocation(facts))} is live, but did not pass its health check within ${facts.waited}.`,
    why:
      facts.result.kind === 'status'
        ? `The address ${facts.url} answered with HTTP ${facts.result.status}; a status below 400 is expected, twice in a row.`
        : `The address ${facts.url} gave no answer: ${sentence(facts.result.detail)}`,
    next: "Read the service's log behind the link in the summary, correct `health-check`, or raise `health-check-timeout`.",
  }),
  'deployment-skipped': (facts) => ({
    title: 'deployment skipped',
    what: `Railway skipped the deployment of ${describeLocation(facts)}.`,
    why: facts.why ?? 'No changed file matched its watch paths, or a check of the commit failed.',
    next: 'Check the watch paths and checks of the service, or set `on-skipped: warn` if that is fine.',
  }),
  'upload-refused': (facts) =>
    facts.bytes === null
      ? notPacked(facts)
      : {
          title: 'upload refused',
          what: `Railway did not take the directory "${facts.directory}" for ${describeLocation(facts)} (${humanSize(facts.bytes)}).`,
          why: facts.why,
          next: 'Exclude what the build does not need in .railwayignore, or deploy from the repository or an image.',
        },
  'deployment-timeout': late,
  'changes-pending': ({ targets }) => ({
    title: 'changes pending',
    what: `The plan changes ${listNames(targets)}.`,
    why: '`fail-on-changes` is `true`, so a dry run with something to do fails the job.',
    next: 'Read the plan in the job summary, then run the job without `dry-run`, or undo the change at Railway.',
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

/** Completes "Expected …". */
function expectedValue(problem: InputProblem): string {
  switch (problem.kind) {
    case 'expected':
      return problem.text
    case 'ambiguous-name':
      return `an id: ${
        problem.project === null
          ? 'several have'
          : `project "${problem.project}" has several environments of`
      } that name (${problem.ids.join(', ')})`
    case 'same-environment':
      return 'another environment than `environment`'
    case 'one-service':
      return `exactly one selected service, but ${problem.services.length} are selected (${problem.services.join(', ')}); narrow \`projects\` and \`services\``
    case 'no-files':
      return 'a directory in the workspace with at least one file that is not ignored; check out or build it in an earlier step'
    case 'outside-workspace':
      return 'a directory that lies in the workspace after links are resolved; an absolute path may also lie in RUNNER_TEMP'
    case 'repository-data':
      return 'a directory of files to deploy, not the data of a repository, which may hold the credentials of the checkout'
    case 'other-source':
      return `services that run another tag of ${problem.image}; ${problem.service} in ${problem.environment} ${describeSource(problem.source)}, and is changed to an image only if \`services\` gives its name or id`
    case 'removes-everything':
      return `\`replace\` only with something to set; all variables of ${listNames(problem.services)} would be removed`
    case 'no-match':
      return `projects or services among the selected: ${listNames(problem.available)}`
  }
}

/** Completes "The service …". */
function describeSource(source: ServiceSource): string {
  switch (source.kind) {
    case 'repository':
      return 'is built from a repository'
    case 'image':
      return `runs ${source.image}`
    case 'none':
      return 'has no source that Railway knows of'
  }
}

/** Says why an environment is not taken for a preview, as a clause without a full stop. */
export function describeForeign(reason: ForeignEnvironment): string {
  switch (reason.kind) {
    case 'base-environment':
      return "it is the project's base environment"
    case 'persistent':
      return 'it is a persistent environment'
    case 'restricted':
      return 'it is restricted, and this token may not act in it'
    case 'unknown':
      return 'Railway did not say what it is'
    case 'railway-preview':
      return `Railway made it by itself for pull request #${reason.pullRequest}`
    case 'other-repository':
      return `nothing in it is built from ${reason.repository}`
    case 'other-base':
      return `it was cloned from "${reason.source}", not from "${reason.base}"`
    case 'created-meanwhile':
      return 'somebody else made it after this run had planned'
    case 'reserved':
      return 'no environment has it: the name of a deleted one is kept for a while'
  }
}

function notPermitted({
  tokenType,
  reason,
  message,
  tokenChecked = false,
  exists = null,
  ...interrupted
}: Facts['operation-not-permitted']): Message {
  const token = tokenChecked
    ? `The ${tokenNames[tokenType]} is a good one, Railway accepted it just now`
    : `The ${tokenNames[tokenType]} was accepted before`
  const refused = {
    title: 'operation not permitted',
    what: `Railway refused ${describeActivity(interrupted)}.`,
  }
  const said = sentence(`Railway said: ${message}`)
  const policies =
    "the workspace's policies (approved sources, restricted services); with the trace, Railway's support can tell more."
  const roles = `Use a workspace token (${tokensPage}), which acts as an admin, or have the role of the token's owner raised.`
  if (exists === false && reason !== 'plan') {
    return {
      ...refused,
      why: `It was there when the run began, and Railway does not show it any more: it was deleted meanwhile. ${said}`,
      next: 'Check in Railway who deleted it, then run the job again for what is left.',
    }
  }
  switch (reason) {
    case 'not-found':
      return {
        ...refused,
        why: `${token}, but Railway does not find ${
          exists
            ? 'a part of it, though the service is there'
            : 'this: it was deleted meanwhile, or the token does not reach it'
        }. ${said}`,
        next: 'Check in Railway that it still exists, then run the job again.',
      }
    case 'not-authorized':
      return {
        ...refused,
        why: `${token}; it may not do this${tokenChecked ? '' : ', or it was revoked meanwhile'}. ${said}`,
        next:
          tokenType !== 'workspace'
            ? roles
            : `Check ${tokenChecked ? '' : 'that the token still exists, and '}${policies}`,
      }
    case 'plan':
      return {
        title: 'refused by the plan',
        what: refused.what,
        why: said,
        next: "Check the workspace's plan and its limits at Railway, then run the job again.",
      }
    case 'other':
      return {
        ...refused,
        why: `${token}; it may not do this, or Railway could not do it. ${said}`,
        next: tokenType === 'workspace' ? `Check ${policies}` : roles,
      }
  }
}

/** The directory never left the runner. */
function notPacked({ directory, why, ...place }: Facts['upload-refused']): Message {
  return {
    title: 'directory cannot be uploaded',
    what: `The directory "${directory}" was not sent to Railway for ${describeLocation(place)}.`,
    why,
    next: 'Correct that in an earlier step (a link has to point inside the directory), or exclude it in .railwayignore.',
  }
}

function afterFailure({ reason, diagnosis, hasLog = true }: Facts['deployment-failed']): string {
  if (hasLog) {
    return 'Read the last log lines in the job log (the whole log is behind the link in the summary), fix what they say, and run the job again.'
  }
  if (reason) return "Correct the service's configuration there and run the job again."
  return diagnosis
    ? 'Railway shows no log of it; correct what it names and run the job again.'
    : 'Railway shows no log of it; look at the deployment behind the link in the summary, then run the job again.'
}

function late({ status, waited, ...place }: Facts['deployment-timeout']): Message {
  if (status === null) {
    return {
      title: 'not started in time',
      what: `Nothing was started for ${describeLocation(place)}: its turn had not come after ${waited}.`,
      why: '`timeout` ran out while other changes were made, and nothing new is begun after that.',
      next: 'Run the job again, with a longer `timeout` or for fewer services.',
    }
  }
  if (place.service === null) {
    return {
      title: 'not done in time',
      what: `The run was still ${status} after ${waited}, in ${describeLocation(place)}.`,
      why: '`timeout` ran out, so nothing more was done there.',
      next: 'Run the job again: it goes on with what is there. Raise `timeout` if it normally takes that long.',
    }
  }
  return {
    title: 'deployment not finished in time',
    what: `The deployment of ${describeLocation(place)} was still ${status} after ${waited}.`,
    why: '`timeout` ran out; the deployment goes on at Railway.',
    next: 'Follow it behind the link in the summary; raise `timeout` if it normally takes that long.',
  }
}

/** Workspaces in a sentence. */
const reached = (workspaces: readonly string[]) =>
  `workspace${workspaces.length === 1 ? '' : 's'} ${listNames(workspaces)}`

function mismatch({ tokenType, scopedTo, asked, nearest }: Facts['workspace-mismatch']) {
  const token = tokenNames[tokenType]
  const asks = asked === null ? '' : `; the workflow asks for workspace "${asked}"`
  if (scopedTo.length === 0) {
    return {
      what: `Railway accepts the ${token}, but it reaches no workspace${asks}.`,
      why: {
        workspace: 'Its workspace was deleted, or Railway does not name it to this token.',
        project: 'Railway does not name the workspace of its project.',
        account: 'The account behind it is a member of no workspace.',
        oauth:
          'The consent behind it names no workspace, or does not let it be seen (`email` and `profile` do).',
      }[tokenType],
      next: `${makeWorkspaceToken} and store it as the secret${
        tokenType === 'oauth' ? ', or give the id of its workspace as `workspace`' : ''
      }.`,
    }
  }
  if (tokenType === 'workspace' || tokenType === 'project') {
    return {
      what: `The ${token} is for workspace ${listNames(scopedTo)}${asks}.`,
      why: `The token itself is good, but it reaches its own workspace only.${didYouMean(nearest)}`,
      next: `Store a token of workspace "${asked}" (${tokensPage}); only if ${listNames(scopedTo)} is what you mean, correct the input \`workspace\`.`,
    }
  }
  const person =
    tokenType === 'oauth'
      ? 'The consent behind it does not include that workspace'
      : 'The account behind it is no member of that workspace'
  return {
    what: `The ${token} reaches ${reached(scopedTo)}${asks}.`,
    why: `${person}, or the name is spelled differently.${didYouMean(nearest)}`,
    next: `Correct \`workspace\`, or use a token of workspace "${asked}" (${tokensPage}).`,
  }
}

/** Facts that hold words of ours, in which backticks mark code. */
const ours: ReadonlySet<string> = new Set([
  'text',
  'source',
  'questions',
  'known',
  'found',
  'extra',
])

/** Facts from outside without backticks, so that every pair of them in an error is ours. */
function withoutTicks(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return ours.has(name) ? value : value.replaceAll('`', "'")
  if (Array.isArray(value)) return value.map((entry) => withoutTicks(entry, name))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, own]) => [key, withoutTicks(own, key)]),
  )
}

/** The words for a failure. Backticks in them mark code. */
export function messageFor<Code extends ErrorCode>(problem: Failure<Code>): Message {
  return wording[problem.code](withoutTicks(problem.facts) as Facts[Code])
}

/** Every code there is, in the contract's order. */
export const errorCodes = Object.keys(wording) as ErrorCode[]
