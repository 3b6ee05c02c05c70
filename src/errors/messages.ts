import type { UnusableProxy } from '../proxy.ts'
import { count, humanSize } from '../text.ts'
import { type TokenSource, tokenNames } from '../token-type.ts'
import { activityPhrases, effectSentences } from './activities.ts'
import type {
  BeyondProjectToken,
  ErrorCode,
  Facts,
  Failure,
  ForeignEnvironment,
  InputProblem,
  InterruptedActivity,
  Location,
  Presence,
  ServiceSource,
  TokenEvidence,
  TokenFault,
  UnansweredRequest,
} from './codes.ts'
import { listLocations } from './list-locations.ts'
import { joinWords, ownWords, type Words, words } from './words.ts'

/** How an error reads: what happened to which object, why, and the next step. */
export interface Message<Text = string> {
  /** After `Railway: `: short, and the same wherever the cause is the same. */
  readonly title: Text
  readonly what: Text
  readonly why: Text
  readonly next: Text
}

const tokensPage = words`https://railway.com/account/tokens`

/** Names in quotes, at most `max` of them, with the number of the rest. */
export function listNames(names: readonly string[], max = 10): string {
  if (names.length === 0) return 'none'
  const shown = names.slice(0, max).map((name) => `"${name}"`)
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
  nearest ? words` Did you mean "${nearest}"?` : words``

const short = (commit: string) => (/^[0-9a-f]{40}$/i.test(commit) ? commit.slice(0, 12) : commit)

const makeWorkspaceToken = words`Make a workspace token at ${tokensPage} (choose the workspace, not "No workspace")`

const missingToken: Record<Facts['token-missing']['situation'], Omit<Message<Words>, 'title'>> = {
  fork: {
    what: words`There is no Railway token: this run is for a pull request from a fork.`,
    why: words`GitHub passes no secrets to such runs; nothing is wrong with the secret`,
    next: words`Skip the job for forks (\`if: github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository\`), or deploy after the merge.`,
  },
  dependabot: {
    what: words`There is no Railway token: Dependabot started this run.`,
    why: words`Runs that Dependabot starts see Dependabot secrets only, not Actions secrets`,
    next: words`Add the token under Settings → Secrets and variables → Dependabot, or skip the job (\`if: github.actor != 'dependabot[bot]'\`).`,
  },
  'reusable-workflow': {
    what: words`There is no Railway token: the workflow that calls this one hands over no secret for it.`,
    why: words`A reusable workflow sees only the secrets that its caller hands over`,
    next: words`Add \`secrets: inherit\` (or that one secret by name) to the job that calls the workflow.`,
  },
  'empty-input': {
    what: words`There is no Railway token: the secret or variable that should hold it is empty.`,
    why: words`GitHub puts nothing in place of a secret that does not exist in this repository, organization or environment`,
    next: words`Check its name under Settings → Secrets and variables → Actions; a secret of an environment needs \`environment:\` on the job.`,
  },
  none: {
    what: words`There is no Railway token: none was given to this step.`,
    why: words`Neither the input \`token\` nor RAILWAY_API_TOKEN or RAILWAY_TOKEN in the environment has a value`,
    next: words`${makeWorkspaceToken}, store it as a secret and pass it as \`token: \${{ secrets.RAILWAY_API_TOKEN }}\`. If that is done, check the name of the secret; a secret of an environment needs \`environment:\` on the job.`,
  },
}

/** Completes "The token contains …". */
const tokenFaults: Readonly<Record<TokenFault, Words>> = {
  quotes: words`quotes around it`,
  'bearer-prefix': words`a \`Bearer \` prefix`,
  'line-break': words`a line break`,
  'white-space': words`white space`,
  characters: words`characters that no token has (control characters or letters outside ASCII)`,
}

const sourceWords = (source: TokenSource): Words =>
  source === 'input' ? words`the input \`token\`` : words`${source}`

/** Questions are named after a field of the API, or in words. */
const questionWords = (question: string): Words =>
  /\s/.test(question) ? words`${question}` : words`\`${question}\``

function describeEvidence(evidence: TokenEvidence): Words {
  switch (evidence.kind) {
    case 'set-but-empty':
      return words`\`${evidence.name}\` is set${
        evidence.expression === null ? '' : words` to \`${evidence.expression}\``
      }, which is empty here`
    case 'empty-variable':
      return words`${evidence.name} is set, but it is empty here`
    case 'call-without-secrets':
      return words`the job \`${evidence.job}\` in ${evidence.file} calls this workflow without handing over its secrets`
  }
}

/** Completes "The workflow asks for …". */
function describeBeyond(beyond: BeyondProjectToken): Words {
  switch (beyond.kind) {
    case 'preview':
      return words`a preview environment`
    case 'other-environment':
      return words`environment "${beyond.name}" (\`${beyond.input}\`)`
    case 'environment':
      return beyond.name === null
        ? words`the project's base environment`
        : words`environment "${beyond.name}"`
    case 'project':
    case 'projects':
      return words`${beyond.kind} "${beyond.name}"`
  }
}

const wording: { [Code in ErrorCode]: (facts: Facts[Code]) => Message<Words> } = {
  'input-invalid': ({ input, given, problem }) => ({
    title: words`input cannot be used`,
    what: given
      ? words`The input \`${input}\` is "${given}", which cannot be used.`
      : words`The input \`${input}\` ${given === null ? words`cannot be used as it is` : words`is not set`}.`,
    why: words`Expected ${expectedValue(problem)}.`,
    next: words`${given === '' ? words`Set` : words`Correct`} \`${input}\` under the step's \`with:\`.`,
  }),
  'token-missing': ({ situation, evidence }) => {
    const { what, why, next } = missingToken[situation]
    const found = joinWords(evidence.map(describeEvidence), ', and ')
    return { title: words`no token`, what, why: words`${joinWords([why, found], '; ')}.`, next }
  },
  'token-malformed': ({ source, fault }) => ({
    title: words`token pasted with extra characters`,
    what: words`The token from ${sourceWords(source)} contains ${tokenFaults[fault]}.`,
    why: words`No Railway token does, so it was not sent anywhere.`,
    next: words`Store the bare token as the secret again, without quotes, prefix or line breaks.`,
  }),
  'token-invalid': ({ source, questions, worked }) => ({
    title: words`token invalid`,
    what:
      worked === undefined
        ? words`The token from ${sourceWords(source)} is invalid: Railway does not know it, so it was revoked, has expired or is mistyped.`
        : words`The token from ${sourceWords(source)} is no longer valid: it worked ${worked} ago, and was revoked or has expired since.`,
    why: words`Railway answered all ${questions.length} questions about it (${joinWords(questions.map(questionWords), ', ')}) and refused each; this is not a matter of permissions.`,
    next: words`${makeWorkspaceToken} and store it as the secret.`,
  }),
  'token-project-scoped': ({ project, environment, beyond, nearest }) => ({
    title: words`token reaches one environment of one project`,
    what: words`The token is a project token for environment "${environment}" of project "${project}"; the workflow asks for ${describeBeyond(beyond)}.`,
    why: words`A project token reaches that one environment and nothing else${beyond.kind === 'preview' ? '; it can neither make nor delete environments' : ''}.${didYouMean(nearest)}`,
    next: words`${makeWorkspaceToken} and use it here, or keep this token and request project "${project}", environment "${environment}" only.`,
  }),
  'token-account-scoped': ({ tokenType, workspaces }) => ({
    title: words`token not bound to one workspace`,
    what: words`The token is an ${tokenNames[tokenType]}: it acts as a person${workspaces.length > 0 ? words` and reaches ${reached(workspaces)}` : words``}.`,
    why: words`\`require-workspace-token\` is \`true\`, which refuses a token that is not bound to one workspace.`,
    next: words`${makeWorkspaceToken} and store it as the secret in place of this one.`,
  }),
  'workspace-ambiguous': ({ tokenType, workspaces, requested }) => ({
    title: requested === null ? words`workspace not given` : words`workspace not clear`,
    what: words`The ${tokenNames[tokenType]} reaches more than one workspace${requested === null ? words`` : words` that \`workspace\` names`}: ${listNames(workspaces, 30)}.`,
    why:
      requested === null
        ? words`The input \`workspace\` is empty, so it is not clear which of them to use.`
        : words`"${requested}" fits each of them, so it is not clear which of them to use.`,
    next: words`Set \`workspace\` to ${requested === null ? words`one of these names (or to its id)` : words`the id of one of them, which follows its name`}, or use a token of that workspace alone.`,
  }),
  'workspace-mismatch': (facts) => ({ title: words`workspace out of reach`, ...mismatch(facts) }),
  'project-not-in-scope': ({ requested, workspace, available, nearest, elsewhere = [] }) => ({
    title: words`project not in scope`,
    what: words`No project "${requested}" in ${workspace}.`,
    why:
      elsewhere.length > 0
        ? words`It is a project of workspace ${listNames(elsewhere)}, which this token reaches too.`
        : words`${available.length === 0 ? words`No project is in reach` : words`In reach: ${listNames(available)}`}.${didYouMean(nearest)}`,
    next:
      elsewhere.length > 0
        ? words`Set \`workspace\` to "${elsewhere[0]}", or take the project out of \`projects\`.`
        : words`Correct \`projects\`, or use a token of the workspace that the project is in.`,
  }),
  'environment-not-found': ({ requested, project, available, nearest, elsewhere }) => ({
    title: words`environment not found`,
    what: words`Project "${project}" has no environment "${requested}".`,
    why: words`It has ${listNames(available)}.${didYouMean(nearest)}${
      elsewhere.length > 0
        ? words` Of the selected projects, ${listNames(elsewhere, 5)} ${elsewhere.length === 1 ? words`has` : words`have`} it.`
        : words` None of the selected projects has it.`
    }`,
    next: words`Correct \`environment\`, create it in the project, or leave the project out with \`!${project}\` in \`projects\`.`,
  }),
  'environment-restricted': ({ project, environment, tokenType }) => ({
    title: words`environment restricted`,
    what: words`Environment "${environment}" of project "${project}" exists, but this token may not act in it.`,
    why: words`Railway restricts it, and the ${tokenNames[tokenType]} has no access.`,
    next:
      tokenType === 'workspace'
        ? words`Have an admin of the workspace open the environment, or leave the project out with \`!\` in \`projects\`.`
        : words`Use a workspace token, which acts as an admin of the workspace, or have the access given in the settings of the environment.`,
  }),
  'service-not-found': ({
    requested,
    where,
    available,
    nearest,
    repository,
    elsewhere = [],
    forPreview = false,
    image,
  }) => ({
    title: requested === null ? words`nothing to deploy` : words`service not found`,
    what:
      requested === null
        ? words`No service in ${where} ${image ? words`runs the image ${image}` : words`is built from ${repository}`}.`
        : words`No service "${requested}" in ${where}.`,
    why: joinWords([
      words`The services there: ${available.length === 0 ? words`none` : available.join(', ')}.`,
      elsewhere.length > 0 && words`It exists in ${elsewhere.join(', ')}.`,
      Boolean(nearest) && words`Did you mean "${nearest}"?`,
    ]),
    next: forPreview
      ? words`Exclude the project in \`projects\`, or connect one of its services to this repository: by that a preview is told from other environments.`
      : requested === null
        ? words`Name the services with \`services\` (and \`projects\`)${image ? words`` : words`, or connect a service to this repository in Railway`}.`
        : words`Correct \`services\`, or the \`projects\` and \`environment\` it is looked for in.`,
  }),
  'operation-not-permitted': notPermitted,
  'two-factor-required': ({ workspace }) => ({
    title: words`two-factor authentication required`,
    what: words`${workspace ? words`Workspace "${workspace}"` : words`The workspace`} requires two-factor authentication, and the person behind this token has not turned it on.`,
    why: words`An account or OAuth token acts as its owner; a workspace token is nobody's, so this does not concern it.`,
    next: words`Use a workspace token (${tokensPage}), or turn it on at https://railway.com/account/security.`,
  }),
  'untrusted-commit': ({ commit, event, repository, certain }) => ({
    title: words`commit of a fork`,
    what: words`The commit of this event${commit === null ? words`` : words` (${short(commit)})`} is not deployed: it ${
      certain
        ? words`belongs to ${repository === null ? words`a fork` : words`the fork ${repository}`}`
        : words`may belong to a fork`
    }.`,
    why: words`Anybody can propose a commit from a fork, and ${
      certain
        ? words`this run of \`${event}\` has secrets of this repository`
        : words`the payload of \`${event}\` does not say whose commit it is`
    }; a stranger's code is never deployed by default.`,
    next: words`Give \`commit-sha\` the commit to deploy if you have reviewed it, or leave such events out with \`if:\` on the job.`,
  }),
  'commit-mismatch': (facts) => ({
    title: words`another commit is live`,
    what: words`${capital(describeLocation(facts))} is live with ${short(facts.live)}, not with ${short(facts.requested)}.`,
    why: words`The deployment ended well, but Railway reports another revision than the requested one; a newer push may have overtaken this run.`,
    next: words`Check the deployment at the link in the summary; run the job again for the commit that should be live.`,
  }),
  'commit-not-found': (facts) => ({
    title: words`commit not found`,
    what: words`Railway does not know commit ${short(facts.commit)} for ${describeLocation(facts)}.`,
    why: words`It is not pushed, not in the repository that the service is connected to, or Railway's GitHub app may not read that.`,
    next: words`Push the commit first and check \`commit-sha\`; then check the access of Railway's GitHub app to the repository.`,
  }),
  'source-not-live': (facts) => ({
    title: words`nothing to promote`,
    what: words`Cannot promote ${describeLocation(facts)} from environment "${facts.from}".`,
    why: {
      absent: words`The service is not in environment "${facts.from}".`,
      'never-deployed': words`The service was never deployed there.`,
      'not-live': words`The service is not live there: its newest deployment is ${
        facts.reason.kind === 'not-live' ? facts.reason.status : words``
      }.`,
      uploaded: words`The service is fed by uploads there, which have no commit or image to promote.`,
    }[facts.reason.kind],
    next: words`Make it live in "${facts.from}" first, or exclude it with \`!${facts.service ?? words``}\` in \`services\`.`,
  }),
  'inherited-variable': (facts) => ({
    title: words`preview would share a value with its base`,
    what: words`${capital(describeLocation(facts))} would share the value of ${facts.variable} with its base environment.`,
    why: words`\`require-overrides\` lists "${facts.pattern}", and ${
      facts.end === null
        ? words`the base has a literal value there${facts.service === null ? words`, among its shared variables` : words``}`
        : facts.end.isItself
          ? words`the base has a password there, beside a reference`
          : words`it refers to ${facts.end.name} of the base, which ${facts.end.isPassword ? words`has a password beside a reference` : words`has a literal value`}`
    }, which a clone copies; a reference that ends in what Railway provides would be its own.`,
    next:
      facts.service === null
        ? words`Make it a reference in the base, or move it from the shared variables of the base to its services: \`variables\` gives those a value of their own in the preview, and does not replace a shared one.`
        : words`Give the preview its own value (\`${facts.variable}=…\` in \`variables\`), or make it a reference in the base.`,
  }),
  'empty-value': (facts) => ({
    title: words`value would become empty`,
    what: words`Cannot set ${listNames(facts.variables)} of ${describeLocation(facts)} to an empty value.`,
    why: words`${facts.variables.length === 1 ? words`The variable has` : words`These variables have`} a value now${
      facts.sealed.length > 0 ? words` (sealed: ${listNames(facts.sealed)})` : words``
    }; an empty value usually comes from a secret that does not exist.`,
    next: words`Check the names of the secrets, delete a variable with \`remove-variables\`, or set \`allow-empty-values: true\`.`,
  }),
  'staged-changes': ({ project, environment, purpose, author, since }) => ({
    title: words`staged changes in the way`,
    what: words`Environment "${environment}" of project "${project}" has staged changes${
      author === null ? words`` : words` by ${author}`
    }${since === null ? words`` : words` since ${since}`}, so nothing was changed there.`,
    why:
      purpose === 'remove-variables'
        ? words`To remove variables (\`remove-variables\`, \`variables-mode: replace\`), this run would have to commit everything that is staged.`
        : words`To set up the preview, this run would have to commit everything that is staged.`,
    next: words`Have the staged changes committed or discarded in Railway, then run the job again.`,
  }),
  'name-taken': ({ project, environment, reason }) => ({
    title: words`name of the preview is taken`,
    what: words`Cannot use environment "${environment}" of project "${project}" as a preview.`,
    why:
      reason.kind === 'reserved'
        ? words`Railway says that the name is taken, and ${describeForeign(reason)}.`
        : words`It is not a preview of this repository: ${describeForeign(reason)}.`,
    next:
      reason.kind === 'reserved'
        ? words`Run the job again in a few minutes, or set another \`preview-name\`.`
        : words`Set another \`preview-name\`, or rename or delete that environment in Railway.`,
  }),
  'rollback-unavailable': (facts) => ({
    title: words`nothing to roll back to`,
    what: words`Cannot roll back ${describeLocation(facts)}.`,
    why: words`It has no earlier deployment of another commit or image that Railway can still roll back to (${count(facts.read, 'deployment')} read).`,
    next: words`Exclude the service with \`!\` in \`services\`, or deploy the commit that should be live.`,
  }),
  'rate-limited': ({ by, needed, remaining, shards = 1, resetsAt, ...interrupted }) => ({
    title: words`request budget spent`,
    what: words`The request limit of Railway's ${by === 'edge' ? words`edge (Cloudflare)` : words`API`} stopped the run while ${describeActivity(interrupted)}.`,
    why: words`${needed === null ? words`No requests are left` : words`The run needs about ${needed} more requests`}${
      remaining === null
        ? words``
        : words`, ${remaining} are left${shards > 1 ? words` for this shard` : words``}`
    }, and waiting would outlast \`timeout\`${resetsAt ? words`: the limit resets at ${resetsAt}` : words``}. This says nothing about the token.`,
    next: words`Run the job again after that, raise \`timeout\`, or select fewer services.`,
  }),
  'api-unavailable': (facts) => ({
    title: words`API unavailable`,
    ...('problem' in facts ? unusableProxy(facts) : unanswered(facts)),
  }),
  'api-incompatible': ({ operation, field, detail }) => ({
    title: words`answer not understood`,
    what: words`Railway's answer to ${operation} has another shape than expected.`,
    why: words`At \`${field}\`: ${detail.replace(/^invalid input: /i, '')}.`,
    next: words`Use the newest version of this action; if it is, report this message as an issue. The token is not the cause.`,
  }),
  'deployment-failed': (facts) => ({
    title: words`deployment failed`,
    what: words`The deployment of ${describeLocation(facts)} ${
      {
        failed: words`failed`,
        crashed: words`crashed`,
        removed: words`was removed before it was live`,
      }[facts.how]
    }.`,
    why: joinWords([
      !!facts.reason && words`Railway's reason: ${sentence(facts.reason)}`,
      facts.step !== null && words`Failed step: ${facts.step}.`,
      facts.diagnosis !== null && words`Railway's diagnosis: ${sentence(facts.diagnosis)}`,
      facts.firstErrorLine !== null && words`First error line: ${sentence(facts.firstErrorLine)}`,
      ![facts.reason, facts.step, facts.diagnosis, facts.firstErrorLine].some(Boolean) &&
        words`Railway gave no reason.`,
    ]),
    next: afterFailure(facts),
  }),
  unhealthy: (facts) => ({
    title: words`health check not passed`,
    what: words`${capital(describeLocation(facts))} is live, but did not pass its health check within ${facts.waited}.`,
    why:
      facts.result.kind === 'status'
        ? words`The address ${facts.url} answered with HTTP ${facts.result.status}; a status below 400 is expected, twice in a row.`
        : words`The address ${facts.url} gave no answer: ${sentence(facts.result.detail)}`,
    next: words`Read the service's log behind the link in the summary, correct \`health-check\`, or raise \`health-check-timeout\`.`,
  }),
  'deployment-skipped': (facts) => ({
    title: words`deployment skipped`,
    what: words`Railway skipped the deployment of ${describeLocation(facts)}.`,
    why:
      facts.why === null
        ? words`No changed file matched its watch paths, or a check of the commit failed.`
        : words`${facts.why}`,
    next: words`Check the watch paths and checks of the service, or set \`on-skipped: warn\` if that is fine.`,
  }),
  'upload-refused': (facts) =>
    facts.bytes === null
      ? notPacked(facts)
      : {
          title: words`upload refused`,
          what: words`Railway rejected the directory "${facts.directory}" for ${describeLocation(facts)} (${humanSize(facts.bytes)}).`,
          why: words`${facts.why}`,
          next: words`Exclude what the build does not need in .railwayignore, or deploy from the repository or an image.`,
        },
  'deployment-timeout': late,
  'changes-pending': ({ targets }) => ({
    title: words`changes pending`,
    what: words`The plan of this dry run would change ${count(targets.length, targets.every(({ service }) => service !== null) ? 'service' : 'target')}: ${listLocations(targets)}.`,
    why: words`The job fails, because \`fail-on-changes\` is \`true\`.`,
    next: words`Read the plan in the job summary. To apply it, run the job without \`dry-run\`. Otherwise undo the changes in Railway.`,
  }),
  cancelled: ({ started, unfinished }) => ({
    title: words`cancelled`,
    what: words`The job was cancelled with ${started} deployment${started === 1 ? words`` : words`s`} started, ${unfinished} of them unfinished.`,
    why: words`What was started goes on at Railway; nothing more was started.`,
    next: words`The summary lists what had been started; run the job again to bring all services to the same state.`,
  }),
  'internal-error': ({ name, where, missing }) => ({
    title: words`defect in this action`,
    ...(missing === undefined ? defect(name, where) : incompleteAction(missing)),
  }),
}

/** Describes an error that the action did not expect. */
function defect(name: string, where: string) {
  return {
    what: words`The action itself failed (${name}${where ? words` in ${where}` : words``}).`,
    why: words`This is a defect of the action, not of the workflow or the token.`,
    next: words`Check in Railway which deployments were started, and report this with the debug log (re-run the job with debug logging).`,
  }
}

/** Describes an action of which a file is missing, such as a copy that was made by hand. */
function incompleteAction(file: string) {
  return {
    what: words`The file \`${file}\` of the action is missing on the runner.`,
    why: words`The action is not complete there. All files of \`dist/\` belong to it, and some are loaded only when they are needed.`,
    next: words`Use a released version of the action, or copy all of \`dist/\`, and run the job again. The summary lists what had been started.`,
  }
}

/** Completes "Expected …". */
function expectedValue(problem: InputProblem): Words {
  switch (problem.kind) {
    case 'expected':
      return ownWords(problem.text)
    case 'ambiguous-name':
      return words`an id: ${
        problem.project === null
          ? words`several have`
          : words`project "${problem.project}" has several environments of`
      } that name (${problem.ids.join(', ')})`
    case 'same-environment':
      return words`another environment than \`environment\``
    case 'one-service':
      return words`exactly one selected service, but ${problem.services.length} are selected (${problem.services.join(', ')}); narrow \`projects\` and \`services\``
    case 'no-files':
      return words`a directory in the workspace with at least one file that is not ignored; check out or build it in an earlier step`
    case 'outside-workspace':
      return words`a directory that lies in the workspace after links are resolved; an absolute path may also lie in RUNNER_TEMP`
    case 'repository-data':
      return words`a directory of files to deploy, not the data of a repository, which may hold the credentials of the checkout`
    case 'other-source':
      return words`services that run another tag of ${problem.image}; ${problem.service} in ${problem.environment} ${describeSource(problem.source)}, and is changed to an image only if \`services\` gives its name or id`
    case 'removes-everything':
      return words`\`replace\` only with something to set; all variables of ${listNames(problem.services)} would be removed`
    case 'no-match':
      return words`${candidates[problem.of]}: ${listNames(problem.available)}`
  }
}

/** The things that a pattern is matched against. */
const candidates = {
  'projects-or-services': 'projects or services among the selected',
  services: 'services among the selected',
  variables: 'variables of the services in the other environment',
} as const

/** Completes "The service …". */
function describeSource(source: ServiceSource): Words {
  switch (source.kind) {
    case 'repository':
      return words`is built from a repository`
    case 'image':
      return words`runs ${source.image}`
    case 'none':
      return words`has no source that Railway knows of`
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
  presence,
  ...interrupted
}: Facts['operation-not-permitted']): Message<Words> {
  const token = tokenChecked
    ? words`The ${tokenNames[tokenType]} is a good one, Railway accepted it just now`
    : words`The ${tokenNames[tokenType]} was accepted before`
  const refused = {
    title: words`operation not permitted`,
    what: words`Railway refused ${describeActivity(interrupted)}.`,
  }
  const said = message === '' ? words`` : words`Railway said: ${sentence(message)}`
  const policies = words`the workspace's policies (approved sources, restricted services); with the trace, Railway's support can tell more.`
  const roles = words`Use a workspace token (${tokensPage}), which acts as an admin, or have the role of the token's owner raised.`
  if (presence?.kind === 'deleted' && reason !== 'plan') {
    const gone = capital(describeDeleted(presence))
    return {
      title: words`deleted meanwhile`,
      what: refused.what,
      why: joinWords([
        words`${gone} was there earlier in this run, and Railway does not show it any more: it was deleted meanwhile.`,
        said,
      ]),
      next: words`Check in Railway who deleted it, then run the job again for what is left.`,
    }
  }
  switch (reason) {
    case 'not-found': {
      const found = presence
        ? words`a part of it, though it is there`
        : words`this: it was deleted meanwhile, or the token does not reach it`
      return {
        ...refused,
        why: words`${token}, but Railway does not find ${found}. ${said}`,
        next: words`Check in Railway that it still exists, then run the job again.`,
      }
    }
    case 'not-authorized':
      return {
        ...refused,
        why: words`${token}; it may not do this${tokenChecked ? words`` : words`, or it was revoked meanwhile`}. ${said}`,
        next:
          tokenType === 'workspace'
            ? words`Check ${tokenChecked ? words`` : words`that the token still exists, and `}${policies}`
            : roles,
      }
    case 'plan':
      return {
        title: words`refused by the plan`,
        what: refused.what,
        why: said,
        next: words`Check the workspace's plan and its limits at Railway, then run the job again.`,
      }
    case 'other':
      return {
        ...refused,
        why: words`${token}; it may not do this, or Railway could not do it. ${said}`,
        next: tokenType === 'workspace' ? words`Check ${policies}` : roles,
      }
  }
}

/** Names the object that is gone. */
function describeDeleted({ what, at }: Extract<Presence, { kind: 'deleted' }>): string {
  switch (what) {
    case 'project':
      return `project "${at.project}"`
    case 'environment':
      return describeLocation({ ...at, service: null })
    case 'service':
      return describeLocation(at)
    case 'deployment':
      return `the deployment of ${describeLocation(at)}`
  }
}

/** The directory never left the runner. */
function notPacked({ directory, why, ...place }: Facts['upload-refused']): Message<Words> {
  return {
    title: words`directory cannot be uploaded`,
    what: words`The directory "${directory}" was not sent to Railway for ${describeLocation(place)}.`,
    why: words`${why}`,
    next: words`Correct that in an earlier step (a link has to point inside the directory), or exclude it in .railwayignore.`,
  }
}

function afterFailure({ reason, diagnosis, hasLog = true }: Facts['deployment-failed']): Words {
  if (hasLog) {
    return words`Read the last log lines in the job log (the whole log is behind the link in the summary), fix what they say, and run the job again.`
  }
  if (reason) return words`Correct the service's configuration there and run the job again.`
  return diagnosis
    ? words`Railway shows no log of it; correct what it names and run the job again.`
    : words`Railway shows no log of it; look at the deployment behind the link in the summary, then run the job again.`
}

function late({ status, waited, ...place }: Facts['deployment-timeout']): Message<Words> {
  if (status === null) {
    return {
      title: words`not started in time`,
      what: words`Nothing was started for ${describeLocation(place)}: its turn had not come after ${waited}.`,
      why: words`\`timeout\` ran out while other changes were made, and nothing new is begun after that.`,
      next: words`Run the job again, with a longer \`timeout\` or for fewer services.`,
    }
  }
  if (place.service === null) {
    return {
      title: words`not done in time`,
      what: words`The run was still ${status} after ${waited}, in ${describeLocation(place)}.`,
      why: words`\`timeout\` ran out, so nothing more was done there.`,
      next: words`Run the job again: it goes on with what is there. Raise \`timeout\` if it normally takes that long.`,
    }
  }
  return {
    title: words`deployment not finished in time`,
    what: words`The deployment of ${describeLocation(place)} was still ${status} after ${waited}.`,
    why: words`\`timeout\` ran out; the deployment goes on at Railway.`,
    next: words`Follow it behind the link in the summary; raise \`timeout\` if it normally takes that long.`,
  }
}

/** Workspaces in a sentence. */
const reached = (workspaces: readonly string[]) =>
  words`workspace${workspaces.length === 1 ? words`` : words`s`} ${listNames(workspaces)}`

function mismatch({
  tokenType,
  scopedTo,
  requested,
  nearest,
}: Facts['workspace-mismatch']): Omit<Message<Words>, 'title'> {
  const token = tokenNames[tokenType]
  const asks =
    requested === null ? words`` : words`; the workflow asks for workspace "${requested}"`
  if (scopedTo.length === 0) {
    return {
      what: words`Railway accepts the ${token}, but it reaches no workspace${asks}.`,
      why: {
        workspace: words`Its workspace was deleted, or Railway does not name it to this token.`,
        project: words`Railway does not name the workspace of its project.`,
        account: words`The account behind it is a member of no workspace.`,
        oauth: words`The consent behind it names no workspace, or does not let it be seen (\`email\` and \`profile\` do).`,
      }[tokenType],
      next: words`${makeWorkspaceToken} and store it as the secret${
        tokenType === 'oauth' ? words`, or give the id of its workspace as \`workspace\`` : words``
      }.`,
    }
  }
  if (tokenType === 'workspace' || tokenType === 'project') {
    return {
      what: words`The ${token} is for workspace ${listNames(scopedTo)}${asks}.`,
      why: words`The token itself is good, but it reaches its own workspace only.${didYouMean(nearest)}`,
      next: words`Store a token of workspace "${requested}" (${tokensPage}); only if ${listNames(scopedTo)} is what you mean, correct the input \`workspace\`.`,
    }
  }
  const person =
    tokenType === 'oauth'
      ? words`The consent behind it does not include that workspace`
      : words`The account behind it is no member of that workspace`
  return {
    what: words`The ${token} reaches ${reached(scopedTo)}${asks}.`,
    why: words`${person}, or the name is spelled differently.${didYouMean(nearest)}`,
    next: words`Correct \`workspace\`, or use a token of workspace "${requested}" (${tokensPage}).`,
  }
}

function unanswered({ detail, effect, proxy, untrusted, ...interrupted }: UnansweredRequest) {
  return {
    what: words`Railway's API gave no answer while ${describeActivity(interrupted)}. ${effectSentences[effect]}`,
    why: joinWords([
      words`The last attempt ended with ${detail}.`,
      proxy !== undefined && words`Requests go through the proxy that \`${proxy}\` names.`,
      words`This says nothing about the token.`,
    ]),
    next: untrusted
      ? words`Set \`NODE_EXTRA_CA_CERTS\` to the file of the certificate of its authority, if the network of this runner has one of its own.`
      : joinWords([
          proxy !== undefined &&
            words`Check that proxy, or name Railway's host in \`NO_PROXY\` if it can be reached directly.`,
          words`See https://status.railway.com, and run the job again when it is up.`,
        ]),
  }
}

function unusableProxy({ variable, problem }: UnusableProxy) {
  const what = words`The proxy that \`${variable}\` names cannot be used. Nothing was requested, and nothing was changed.`
  switch (problem.kind) {
    case 'unreadable':
      return {
        what,
        why: words`Its value is not the address of a proxy; it is not repeated here, as it may hold a password.`,
        next: words`Set it to \`http://host:port\`, or to \`http://user:password@host:port\` with special characters percent-encoded (\`#\` as \`%23\`, \`@\` as \`%40\`, \`%\` as \`%25\`).`,
      }
    case 'unsupported-protocol':
      return {
        what,
        why: words`It is a proxy of the protocol \`${problem.protocol}\`.`,
        next: words`Set it to a proxy whose address begins with \`http://\` or \`https://\`.`,
      }
    case 'unsupported-node':
      return {
        what,
        why: words`The action runs on Node ${problem.version} here. Node ignores the variable by default, and can be told otherwise by an action since 24.14 only.`,
        next: words`Set \`NODE_USE_ENV_PROXY: 1\` under \`env:\` of the step, which Node 24 obeys, or update the runner.`,
      }
  }
}

/** The words for a failure. Backticks in them mark code. */
export function messageFor<Code extends ErrorCode>({ code, facts }: Failure<Code>): Message {
  const { title, what, why, next } = wording[code](facts as Facts[Code])
  return { title: title.text, what: what.text, why: why.text, next: next.text }
}

/** Every code there is, in the order of the documentation. */
export const errorCodes = Object.keys(wording) as ErrorCode[]
