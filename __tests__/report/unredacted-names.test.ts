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
    ...['db', 's-db'],
    ...['empty', 'p-empty'],
  ])
})
