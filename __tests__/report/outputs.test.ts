import { describe, expect, it } from '@jest/globals'
import type { Outcome } from '../../src/execute/outcome.ts'
import type { ServiceInstance } from '../../src/inventory/inventory.ts'
import type { Selection } from '../../src/inventory/selection.ts'
import type { Outputs } from '../../src/report/output-schema.ts'
import { outputValues } from '../../src/report/outputs.ts'
import type { RunReport } from '../../src/run-state.ts'
import type { DetectedToken, TokenScope } from '../../src/scope/token-scope.ts'
import {
  deployment,
  environment,
  inputsOf,
  project,
  selectionOf,
  selectionOfProjects,
  service,
  targetOf,
} from '../fixtures.ts'
import {
  acme,
  buildFailed,
  deployStep,
  docs,
  keepStep,
  outcomeOf,
  previewStep,
  reportOf,
  sha,
  variablesStep,
} from './fixtures.ts'

const outputs = (known: Partial<RunReport>) => outputValues(reportOf(known), docs)
const old = 'b'.repeat(40)
const digest = `sha256:${'1'.repeat(64)}`

describe('the outputs of a run that found nothing', () => {
  it('are all set', () => {
    expect(outputs({})).toEqual({
      status: 'success',
      'error-code': '',
      errors: [],
      'token-type': '',
      'workspace-id': '',
      'workspace-name': '',
      changed: false,
      projects: [],
      matrix: { include: [] },
      'project-matrix': { include: [] },
      plan: [],
      results: [],
      urls: {},
      url: '',
      'deployment-ids': [],
      'environment-id': '',
      'environment-name': '',
      'environment-created': false,
      requests: 0,
      'rate-limit-remaining': '',
      'log-file': '',
    })
  })
})

describe('the token in the outputs', () => {
  const detected = (value: DetectedToken) =>
    ({
      detection: {
        token: { ok: true, value },
        projectWorkspace: null,
        probeResults: [],
        uncertainties: [],
      },
    }) as const
  const scopes: Record<'workspace' | 'account' | 'project', TokenScope> = {
    workspace: { kind: 'workspace', workspace: acme, uncertainties: [] },
    account: { kind: 'account', workspace: acme, workspaces: [acme], uncertainties: [] },
    project: { kind: 'project', projectId: 'p', environmentId: 'e', uncertainties: [] },
  }

  it.each<[string, Partial<RunReport>, string, string, string]>([
    ['of a workspace', { scope: scopes.workspace }, 'workspace', 'w1', 'Acme'],
    ['of an account', { scope: scopes.account }, 'account', 'w1', 'Acme'],
    ['of a project', { scope: scopes.project }, 'project', '', ''],
    [
      'whose scope does not match',
      detected({ kind: 'oauth', workspaces: [acme] }),
      'oauth',
      '',
      '',
    ],
  ])('%s', (_, known, type, id, name) => {
    expect(outputs(known)).toMatchObject({
      'token-type': type,
      'workspace-id': id,
      'workspace-name': name,
    })
  })
})

describe('the errors in the outputs', () => {
  it('have codes, messages and targets', () => {
    const failure = buildFailed('web')
    const found = outputs({ failures: [failure], requests: 3, remaining: 0 })
    expect(found).toMatchObject({
      status: 'failure',
      'error-code': 'deployment-failed',
      requests: 3,
      'rate-limit-remaining': 0,
    })
    expect(found.errors).toEqual([
      {
        code: 'deployment-failed',
        title: 'deployment failed',
        message: expect.stringMatching(/^The deployment of service "web" .*\[deployment-failed\]$/),
        project: 'shop',
        environment: 'production',
        service: 'web',
      },
    ])
  })

  it('have as much of a target as there is', () => {
    const failures = [
      { code: 'two-factor-required', facts: { workspace: null } },
      {
        code: 'environment-restricted',
        facts: { project: 'shop', environment: 'production', tokenType: 'workspace' },
      },
    ] as const
    expect(outputs({ failures }).errors).toMatchObject([
      { project: null, environment: null, service: null },
      { project: 'shop', environment: 'production', service: null },
    ])
  })
})

const live = (more: Partial<ServiceInstance> & { commit?: string | null; image?: string }) => {
  const { commit = null, image = null, ...rest } = more
  return service('web', {
    latest: deployment('d1', { commit, image, digest: image ? digest : null }),
    active: [deployment('d1', { commit, image, digest: image ? digest : null })],
    ...rest,
  })
}

describe('a selected service in the outputs', () => {
  const base = { id: 's-web', name: 'web', repository: 'acme/shop', image: null }
  const idle = { commit: null, digest: null, status: null, deploymentId: null, url: null }

  it.each<[string, ServiceInstance, Outputs['projects'][number]['services'][number]]>([
    ['that is not live', service('web', { domains: ['web.example.com'] }), { ...base, ...idle }],
    [
      'that is live at a commit',
      live({ commit: sha, domains: ['web.example.com'] }),
      {
        ...base,
        ...idle,
        commit: sha,
        status: 'SUCCESS',
        deploymentId: 'd1',
        url: 'https://web.example.com',
      },
    ],
    [
      'that is live at an image',
      live({ image: 'redis:7', source: { kind: 'image', image: 'redis:7' } }),
      {
        ...base,
        ...idle,
        repository: null,
        image: 'redis:7',
        digest,
        status: 'SUCCESS',
        deploymentId: 'd1',
      },
    ],
    [
      'without a source',
      service('web', { source: { kind: 'none' } }),
      { ...base, ...idle, repository: null },
    ],
  ])('%s', (_, instance, expected) => {
    const found = outputs({ selection: selectionOf([instance]) })
    const { commit, url } = expected
    expect(found.projects).toEqual([
      {
        id: 'p-shop',
        name: 'shop',
        environmentId: 'e-production',
        environmentName: 'production',
        services: [expected],
      },
    ])
    expect(found.matrix.include).toEqual([
      {
        project: 'shop',
        'project-id': 'p-shop',
        environment: 'production',
        'environment-id': 'e-production',
        service: 'web',
        'service-id': 's-web',
        commit,
        url,
      },
    ])
    expect(found['project-matrix'].include).toEqual([
      {
        project: 'shop',
        'project-id': 'p-shop',
        environment: 'production',
        'environment-id': 'e-production',
      },
    ])
  })

  it('is in its state after the run', () => {
    const read = outcomeOf(deployStep(service('web')), 'success', {
      deployment: deployment('d2', { commit: sha }),
    })
    const found = outputs({ selection: selectionOf([service('web')]), outcomes: [read] })
    expect(found.projects[0]?.services).toMatchObject([{ commit: sha, deploymentId: 'd2' }])
    expect(found.matrix.include).toMatchObject([{ commit: sha }])
  })
})

describe('the one environment of a selection', () => {
  const selected = (...names: [string, string][]): Selection =>
    selectionOfProjects(
      project(
        'shop',
        names.map(([id, name]) => environment(name, [], { id })),
      ),
    )
  it.each<[string, Selection, string, string]>([
    ['none', selected(), '', ''],
    ['one', selected(['e1', 'production']), 'e1', 'production'],
    ['two of one name', selected(['e1', 'production'], ['e2', 'production']), '', 'production'],
    ['two names', selected(['e1', 'production'], ['e2', 'staging']), '', ''],
  ])('%s', (_, selection, id, name) => {
    expect(outputs({ selection })).toMatchObject({
      'environment-id': id,
      'environment-name': name,
    })
  })
})

describe('the environment of a preview', () => {
  const inputs = inputsOf({ command: 'preview', 'preview-name': 'x' })
  const create = previewStep('create-preview')
  const absent = { absent: true, name: 'pr-7' } as const
  const planned = {
    steps: [{ ...create, target: { ...create.target, environment: absent } }],
    warnings: [],
  }
  const blog = previewStep('create-preview')
  const inBlog = {
    ...blog,
    target: { ...blog.target, environment: { id: 'e-other', name: 'pr-7' } },
  }

  it.each<[string, Partial<RunReport>, string, string, boolean]>([
    ['planned', { inputs, plan: planned }, '', 'pr-7', false],
    [
      'made',
      { inputs, plan: planned, outcomes: [outcomeOf(create, 'success', { changed: true })] },
      'e-pr-7',
      'pr-7',
      true,
    ],
    [
      'found',
      { inputs, plan: planned, outcomes: [outcomeOf(create, 'unchanged')] },
      'e-pr-7',
      'pr-7',
      false,
    ],
    [
      'updated',
      {
        inputs,
        plan: planned,
        outcomes: [outcomeOf(previewStep('update-preview'), 'success', { changed: true })],
      },
      'e-pr-7',
      'pr-7',
      false,
    ],
    [
      'one that may have been made',
      {
        inputs,
        plan: planned,
        outcomes: [
          outcomeOf({ ...create, target: { ...create.target, environment: absent } }, 'unknown', {
            changed: true,
          }),
        ],
      },
      '',
      'pr-7',
      false,
    ],
    [
      'made in two projects',
      {
        inputs,
        plan: planned,
        outcomes: [outcomeOf(create, 'success'), outcomeOf(inBlog, 'success')],
      },
      '',
      'pr-7',
      false,
    ],
    [
      'of two names',
      {
        inputs,
        plan: {
          steps: [previewStep('delete-preview', 'pr-1'), previewStep('delete-preview', 'pr-2')],
          warnings: [],
        },
      },
      '',
      '',
      false,
    ],
    ['not planned', { inputs, selection: selectionOf([]) }, '', '', false],
    [
      'of another command',
      { inputs: inputsOf({ environment: 'x' }), plan: planned, selection: selectionOf([]) },
      'e-production',
      'production',
      false,
    ],
  ])('%s', (_, known, id, name, created) => {
    expect(outputs(known)).toMatchObject({
      'environment-id': id,
      'environment-name': name,
      'environment-created': created,
    })
  })
})

describe('the plan and its results in the outputs', () => {
  const web = live({ commit: old, domains: ['web.example.com'] })

  it('has each step with its old and its new revision', () => {
    const steps = [deployStep(web), variablesStep(null)]
    expect(outputs({ plan: { steps, warnings: [] } }).plan).toEqual([
      {
        action: 'deploy',
        project: 'shop',
        environment: 'production',
        service: 'web',
        detail: 'commit aaaaaaa',
        from: old,
        to: sha,
      },
      {
        action: 'set-variables',
        project: 'shop',
        environment: 'production',
        service: null,
        detail: 'adds A',
        from: null,
        to: null,
      },
    ])
  })

  const absent = { absent: true, name: 'production' } as const
  const row = {
    project: 'shop',
    projectId: 'p-shop',
    environment: 'production',
    environmentId: 'e-production',
    service: 'web',
    serviceId: 's-web',
    action: 'deploy',
    commit: sha,
    url: 'https://web.example.com',
    errorCode: null,
  }

  it.each<[string, Outcome, object]>([
    [
      'a deployment',
      outcomeOf(deployStep(web), 'success'),
      {
        ...row,
        status: 'success',
        deploymentId: 'd-web',
        logsUrl:
          'https://railway.com/project/p-shop/service/s-web?id=d-web&environmentId=e-production',
        durationMs: 83_000,
        message: 'it is success',
      },
    ],
    [
      'one that was not started',
      outcomeOf(deployStep(web), 'not-started', { failure: buildFailed('web') }),
      {
        ...row,
        status: 'not-started',
        deploymentId: null,
        logsUrl: null,
        durationMs: null,
        errorCode: 'deployment-failed',
        message: 'it is not-started',
      },
    ],
    [
      'one that did not finish',
      outcomeOf(deployStep(web), 'unknown', { finishedAt: null, deploymentId: null }),
      {
        ...row,
        status: 'unknown',
        deploymentId: null,
        logsUrl: null,
        durationMs: null,
        message: 'it is unknown',
      },
    ],
    [
      'an environment that does not exist',
      outcomeOf(
        keepStep(web, { target: { ...targetOf(web), environment: absent, instance: null } }),
        'skipped',
      ),
      {
        ...row,
        environmentId: null,
        service: null,
        serviceId: null,
        action: 'keep',
        commit: null,
        url: null,
        status: 'skipped',
        deploymentId: null,
        logsUrl: null,
        durationMs: null,
        message: 'it is skipped',
      },
    ],
  ])('has %s', (_, outcome, expected) => {
    expect(outputs({ outcomes: [outcome] }).results).toEqual([expected])
  })

  it('has the deployments and sites', () => {
    const outcomes = [
      outcomeOf(keepStep(service('api')), 'unchanged'),
      outcomeOf(deployStep(web), 'success'),
      outcomeOf(deployStep(service('x', { domains: ['x.example.com'] })), 'success'),
    ]
    expect(outputs({ outcomes })).toMatchObject({
      changed: true,
      'deployment-ids': ['d-web', 'd-x'],
      urls: { 'shop/web': 'https://web.example.com', 'shop/x': 'https://x.example.com' },
      url: 'https://web.example.com',
    })
  })
})
