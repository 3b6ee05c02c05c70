import { describe, expect, it } from '@jest/globals'
import type { Environment } from '../../src/inventory/inventory.ts'
import type { Selection } from '../../src/inventory/selection.ts'
import { otherEnvironments } from '../../src/plan/other-environments.ts'
import type { TokenScope } from '../../src/scope/token-scope.ts'
import { environment, project, selectionOf, selectionOfProjects, service } from '../fixtures.ts'

const workspace: TokenScope = {
  kind: 'workspace',
  workspace: { id: 'w', name: 'Acme' },
  uncertainties: [],
}
const projectToken: TokenScope = {
  kind: 'project',
  projectId: 'p-shop',
  environmentId: 'e-production',
  uncertainties: [],
}

const staging = environment('staging', [service('web')])
const twins = [environment('qa', [], { id: 'qa1' }), environment('QA', [], { id: 'qa2' })]
const locked = environment('secret', [], { accessible: false })
const selection = selectionOf([service('web')], { others: [staging, ...twins, locked] })

describe('the other environment', () => {
  it.each<[string, string, Environment]>([
    ['by name', 'staging', staging],
    ['by name in another case', 'STAGING', staging],
    ['by id', 'e-staging', staging],
  ])('is found %s', (_, from, expected) => {
    const found = otherEnvironments('from-environment', from, selection, workspace)
    expect(found).toEqual({ ok: true, value: new Map([['e-production', expected]]) })
  })

  it('is a different one for each project', () => {
    const other = environment('staging', [], { id: 'blog-staging' })
    const live = environment('production', [], { id: 'blog-production' })
    const both: Selection = {
      ...selection,
      environments: [
        ...selection.environments,
        { project: project('blog', [live, other]), environment: live, instances: [] },
      ],
    }
    expect(otherEnvironments('variables-from', 'staging', both, workspace)).toEqual({
      ok: true,
      value: new Map([
        ['e-production', staging],
        ['blog-production', other],
      ]),
    })
  })

  it.each<[string, string, TokenScope, string, object]>([
    [
      'has a name that two have',
      'qa',
      workspace,
      'input-invalid',
      {
        input: 'variables-from',
        given: 'qa',
        problem: { kind: 'ambiguous-name', ids: ['qa1', 'qa2'], project: 'shop' },
      },
    ],
    [
      'is the same one',
      'Production',
      workspace,
      'input-invalid',
      { input: 'variables-from', given: 'Production', problem: { kind: 'same-environment' } },
    ],
    [
      'is the same one, with a project token',
      'production',
      projectToken,
      'input-invalid',
      { input: 'variables-from', given: 'production', problem: { kind: 'same-environment' } },
    ],
    [
      'is beyond a project token',
      'staging',
      projectToken,
      'token-project-scoped',
      {
        project: 'shop',
        environment: 'production',
        beyond: { kind: 'other-environment', name: 'staging', input: 'variables-from' },
      },
    ],
    [
      'is beyond a project token, and may not exist',
      'nowhere',
      projectToken,
      'token-project-scoped',
      {
        project: 'shop',
        environment: 'production',
        beyond: { kind: 'other-environment', name: 'nowhere', input: 'variables-from' },
      },
    ],
    [
      'does not exist',
      'stagign',
      workspace,
      'environment-not-found',
      {
        requested: 'stagign',
        project: 'shop',
        available: ['production', 'staging', 'qa', 'QA', 'secret'],
        elsewhere: [],
        nearest: 'staging',
        input: 'variables-from',
      },
    ],
    [
      'is restricted',
      'secret',
      workspace,
      'environment-restricted',
      {
        project: 'shop',
        environment: 'secret',
        tokenType: 'workspace',
        hasOtherProjects: false,
        input: 'variables-from',
      },
    ],
  ])('%s: refused', (_, from, scope, code, facts) => {
    expect(otherEnvironments('variables-from', from, selection, scope)).toEqual({
      ok: false,
      failures: [{ code, facts }],
    })
  })

  it('is refused with the projects that have it', () => {
    const one = environment('production', [], { id: 'x' })
    const lacking = { project: project('blog', [one]), environment: one, instances: [] }
    const several = { ...selection, environments: [...selection.environments, lacking] }
    expect(otherEnvironments('from-environment', 'staging', several, workspace)).toEqual({
      ok: false,
      failures: [
        {
          code: 'environment-not-found',
          facts: {
            requested: 'staging',
            project: 'blog',
            input: 'from-environment',
            available: ['production'],
            elsewhere: ['shop'],
            nearest: null,
          },
        },
      ],
    })
  })

  it('is refused for every project that lacks it', () => {
    const one = environment('production', [], { id: 'x' })
    const several: Selection = {
      ...selection,
      environments: [
        ...selection.environments,
        ...selectionOfProjects(project('a', [one]), project('b', [one])).environments,
      ],
    }
    expect(otherEnvironments('from-environment', 'staging', several, workspace)).toMatchObject({
      ok: false,
      failures: [
        { code: 'environment-not-found', facts: { project: 'a' } },
        { code: 'environment-not-found', facts: { project: 'b' } },
      ],
    })
  })
})
