import { describe, expect, it } from '@jest/globals'
import type { TokenEvidence } from '../../src/errors/codes.ts'
import { missingToken } from '../../src/inputs/missing-token.ts'
import { parseContext } from '../../src/inputs/run-context.ts'
import type { StepFinding, WorkflowCall } from '../../src/inputs/workflow-step.ts'

const repository = { full_name: 'acme/shop' }
const fork = { full_name: 'mallory/shop' }

function context(eventName: string, head = repository, actor = 'ada') {
  return parseContext(
    { GITHUB_REPOSITORY: 'acme/shop', GITHUB_EVENT_NAME: eventName, GITHUB_ACTOR: actor },
    {
      pull_request: {
        number: 7,
        head: { sha: 'a'.repeat(40), ref: 'topic', repo: head },
      },
    },
  )
}

const push = parseContext({ GITHUB_REPOSITORY: 'acme/shop', GITHUB_EVENT_NAME: 'push' }, {})
const unknown: StepFinding = { kind: 'unknown' }

const call = (job: string, secrets: WorkflowCall['secrets']): WorkflowCall => ({
  file: '.github/workflows/ci.yml',
  job,
  secrets,
})

/** A step in the checkout, by the text of its token and the caller of its workflow. */
function step(
  given: { input?: string; variables?: Record<string, string> },
  calls: WorkflowCall[] = [],
): StepFinding {
  const input = { line: 9, text: given.input ?? '', entries: [] }
  return {
    kind: 'found',
    step: {
      file: '.github/workflows/deploy.yml',
      line: 8,
      inputs: new Map(given.input === undefined ? [] : [['token', input]]),
      variables: new Map(Object.entries(given.variables ?? {})),
      calls,
    },
  }
}

const secret = '$' + '{{ secrets.RAILWAY_API_TOKEN }}'
const called: TokenEvidence = {
  kind: 'call-without-secrets',
  job: 'deploy',
  file: '.github/workflows/ci.yml',
}
const empty = (name: string, expression: string | null): TokenEvidence => ({
  kind: 'set-but-empty',
  name,
  expression,
})

describe('a secret that GitHub does not pass', () => {
  it.each<[string, ReturnType<typeof context>, string]>([
    ['a pull request of a fork', context('pull_request', fork), 'fork'],
    ['a review of one', context('pull_request_review', fork), 'fork'],
    ['a comment on one', context('pull_request_review_comment', fork), 'fork'],
    ['a fork, with the rights of the base', context('pull_request_target', fork), 'none'],
    ['a pull request of a branch', context('pull_request'), 'none'],
    ['Dependabot', context('pull_request', repository, 'dependabot[bot]'), 'dependabot'],
    ['Dependabot in a fork', context('pull_request', fork, 'dependabot[bot]'), 'dependabot'],
    ['a user with a similar name', context('push', repository, 'dependabot'), 'none'],
    ['a push', push, 'none'],
  ])('%s: %s', (_, run, situation) => {
    expect(missingToken(run, unknown, {})).toEqual({
      code: 'token-missing',
      facts: { situation, evidence: [] },
    })
  })

  it('is reported before a fault of the workflow file', () => {
    const finding = step({ input: secret })
    expect(missingToken(context('pull_request', fork), finding, {}).facts.situation).toBe('fork')
  })
})

describe('the evidence of the workflow file', () => {
  it.each<[string, StepFinding, string, TokenEvidence[]]>([
    ['nothing about a token', step({}), 'none', []],
    ['a secret that is empty', step({ input: secret }), 'empty-input', [empty('token', secret)]],
    [
      'an expression with white space around it',
      step({ input: `  ${secret}\n` }),
      'empty-input',
      [empty('token', secret)],
    ],
    [
      'more than an expression, which is not quoted',
      step({ input: `x${secret}` }),
      'empty-input',
      [empty('token', null)],
    ],
    [
      'two expressions, which are not quoted',
      step({ input: `${secret}${secret}` }),
      'empty-input',
      [empty('token', null)],
    ],
    [
      'the variable for API tokens',
      step({ variables: { RAILWAY_API_TOKEN: secret, RAILWAY_TOKEN: 'x' } }),
      'empty-input',
      [empty('RAILWAY_API_TOKEN', secret)],
    ],
    [
      'the other variable, which is empty',
      step({ variables: { OTHER: 'x', RAILWAY_TOKEN: '' } }),
      'empty-input',
      [empty('RAILWAY_TOKEN', null)],
    ],
    [
      'the input before variables',
      step({ input: '', variables: { RAILWAY_TOKEN: secret } }),
      'empty-input',
      [empty('token', null)],
    ],
    [
      'a caller that passes nothing',
      step({ input: secret }, [call('deploy', [])]),
      'reusable-workflow',
      [empty('token', secret), called],
    ],
    [
      'a caller that passes another secret',
      step({ variables: { RAILWAY_TOKEN: secret } }, [call('deploy', ['OTHER'])]),
      'reusable-workflow',
      [empty('RAILWAY_TOKEN', secret), called],
    ],
    [
      'a caller that passes nothing of a secret that is written with blanks',
      step({ input: '$' + '{{ secrets . RAILWAY_API_TOKEN }}' }, [call('deploy', ['OTHER'])]),
      'reusable-workflow',
      [empty('token', '$' + '{{ secrets . RAILWAY_API_TOKEN }}'), called],
    ],
    [
      'two callers of which neither hands it over',
      step({ input: secret }, [call('deploy', []), call('other', ['X'])]),
      'reusable-workflow',
      [empty('token', secret), called],
    ],
    [
      'a caller that hands it over in another case',
      step({ input: secret }, [call('deploy', ['railway_api_token'])]),
      'empty-input',
      [empty('token', secret)],
    ],
    [
      'a caller that passes everything',
      step({ input: secret }, [call('deploy', 'inherit')]),
      'empty-input',
      [empty('token', secret)],
    ],
    [
      'one caller of two that hands it over',
      step({ input: secret }, [call('deploy', []), call('other', 'inherit')]),
      'empty-input',
      [empty('token', secret)],
    ],
    [
      'a caller of a step that needs no secret',
      step({ input: '$' + '{{ inputs.token }}' }, [call('deploy', [])]),
      'empty-input',
      [empty('token', '$' + '{{ inputs.token }}')],
    ],
    ['a caller of a step without a token', step({}, [call('deploy', [])]), 'none', []],
  ])('%s', (_, finding, situation, evidence) => {
    expect(missingToken(push, finding, {}).facts).toEqual({ situation, evidence })
  })

  it.each<[string, WorkflowCall[], string, TokenEvidence[]]>([
    ['passes nothing', [call('deploy', [])], 'reusable-workflow', [called]],
    ['passes something', [call('deploy', ['A'])], 'none', []],
    ['passes everything', [call('deploy', 'inherit')], 'none', []],
    ['is one of two, of which one passes', [call('a', []), call('b', ['A'])], 'none', []],
    ['does not exist', [], 'reusable-workflow', []],
  ])('of a workflow of another repository, whose caller %s', (_, calls, situation, evidence) => {
    expect(missingToken(push, { kind: 'elsewhere', calls }, {}).facts).toEqual({
      situation,
      evidence,
    })
  })
})

describe('without the workflow file, the evidence of the environment', () => {
  it.each<[string, Record<string, string>, string, TokenEvidence[]]>([
    ['nothing', {}, 'none', []],
    ['a value', { RAILWAY_TOKEN: 'x' }, 'none', []],
    [
      'an empty variable',
      { RAILWAY_TOKEN: '' },
      'empty-input',
      [{ kind: 'empty-variable', name: 'RAILWAY_TOKEN' }],
    ],
    [
      'white space',
      { RAILWAY_API_TOKEN: ' \n', RAILWAY_TOKEN: '' },
      'empty-input',
      [{ kind: 'empty-variable', name: 'RAILWAY_API_TOKEN' }],
    ],
  ])('%s', (_, environment, situation, evidence) => {
    expect(missingToken(push, unknown, environment).facts).toEqual({ situation, evidence })
  })
})
