import { expect, it } from '@jest/globals'
import { RailwayPreviews } from '../../../src/railway/adapters/previews.ts'
import { data, scriptedClient } from '../fixture.ts'

const record = (id: string, name: string) => ({
  id,
  name,
  isEphemeral: true,
  createdAt: '2026-01-05T09:00:00Z',
  deletedAt: null,
  sourceEnvironment: null,
  meta: null,
})

it.each([
  ['caf\u00e9-7', 'cafe\u0301-7'],
  ['cafe\u0301-7', 'caf\u00e9-7'],
  ['PR-7', 'pr-7'],
])(
  'an environment is found by its name, in any case and normal form: %j is %j',
  async (given, name) => {
    const nodes = [record('a', name), record('b', `${name}0`)]
    const edges = nodes.map((node) => ({ node }))
    const pageInfo = { hasNextPage: false, endCursor: null }
    const { context } = scriptedClient(() => data({ environments: { edges, pageInfo } }))
    const found = await new RailwayPreviews(context).named({ id: 'p', name: 'shop' }, given)
    expect(found?.map(({ id }) => id)).toEqual(['a'])
  },
)
