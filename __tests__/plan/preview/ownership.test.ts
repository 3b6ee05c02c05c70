import { describe, expect, it } from '@jest/globals'
import { describeForeign } from '../../../src/errors/messages/previews.ts'
import type { Environment, Project, ServiceInstance } from '../../../src/inventory/inventory.ts'
import type { EnvironmentRecord } from '../../../src/plan/ports.ts'
import { checkOwnership } from '../../../src/plan/preview/ownership.ts'

const repository = 'acme/shop'

const instance = (name: string, source: ServiceInstance['source']): ServiceInstance => ({
  service: { id: `id-${name}`, name },
  source,
  latest: null,
  active: [],
  triggers: [],
  domains: [],
  cron: false,
  configFile: null,
})
const web = instance('web', { kind: 'repository', repository: 'Acme/Shop' })
const database = instance('Postgres', { kind: 'image', image: 'postgres:16' })

const environment = (facts: Partial<Environment>): Environment => ({
  id: 'preview',
  name: 'pr-7',
  accessible: true,
  ephemeral: true,
  instances: [web],
  ...facts,
})
const base = environment({
  id: 'base',
  name: 'production',
  ephemeral: false,
  instances: [web, database],
})
const record = (facts: Partial<EnvironmentRecord> = {}): EnvironmentRecord => ({
  id: 'preview',
  name: 'pr-7',
  ephemeral: true,
  createdAt: '2026-01-01T00:00:00Z',
  sourceId: 'base',
  pullRequest: null,
  ...facts,
})
const project = (environments: readonly Environment[]): Project => ({
  id: 'project',
  name: 'shop',
  workspaceId: 'workspace',
  baseEnvironmentId: 'base',
  prDeploys: false,
  environments,
})

describe('whether an environment is a preview of this repository', () => {
  it.each<[string, Partial<Environment>, EnvironmentRecord | null, string]>([
    ['an ephemeral clone with a service of the repository', {}, record(), 'ours'],
    ['one whose source Railway no longer has', {}, record({ sourceId: null }), 'ours'],
    ['an empty clone of the base', { instances: [] }, record(), 'ours'],
    ['an empty clone of unknown source', { instances: [] }, record({ sourceId: null }), 'ours'],
    ['the base', { id: 'base' }, record(), 'base environment'],
    ['a persistent environment', { ephemeral: false }, record(), 'persistent'],
    ['a restricted one', { accessible: false }, record(), 'restricted'],
    ['one that could not be read', {}, null, 'did not return'],
    [
      'one that became persistent in the meantime',
      {},
      record({ ephemeral: false }),
      'a persistent environment',
    ],
    ["Railway's own", {}, record({ pullRequest: 7 }), 'pull request #7'],
    [
      "half a clone that lacks the repository's service",
      { instances: [database] },
      record(),
      'ours',
    ],
    [
      'one without a service of the repository, of unknown source',
      { instances: [database] },
      record({ sourceId: null }),
      'no service in it',
    ],
    [
      'one without a service of the repository, cloned from another environment',
      { instances: [database] },
      record({ sourceId: 'x' }),
      'no service in it',
    ],
    [
      'an empty clone of another environment',
      { instances: [] },
      record({ sourceId: 'x' }),
      'no service in it',
    ],
  ])('%s', (_, facts, known, expected) => {
    const candidate = environment(facts)
    const verdict = checkOwnership(candidate, known, {
      project: project([base, candidate]),
      repository,
    })
    expect(verdict.kind === 'ours' ? 'ours' : describeForeign(verdict.reason)).toContain(expected)
  })
})
