import { describe, expect, it } from '@jest/globals'
import type { Environment, Inventory, Project } from '../../src/inventory/inventory.ts'
import { withLabels } from '../../src/inventory/labels.ts'
import { keyOf, labelOf } from '../../src/named.ts'

const environment = (id: string, name: string, services: string[][] = []): Environment => ({
  id,
  name,
  accessible: true,
  ephemeral: false,
  instances: services.map(([serviceId = '', serviceName = '']) => ({
    service: { id: serviceId, name: serviceName },
    source: { kind: 'none' },
    latest: null,
    active: [],
    triggers: [],
    domains: [],
    cron: false,
    configFile: null,
  })),
})

const project = (id: string, name: string, environments: Environment[] = []): Project => ({
  id,
  name,
  workspaceId: 'w',
  baseEnvironmentId: null,
  prDeploys: false,
  environments,
})

const labelled = (...projects: Project[]) => {
  const inventory: Inventory = { projects, missingFields: [] }
  return withLabels(inventory).projects
}

describe('labels', () => {
  it.each([
    ['one name each', ['shop', 'blog'], ['shop', 'blog']],
    ['one name', ['shop', 'shop'], ['shop (p0)', 'shop (p1)']],
    [
      'one name in two normal forms',
      ['caf\u00e9', 'cafe\u0301'],
      ['caf\u00e9 (p0)', 'cafe\u0301 (p1)'],
    ],
    ['one name but for its case', ['Shop', 'shop', 'blog'], ['Shop (p0)', 'shop (p1)', 'blog']],
    ['three of a name', ['a', 'a', 'a'], ['a (p0)', 'a (p1)', 'a (p2)']],
  ])('of projects with %s', (_, names, labels) => {
    const projects = labelled(...names.map((name, index) => project(`p${index}`, name)))
    expect(projects.map(labelOf)).toEqual(labels)
    expect(projects.map(({ name }) => name)).toEqual(names)
  })

  it('keep the name of a service that is in several environments, or in several projects', () => {
    const web = (id: string) => [[id, 'web']]
    const projects = labelled(
      project('p', 'shop', [
        environment('e1', 'production', web('s1')),
        environment('e2', 'staging', web('s1')),
      ]),
      project('q', 'blog', [environment('e3', 'production', web('s2'))]),
    )
    expect(JSON.stringify(projects)).not.toContain('label')
  })

  it('distinguish two services of a project, in all of its environments', () => {
    const [shop] = labelled(
      project('p', 'shop', [
        environment('e1', 'production', [
          ['s1', 'web'],
          ['s2', 'web'],
          ['s3', 'api'],
        ]),
        environment('e2', 'staging', [['s2', 'web']]),
      ]),
    )
    expect(
      shop?.environments.map(({ instances }) => instances.map(({ service }) => labelOf(service))),
    ).toEqual([['web (s1)', 'web (s2)', 'api'], ['web (s2)']])
  })

  it('distinguish two environments of a project', () => {
    const [shop] = labelled(
      project('p', 'shop', [environment('e1', 'pr-7'), environment('e2', 'pr-7')]),
    )
    expect(shop?.environments.map(labelOf)).toEqual(['pr-7 (e1)', 'pr-7 (e2)'])
    expect(shop?.environments.map(keyOf)).toEqual(['e1', 'e2'])
  })
})
