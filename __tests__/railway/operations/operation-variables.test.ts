import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { buildSchema } from 'graphql'
import { z } from 'zod'
import {
  currentOperationTypes,
  operationTypesFile,
} from '../../../scripts/operation-types/current.ts'
import { renderOperationTypes } from '../../../scripts/operation-types/render.ts'
import { operation } from '../../../src/railway/operations/operation.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

describe('the generated types of variables', () => {
  it('are those of the documents and the schema', () => {
    expect(readFileSync(root + operationTypesFile, 'utf8')).toBe(currentOperationTypes())
  })
})

describe('the generator', () => {
  const schema = buildSchema(`
    enum Color { RED GREEN }
    input Inner { list: [String!], colors: [Color]! }
    input Outer { inner: Inner, always: Boolean!, usually: Int = 3 }
    type Query { thing(id: ID!, outer: Outer, count: Int): Boolean }
  `)

  it('renders required and optional variables, lists, enums and inputs', () => {
    const thing = {
      name: 'Thing',
      document:
        'query Thing($id: ID!, $outer: Outer, $count: Int = 1) { thing(id: $id, outer: $outer, count: $count) }',
    }
    const things = {
      name: 'Things',
      document: 'query Things($id0: ID!) { item0: thing(id: $id0) }',
    }
    const none = { name: 'None', document: 'query None { __typename }' }
    expect(renderOperationTypes(schema, [thing, none], [things])).toMatchSnapshot()
  })

  it('refuses a scalar without a known type', () => {
    const odd = buildSchema('scalar Odd type Query { a(b: Odd): Int }')
    const document = 'query A($b: Odd) { a(b: $b) }'
    expect(() => renderOperationTypes(odd, [{ name: 'A', document }], [])).toThrow('Odd')
  })

  it('refuses a type that the schema does not have', () => {
    const document = 'query A($b: Missing!) { thing(id: $b) }'
    expect(() => renderOperationTypes(schema, [{ name: 'A', document }], [])).toThrow('A')
  })
})

describe('an operation', () => {
  it('has the name of its document', () => {
    const answer = z.unknown()
    expect(() => operation('WhoAmI', 'query SomebodyElse { me { id } }', answer)).toThrow('WhoAmI')
    expect(operation('WhoAmI', 'query WhoAmI { me { id } }', answer)).toMatchObject({
      name: 'WhoAmI',
      kind: 'query',
      repeatable: true,
    })
  })
})
