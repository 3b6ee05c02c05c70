import { type Facts, type Failure, failure, type TokenEvidence } from '../errors/codes.ts'
import type { RunContext } from './run-context.ts'
import type { StepFinding, WorkflowCall, WorkflowStep } from './workflow-step.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Events of a pull request that run without secrets when it comes from a fork. */
const withoutSecrets = new Set([
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
])

const tokenVariables = ['RAILWAY_API_TOKEN', 'RAILWAY_TOKEN'] as const

/**
 * Why there is no token, from what the event and the workflow file tell. What GitHub withholds by its rules is said
 * first: no change of the workflow file would help there.
 */
export function missingToken(
  context: RunContext,
  step: StepFinding,
  environment: Environment,
): Failure<'token-missing'> {
  if (context.fromDependabot) return missing('dependabot')
  if (context.pullRequest?.fromFork && withoutSecrets.has(context.eventName)) return missing('fork')
  if (step.kind === 'elsewhere' && step.calls.every(withholds)) {
    return missing('reusable-workflow', evidenceOfCalls(step.calls))
  }
  const given = step.kind === 'found' ? evidenceOfStep(step.step) : evidenceOf(environment)
  if (given === null) return missing('none')
  if (step.kind === 'found' && isWithheld(step.step)) {
    return missing('reusable-workflow', [given, ...evidenceOfCalls(step.step.calls)])
  }
  return missing('empty-input', [given])
}

const missing = (
  situation: Facts['token-missing']['situation'],
  evidence: readonly TokenEvidence[] = [],
) => failure('token-missing', { situation, evidence })

/** The step is in a reusable workflow, wants a secret, and no caller hands it over. */
function isWithheld(step: WorkflowStep): boolean {
  const secret = secretName(givenToken(step)?.text ?? '')
  if (secret === null || step.calls.length === 0) return false
  return step.calls.every(({ secrets }) => secrets !== 'inherit' && !has(secrets, secret))
}

const withholds = ({ secrets }: WorkflowCall) => secrets !== 'inherit' && secrets.length === 0

const has = (names: readonly string[], name: string) =>
  names.some((one) => one.toLowerCase() === name.toLowerCase())

const secretName = (text: string) => /\bsecrets\s*\.\s*(\w+)/.exec(text)?.[1] ?? null

/** Returns the token that the workflow file gives: the input, else one of the environment variables. */
function givenToken(step: WorkflowStep): { name: string; text: string } | null {
  const input = step.inputs.get('token')
  if (input) return { name: 'token', text: input.text }
  for (const name of tokenVariables) {
    const text = step.variables.get(name)
    if (text !== undefined) return { name, text }
  }
  return null
}

function evidenceOfStep(step: WorkflowStep): TokenEvidence | null {
  const given = givenToken(step)
  if (!given) return null
  const expression = /^\s*\$\{\{[^{}]*\}\}\s*$/.exec(given.text)?.[0].trim() ?? null
  return { kind: 'set-but-empty', name: given.name, expression }
}

/** A variable that is there and empty was set to something that is not there. */
function evidenceOf(environment: Environment): TokenEvidence | null {
  const name = tokenVariables.find((one) => environment[one]?.trim() === '')
  return name ? { kind: 'empty-variable', name } : null
}

const evidenceOfCalls = ([call]: readonly WorkflowCall[]): TokenEvidence[] =>
  call ? [{ kind: 'call-without-secrets', job: call.job, file: call.file }] : []
