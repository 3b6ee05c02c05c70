import { describe, expect, it } from '@jest/globals'
import { failure } from '../../src/errors/codes.ts'
import type { Named } from '../../src/named.ts'
import { detectToken } from '../../src/scope/detect-token.ts'
import type { Probe, TokenProbes } from '../../src/scope/ports.ts'
import { resolveScope } from '../../src/scope/resolve-scope.ts'
import { Secret } from '../../src/secret.ts'

const acme = { id: 'a', name: 'Acme' }
const beta = { id: 'b', name: 'Beta' }

const answered = <Value>(value: Value): Probe<Value> => ({ kind: 'accepted', value })
const no: Probe<never> = { kind: 'refused', message: 'Not Authorized' }
const silent: Probe<never> = {
  kind: 'inconclusive',
  failure: failure('api-unavailable', {
    activity: 'detect-token',
    object: 'WhoAmI',
    detail: 'HTTP 502',
    effect: 'nothing-changed',
  }),
}
const strange: Probe<never> = {
  kind: 'inconclusive',
  failure: failure('api-incompatible', { operation: 'X', field: 'y', detail: 'z' }),
}
const second: Probe<never> = { kind: 'two-factor', workspace: 'Acme' }
const yes = answered(null)
const both: Probe<readonly Named[]> = answered([acme, beta])
const one: Probe<readonly Named[]> = answered([acme])
const none: Probe<readonly Named[]> = answered([])

interface Answers {
  me?: Probe<null>
  apiToken?: Probe<readonly Named[]>
  mine?: Probe<readonly Named[]>
  project?: Probe<{ projectId: string; environmentId: string }>
  projectIn?: Probe<Named | null>
  byId?: Probe<Named>
  oauth?: Probe<null>
  shared?: Probe<readonly Named[]>
  visible?: Probe<readonly Named[]>
}

/** The probes without a response are refused. */
function railway(answers: Answers): { probes: TokenProbes; requested: string[] } {
  const requested: string[] = []
  const respond = async <Value>(name: string, probe: Probe<Value>): Promise<Probe<Value>> => {
    requested.push(name)
    return probe
  }
  const probes: TokenProbes = {
    user: () => respond('me', answers.me ?? no),
    tokenWorkspaces: () => respond('apiToken', answers.apiToken ?? no),
    userWorkspaces: () => respond('mine', answers.mine ?? no),
    projectToken: () => respond('project', answers.project ?? no),
    workspace: () => respond('byId', answers.byId ?? no),
    projectWorkspace: () => respond('projectIn', answers.projectIn ?? no),
    oauthIdentity: () => respond('oauth', answers.oauth ?? no),
    sharedWorkspaces: () => respond('shared', answers.shared ?? no),
    visibleWorkspaces: () => respond('visible', answers.visible ?? no),
  }
  return { probes, requested }
}

async function conclude(answers: Answers, workspace: string | null, requireWorkspaceToken = false) {
  const { probes, requested } = railway(answers)
  const secret = new Secret('t')
  const token = { secret, source: 'input' as const, passedOver: [] }
  const requirements = { token, workspace, requireWorkspaceToken }
  const detection = await detectToken(probes, requirements)
  const scope = resolveScope(detection, requirements)
  if (!scope.ok)
    return { ends: scope.failures.map(({ code }) => code).join(' '), requested, detection }
  const { kind, uncertainties } = scope.value
  const where = scope.value.kind === 'project' ? '' : ` ${scope.value.workspace.name}`
  const doubt = uncertainties.length > 0 ? ' with a doubt' : ''
  return { ends: `${kind}${where}${doubt}`, requested, detection }
}

const project = answered({ projectId: 'p', environmentId: 'e' })

describe('the detection of a token', () => {
  it.each<[string, Answers, string | null, string, string?]>([
    // situation, responses, `workspace`, conclusion, all requests
    ['a workspace token', { apiToken: one }, null, 'workspace Acme', 'me apiToken'],
    ['a workspace token, asserted by name', { apiToken: one }, 'acme', 'workspace Acme'],
    ['a workspace token, asserted by id', { apiToken: one }, 'A', 'workspace Acme'],
    ['a workspace token for another one', { apiToken: one }, 'Beta', 'workspace-mismatch'],
    [
      '`me` down, `apiToken` fine',
      { me: silent, apiToken: one },
      null,
      'workspace Acme with a doubt',
    ],
    ['`me` in a new shape', { me: strange, apiToken: one }, null, 'workspace Acme with a doubt'],
    [
      '`apiToken` down, projects seen',
      { apiToken: silent, visible: one },
      null,
      'workspace Acme with a doubt',
    ],
    ['`apiToken` refused, projects seen', { visible: one }, null, 'workspace Acme with a doubt'],
    ['`apiToken` of several, no person', { apiToken: both }, 'Acme', 'oauth Acme with a doubt'],
    ['`apiToken` of none, nothing else', { apiToken: none }, null, 'workspace-mismatch'],

    [
      'an account of one workspace',
      { me: yes, apiToken: one },
      null,
      'account Acme',
      'me apiToken oauth',
    ],
    ['an account of two', { me: yes, apiToken: both }, null, 'workspace-ambiguous'],
    ['an account of two, one chosen', { me: yes, apiToken: both }, 'beta', 'account Beta'],
    [
      'an account that is no member',
      { me: yes, apiToken: one, mine: one, shared: none },
      'Beta',
      'workspace-mismatch',
    ],
    ['an account, `apiToken` refused', { me: yes, mine: both }, 'Acme', 'account Acme'],
    [
      'an account, `apiToken` incomplete',
      { me: yes, apiToken: one, mine: both },
      'Beta',
      'account Beta',
    ],
    [
      'an account with a shared workspace',
      { me: yes, apiToken: one, mine: one, shared: answered([beta]) },
      'Beta',
      'account Beta',
    ],
    ['an account, the list down', { me: yes, mine: silent, shared: none }, null, 'api-unavailable'],
    [
      'an account, one list down, not found',
      { me: yes, apiToken: one, mine: silent, shared: none },
      'Beta',
      'api-unavailable',
    ],
    [
      'an account of no workspace',
      { me: yes, apiToken: none, mine: none, shared: none },
      null,
      'workspace-mismatch',
    ],

    ['an OAuth token', { me: yes, apiToken: one, oauth: yes }, null, 'oauth Acme'],
    [
      'an OAuth token, the endpoint down',
      { me: yes, apiToken: one, oauth: silent },
      null,
      'account Acme',
    ],
    ['an OAuth token without profile', { oauth: yes, shared: one }, null, 'oauth Acme'],
    ['an OAuth token with projects only', { shared: one }, null, 'oauth Acme'],
    ['an OAuth token that sees projects', { oauth: yes, visible: one }, null, 'oauth Acme'],
    [
      'an OAuth token whose workspace no list shows, by id',
      { oauth: yes, byId: answered(acme) },
      'a',
      'oauth Acme',
    ],
    [
      'an account whose workspace no list shows, by id',
      { me: yes, apiToken: one, mine: one, shared: none, byId: answered(beta) },
      'b',
      'account Beta',
    ],
    ['an OAuth token for nothing', { oauth: yes }, null, 'workspace-mismatch'],
    [
      'an OAuth token of another workspace',
      { me: yes, apiToken: one, mine: one, oauth: yes },
      'Beta',
      'workspace-mismatch',
    ],

    ['a project token', { project }, null, 'project', 'me apiToken project'],
    ['a project token, `me` down', { me: silent, project }, null, 'project'],
    [
      'a project token, workspace confirmed',
      { project, projectIn: answered(acme) },
      'Acme',
      'project',
    ],
    [
      'a project token, workspace refuted',
      { project, projectIn: answered(beta) },
      'Acme',
      'workspace-mismatch',
    ],
    [
      'a project token, workspace by id',
      { project, projectIn: answered({ id: 'a', name: '' }) },
      'a',
      'project',
    ],
    ['a project token, workspace unknown', { project }, 'Acme', 'project with a doubt'],

    [
      'a second factor for everything',
      { me: second, apiToken: second },
      null,
      'two-factor-required',
    ],
    [
      'a second factor for the list',
      { me: yes, apiToken: second, mine: second, shared: second },
      null,
      'two-factor-required',
    ],
    [
      'a second factor, workspaces reported',
      { me: second, apiToken: both },
      'Beta',
      'account Beta with a doubt',
    ],

    ['all refused', {}, null, 'token-invalid', 'me apiToken project shared visible oauth'],
    ['an outage', { me: silent, apiToken: silent }, null, 'api-unavailable', 'me apiToken'],
    ['all refused but `me`, which is down', { me: silent }, null, 'api-unavailable'],
    ['all refused but the last, which is down', { oauth: silent }, null, 'api-unavailable'],
    [
      'all refused but `projectToken`, which is strange',
      { project: strange },
      null,
      'api-incompatible',
    ],
    ['nothing but an empty list of projects', { visible: none }, null, 'workspace-mismatch'],
  ])('%s', async (...row) => {
    const [, answers, workspace, ends, requested] = row
    const result = await conclude(answers, workspace)
    expect(result.ends).toBe(ends)
    if (requested) expect(result.requested.join(' ')).toBe(requested)
    expect(result.detection.probeResults.length).toBe(result.requested.length)
  })
})

describe('`require-workspace-token`', () => {
  it.each<[string, Answers, string | null, string]>([
    ['lets a workspace token pass', { apiToken: one }, null, 'workspace Acme'],
    ['lets a project token pass, which is narrower', { project }, null, 'project'],
    ['refuses an account token', { me: yes, apiToken: one }, null, 'token-account-scoped'],
    [
      'refuses an OAuth token',
      { me: yes, apiToken: one, oauth: yes },
      null,
      'token-account-scoped',
    ],
    [
      'and the workspace are reported at once',
      { me: yes, apiToken: one, mine: one, shared: none },
      'Beta',
      'token-account-scoped workspace-mismatch',
    ],
    ['does not guess when `me` is down', { me: silent, apiToken: one }, null, 'api-unavailable'],
  ])('%s', async (_, answers, workspace, ends) => {
    expect((await conclude(answers, workspace, true)).ends).toBe(ends)
  })
})

describe('the detection on a failure', () => {
  it('keeps the type of the token, for card and outputs', async () => {
    const { detection } = await conclude({ apiToken: one }, 'Beta')
    expect(detection.token).toEqual({ ok: true, value: { kind: 'workspace', workspaces: [acme] } })
    expect(detection.probeResults).toEqual([
      '`me`, which only tokens of a person can read, was rejected: Not Authorized',
      '`apiToken` named the workspace "Acme"',
    ])
  })

  it('names every query behind "invalid"', async () => {
    const { detection } = await conclude({}, null)
    expect(detection.token).toMatchObject({
      failures: [
        {
          facts: {
            source: 'input',
            questions: [
              'me',
              'apiToken',
              'projectToken',
              'externalWorkspaces',
              'projects',
              'the OAuth user endpoint',
            ],
          },
        },
      ],
    })
  })
})

describe('the sentences about the results of probes', () => {
  const me = '`me`, which only tokens of a person can read,'
  const denied = 'was rejected: Not Authorized'

  it.each<[string, Answers, string | null, string[], string[]]>([
    [
      'an OAuth token of a workspace by its id',
      { me: yes, apiToken: one, mine: one, oauth: yes, shared: none, byId: answered(beta) },
      'b',
      [
        `${me} was accepted`,
        '`apiToken` named the workspace "Acme"',
        'the OAuth user endpoint was accepted, so it is an OAuth token',
        '`me.workspaces` named the workspace "Acme"',
        '`externalWorkspaces` named no workspace',
        '`workspace`, requested by that id, was accepted: "Beta"',
      ],
      [],
    ],
    [
      'a project token of another workspace',
      { project, projectIn: answered(beta) },
      'Acme',
      [
        `${me} ${denied}`,
        `\`apiToken\` ${denied}`,
        '`projectToken` was accepted, so it is a project token',
        'the workspace of its project is "Beta"',
      ],
      [],
    ],
    [
      'a project token of a workspace without a name',
      { project, projectIn: answered({ id: 'a', name: '' }) },
      'a',
      [
        `${me} ${denied}`,
        `\`apiToken\` ${denied}`,
        '`projectToken` was accepted, so it is a project token',
        'the workspace of its project is "a"',
      ],
      [],
    ],
    [
      'a project token of a workspace that is not named',
      { project, projectIn: answered(null) },
      'a',
      [
        `${me} ${denied}`,
        `\`apiToken\` ${denied}`,
        '`projectToken` was accepted, so it is a project token',
        'the workspace of its project was not named',
      ],
      [],
    ],
    [
      'an OAuth token with projects in two workspaces',
      { oauth: yes, visible: both },
      'Beta',
      [
        `${me} ${denied}`,
        `\`apiToken\` ${denied}`,
        `\`projectToken\` ${denied}`,
        `\`externalWorkspaces\` ${denied}`,
        '`projects` named 2 workspaces: "Acme", "Beta"',
        'the OAuth user endpoint was accepted, so it is an OAuth token',
      ],
      [],
    ],
    [
      'a second factor, workspace reported',
      { me: second, apiToken: one },
      null,
      [
        `${me} needs two-factor authentication`,
        '`apiToken` named the workspace "Acme"',
        `the OAuth user endpoint ${denied}`,
      ],
      [
        'The owner of this token has not turned on two-factor authentication, which Railway requires of persons. The token may therefore have no access to some projects. Turn on two-factor authentication in Railway, or use a workspace token, which needs none.',
      ],
    ],
    [
      'a person who is not settled',
      { me: silent, apiToken: both },
      'Acme',
      [`${me} was inconclusive (api-unavailable)`, '`apiToken` named 2 workspaces: "Acme", "Beta"'],
      [
        'Railway did not report whether the token belongs to a person. A token of a person may have access to more than this workspace. Run the job again, or use a workspace token.',
        'The token has access to several workspaces, but Railway reports no owner of the token. This run treats the token as an OAuth token with limited consent. To use a token of a known type, create a workspace token.',
      ],
    ],
    [
      'projects only',
      { visible: one },
      null,
      [
        `${me} ${denied}`,
        `\`apiToken\` ${denied}`,
        `\`projectToken\` ${denied}`,
        `\`externalWorkspaces\` ${denied}`,
        '`projects` named the workspace "Acme"',
        `the OAuth user endpoint ${denied}`,
      ],
      [
        'The action determined the workspace of the token from the projects that the token has access to, because Railway gave no clear response to the query `apiToken`. The token may have access to more workspaces. To be certain, run the job again.',
      ],
    ],
  ])('%s', async (_, answers, workspace, sentences, uncertainties) => {
    const { detection } = await conclude(answers, workspace)
    expect(detection.probeResults).toEqual(sentences)
    expect(detection.uncertainties).toEqual(uncertainties)
  })

  it('name the workspace that requires a second factor', async () => {
    const { detection } = await conclude({ me: second, apiToken: second }, null)
    expect(detection.token).toMatchObject({
      failures: [{ code: 'two-factor-required', facts: { workspace: 'Acme' } }],
    })
  })

  it('name each workspace once', async () => {
    const { detection } = await conclude({ me: yes, apiToken: one, mine: both }, 'Beta')
    expect(detection.token).toEqual({
      ok: true,
      value: { kind: 'account', workspaces: [acme, beta] },
    })
  })
})
