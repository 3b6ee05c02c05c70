import { expect, it } from '@jest/globals'
import { namesOfInventory, namesOfRun } from '../../src/report/unredacted-names.ts'
import { deployment, environment, inputsOf, inventory, project, service } from '../fixtures.ts'

const commit = 'a'.repeat(40)
const other = 'b'.repeat(40)

it('the names that a run shows are those of its event and inputs', () => {
  const inputs = inputsOf({ environment: 'production', workspace: 'Acme', 'commit-sha': other })
  expect(namesOfRun(inputs)).toEqual([
    'acme/shop',
    'acme',
    'shop',
    commit,
    other,
    'production',
    'Acme',
  ])
})

it('the parts of an image are names, also if one is the user name of its registry', () => {
  const reference = 'docker.io/acme-bot2024/api:1.5.0'
  const inputs = inputsOf({ environment: 'x', projects: 'shop', services: 'api', image: reference })
  expect(namesOfRun(inputs)).toEqual(
    expect.arrayContaining(['docker.io', 'acme-bot2024', 'api', '1.5.0']),
  )
  const api = service('api', {
    source: { kind: 'image', image: reference },
    active: [deployment('d1', { commit: null, image: 'ghcr.io/robot4711/api@sha256:abc' })],
  })
  const names = namesOfInventory(inventory([project('shop', [environment('production', [api])])]))
  expect(names).toEqual(expect.arrayContaining(['acme-bot2024', 'robot4711', 'api', 'sha256']))
})

it('a missing input is no name', () => {
  const inputs = inputsOf({ command: 'deploy', environment: 'x', 'commit-sha': 'latest' })
  expect(namesOfRun(inputs)).toEqual(['acme/shop', 'acme', 'shop', commit, null, 'x', null])
})

it('the names of an inventory are those of all its objects', () => {
  const web = service('web', {
    latest: deployment('d2', { commit: other }),
    active: [deployment('d1', { commit }), deployment('d0')],
    triggers: [{ repository: 'acme/shop', branch: 'main' }],
  })
  const db = service('db', { source: { kind: 'image', image: 'postgres:16' } })
  const shop = project('shop', [environment('production', [web, db])])
  expect(namesOfInventory(inventory([shop, project('empty', [])]))).toEqual([
    ...['shop', 'p-shop', 'production', 'e-production'],
    ...['web', 's-web', 'acme/shop', 'd1', commit, 'd0', '', 'd2', other, 'main'],
    ...['db', 's-db', 'postgres', '16'],
    ...['empty', 'p-empty'],
  ])
})
