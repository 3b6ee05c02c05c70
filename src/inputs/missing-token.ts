import { type Facts, type Failure, failure, type TokenEvidence } from '../errors/codes.ts'
import type { RunContext } from './run-context.ts'
import type { StepFinding, WorkflowCall, WorkflowStep } from './workflow-step.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The pull request events that GitHub runs without secrets for a fork. */
const withoutSecrets = new Set([
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
])

const tokenVariables = ['RAILWAY_API_TOKEN', 'RAILWAY_TOKEN'] as const

/**
 * Explains from the event and the workflow file why there is no token. GitHub's own rules about secrets come first,
 * because no change of the workflow file would help against them.
 */
export function missingToken(
  context: RunContext,
  step: StepFinding,
  environment: Environment,
): Failure<'token-missing'> {
  if (context.fromDependabot) return missing('dependabot')
  if (context.pullRequest?.fromFork && withoutSecrets.has(context.eventName)) return missing('fork')
  if (step.kind === 'elsewhere' && step.calls.every(passesNoSecrets)) {
    return missing('reusable-workflow', evidenceOfCalls(step.calls))
  }
  const evidence = step.kind === 'found' ? evidenceOfStep(step.step) : evidenceOf(environment)
  if (evidence === null) return missing('none')
  if (step.kind === 'found' && isWithheldByCallers(step.step)) {
    return missing('reusable-workflow', [evidence, ...evidenceOfCalls(step.step.calls)])
  }
  return missing('empty-input', [evidence])
}

const missing = (
  situation: Facts['token-missing']['situation'],
  evidence: readonly TokenEvidence[] = [],
) => failure('token-missing', { situation, evidence })

/** Returns whether the step's token is a secret that no caller of its reusable workflow passes. */
function isWithheldByCallers(step: WorkflowStep): boolean {
  const secret = secretName(writtenToken(step)?.text ?? '')
  if (secret === null || step.calls.length === 0) return false
  return step.calls.every(({ secrets }) => secrets !== 'inherit' && !includesName(secrets, secret))
}

const passesNoSecrets = ({ secrets }: WorkflowCall) => secrets !== 'inherit' && secrets.length === 0

const includesName = (names: readonly string[], name: string) =>
  names.some((one) => one.toLowerCase() === name.toLowerCase())

const secretName = (text: string) => /\bsecrets\s*\.\s*(\w+)/.exec(text)?.[1] ?? null

/** Returns the token as the workflow file sets it, in the input or in one of the environment variables. */
function writtenToken(step: WorkflowStep): { name: string; text: string } | null {
  const input = step.inputs.get('token')
  if (input) return { name: 'token', text: input.text }
  for (const name of tokenVariables) {
    const text = step.variables.get(name)
    if (text !== undefined) return { name, text }
  }
  return null
}

function evidenceOfStep(step: WorkflowStep): TokenEvidence | null {
  const token = writtenToken(step)
  if (!token) return null
  const expression = /^\s*\$\{\{[^{}]*\}\}\s*$/.exec(token.text)?.[0].trim() ?? null
  return { kind: 'set-but-empty', name: token.name, expression }
}

/** Finds a token variable that is set and empty. A secret that does not exist has this effect. */
function evidenceOf(environment: Environment): TokenEvidence | null {
  const name = tokenVariables.find((one) => environment[one]?.trim() === '')
  return name ? { kind: 'empty-variable', name } : null
}

const evidenceOfCalls = ([call]: readonly WorkflowCall[]): TokenEvidence[] =>
  call ? [{ kind: 'call-without-secrets', job: call.job, file: call.file }] : []
