import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { buildClientSchema, buildSchema, introspectionFromSchema, printSchema } from 'graphql'
import { z } from 'zod'
import { compareSchemas } from '../../scripts/check-schema/compare.ts'
import { checkDocument, deprecations } from '../../scripts/check-schema/documents.ts'
import { checkResponses } from '../../scripts/check-schema/parsers.ts'
import { problemLine } from '../../scripts/check-schema/problem.ts'
import { possibleResponses } from '../../scripts/check-schema/responses.ts'
import { loadSchema } from '../../scripts/check-schema/source.ts'

const sdl = `
  type Query { service(id: ID!): Service!  services(first: Int, after: String): ServiceConnection!  any: Thing }
  type Mutation { deploy(serviceId: String!): String! }
  type Service implements Node { id: ID!  name: String!  status: Status!  url: String  tags: [String!]!  notes: [String]
    meta: JSON  createdAt: DateTime!  old: String @deprecated(reason: "Use url.") }
  type Volume implements Node { id: ID!  size: Int! }
  interface Node { id: ID! }
  union Thing = Service | Volume
  type ServiceConnection { edges: [ServiceEdge!]!  pageInfo: PageInfo! }
  type ServiceEdge { node: Service! }
  type PageInfo { hasNextPage: Boolean!  endCursor: String }
  enum Status { SUCCESS FAILED }
  scalar JSON
  scalar DateTime
`
const schema = buildSchema(sdl)

describe('a document that the action sends', () => {
  const check = (document: string, name = 'A', kind: 'query' | 'mutation' = 'query') =>
    checkDocument(schema, { name, kind, document }).map(problemLine)

  it('passes if the schema has all its fields', () => {
    expect(check('query A($id: ID!) { service(id: $id) { name } }')).toEqual([])
    expect(check('mutation A($id: String!) { deploy(serviceId: $id) }', 'A', 'mutation')).toEqual(
      [],
    )
  })

  it.each([
    ['an unknown field', 'query A { service(id: "1") { nam } }', 'Cannot query field "nam"'],
    ['an unknown argument', 'query A { services(last: 1) { edges { node { id } } } }', '"last"'],
    ['a missing argument', 'query A { service { id } }', 'argument "id" of type "ID!" is required'],
    [
      'a variable that may be null if the schema requires a value',
      'query A($id: ID) { service(id: $id) { id } }',
      'Variable "$id" of type "ID" used in position expecting type "ID!"',
    ],
    [
      'a variable of another type',
      'query A($first: String) { services(first: $first) { edges { node { id } } } }',
      'Variable "$first" of type "String" used in position expecting type "Int"',
    ],
    ['a document that does not parse', 'query A {', 'Syntax Error'],
    ['two operations', 'query A { any { __typename } } query B { any { __typename } }', 'one op'],
    ['another name than listed', 'query B { any { __typename } }', 'the document has query B'],
    [
      'another kind than listed',
      'mutation A { deploy(serviceId: "1") }',
      'the document has mutation A',
    ],
  ])('is refused for %s', (_, document, message) => {
    const found = check(document)
    expect(found).not.toEqual([])
    expect(found.join('\n')).toContain(message)
    expect(found[0]).toMatch(/^document: A: /)
  })

  it('gets a note, and no problem, for a deprecated field', () => {
    const operation = {
      name: 'A',
      kind: 'query',
      document: 'query A { service(id: "1") { old } }',
    } as const
    expect(checkDocument(schema, operation)).toEqual([])
    expect(deprecations(schema, operation).map(problemLine)).toEqual([
      'document: A: The field Service.old is deprecated. Use url. (line 1, column 30)',
    ])
  })
})

describe('the local schema compared with another one', () => {
  const compare = (local: string, given: string) =>
    compareSchemas(buildSchema(local), buildSchema(given)).map(problemLine)

  it('passes against itself, and against one that has more', () => {
    expect(compare(sdl, sdl)).toEqual([])
    expect(
      compare(
        'type Query { a(x: Int): E } enum E { ONE } input I { x: Int }',
        'type Query { a(x: Int, y: Int, z: Int! = 1): E  b: Int } enum E { ONE TWO } input I { x: Int y: Int }',
      ),
    ).toEqual([])
  })

  it.each([
    [
      'a type that is missing',
      'type Query { a: Int } type T { a: Int }',
      'type Query { a: Int }',
      'T: missing in the given schema',
    ],
    [
      'a field that is missing',
      'type Query { a: Int b: Int }',
      'type Query { a: Int }',
      'Query.b: missing in the given schema',
    ],
    [
      'a field that may be null in the given schema',
      'type Query { a: Int! }',
      'type Query { a: Int }',
      'Query.a: Int! in the local schema, Int in the given one',
    ],
    [
      'a list that is no list in the given schema',
      'type Query { a: [Int] }',
      'type Query { a: Int }',
      'Query.a: [Int] in the local schema, Int in the given one',
    ],
    [
      'list elements that may be null in the given schema',
      'type Query { a: [Int!]! }',
      'type Query { a: [Int]! }',
      'Query.a: [Int!]! in the local schema, [Int]! in the given one',
    ],
    [
      'an argument that is missing',
      'type Query { a(x: Int): Int }',
      'type Query { a: Int }',
      'Query.a: argument x is missing in the given schema',
    ],
    [
      'an argument of another type',
      'type Query { a(x: Int): Int }',
      'type Query { a(x: Int!): Int }',
      'Query.a(x): Int in the local schema, Int! in the given one',
    ],
    [
      'an argument that only the given schema requires',
      'type Query { a: Int }',
      'type Query { a(x: Int!): Int }',
      'Query.a: argument x: Int! is required in the given schema',
    ],
    [
      'an enum value that is missing',
      'type Query { a: E } enum E { ONE TWO }',
      'type Query { a: E } enum E { ONE }',
      'E: value TWO is missing in the given schema',
    ],
    [
      'an input field that is missing',
      'type Query { a: Int } input I { x: Int y: Int }',
      'type Query { a: Int } input I { x: Int }',
      'I: input field y is missing in the given schema',
    ],
    [
      'an input field of another type',
      'type Query { a: Int } input I { x: [Int!] }',
      'type Query { a: Int } input I { x: [Int] }',
      'I(x): [Int!] in the local schema, [Int] in the given one',
    ],
    [
      'an input field that only the given schema requires',
      'type Query { a: Int } input I { x: Int }',
      'type Query { a: Int } input I { x: Int y: Int! }',
      'I: input field y: Int! is required in the given schema',
    ],
    [
      'a type of another kind',
      'type Query { a: T } enum T { A }',
      'type Query { a: T } scalar T',
      'T: an enum in the local schema, a scalar in the given one',
    ],
    [
      'a member of a union that is missing',
      'type Query { a: U } union U = A | B type A { x: Int } type B { x: Int }',
      'type Query { a: U } union U = A type A { x: Int } type B { x: Int }',
      'U: member B is missing in the given schema',
    ],
    [
      'an interface that is missing',
      'type Query { a: A } interface N { x: Int } type A implements N { x: Int }',
      'type Query { a: A } interface N { x: Int } type A { x: Int }',
      'A: interface N is missing in the given schema',
    ],
    [
      'a root type that is missing',
      'type Query { a: Int } type Mutation { a: Int }',
      'schema { query: Query } type Query { a: Int } type Mutation { a: Int }',
      'mutation: Mutation in the local schema, none in the given one',
    ],
  ])('names %s', (_, local, given, message) => {
    const found = compare(local, given)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(`local schema: ${message}`)
  })
})

describe('responses generated from the schema', () => {
  const responsesTo = (document: string) => [
    ...possibleResponses(schema, document, { count: 200, seed: 1 }),
  ]
  const serviceFields = (fields: string) =>
    responsesTo(`query A { service(id: "1") { ${fields} } }`).map(({ service }) => service)

  it('are the same for the same seed', () => {
    expect(serviceFields('name status meta')).toEqual(serviceFields('name status meta'))
  })

  it('have null and other values for nullable fields, and never null for the others', () => {
    const services = serviceFields('url name')
    expect(services).toContainEqual({ url: null, name: expect.anything() })
    expect(services).toContainEqual({ url: expect.any(String), name: expect.anything() })
    expect(services).not.toContainEqual(expect.objectContaining({ name: null }))
  })

  it('hold empty and long lists, with null only where elements may be null', () => {
    const services = serviceFields('tags notes')
    const tags = z.array(z.looseObject({ tags: z.array(z.unknown()) })).parse(services)
    expect(new Set(tags.map(({ tags: { length } }) => length))).toEqual(new Set([0, 1, 2, 3]))
    expect(services).toContainEqual(expect.objectContaining({ notes: [null, expect.any(String)] }))
    expect(tags.flatMap((service) => service.tags)).not.toContain(null)
  })

  it('hold enum values that are known and some that are not', () => {
    const statuses = serviceFields('status').map(
      (service) => z.object({ status: z.string() }).parse(service).status,
    )
    expect(statuses).toEqual(
      expect.arrayContaining(['SUCCESS', 'FAILED', expect.stringMatching(/^UNKNOWN/)]),
    )
  })

  it('have a cursor if there is a next page', () => {
    const answers = responsesTo(
      'query A { services { pageInfo { more: hasNextPage at: endCursor } } }',
    )
    const pages = answers.map(({ services }) =>
      z
        .object({ pageInfo: z.object({ more: z.boolean(), at: z.string().nullable() }) })
        .parse(services),
    )
    expect(pages.filter(({ pageInfo }) => pageInfo.more).length).toBeGreaterThan(10)
    expect(pages.filter(({ pageInfo }) => pageInfo.more && !pageInfo.at)).toEqual([])
    expect(pages.filter(({ pageInfo }) => !pageInfo.more && !pageInfo.at).length).toBeGreaterThan(
      10,
    )
  })

  it('follow aliases, fragments, abstract types and conditions', () => {
    const document = `
      query A($deep: Boolean!) { thing: any { __typename ... on Node { id } ...Size ... on Service @skip(if: $deep) { name } } }
      fragment Size on Volume { bytes: size }`
    const things = responsesTo(document).map(({ thing }) =>
      JSON.stringify(Object.keys(thing ?? {})),
    )
    expect(new Set(things)).toEqual(
      new Set([
        '[]',
        '["__typename","id"]',
        '["__typename","id","bytes"]',
        '["__typename","id","name"]',
      ]),
    )
  })
})

describe('the parser of an operation', () => {
  const check = (fields: string, service: z.ZodType) =>
    checkResponses(schema, {
      name: 'A',
      document: `query A($deep: Boolean!) { service(id: "1") { ${fields} } }`,
      response: z.object({ service }),
    }).map(({ what }) => what)

  it('has no problem if it accepts every response that the schema allows', () => {
    const fields = 'id name status url tags notes meta createdAt'
    const service = z.object({
      id: z.string(),
      name: z.string(),
      status: z.string(),
      url: z.string().nullable(),
      tags: z.array(z.string()),
      notes: z.array(z.string().nullable()).nullable(),
      meta: z.unknown(),
      createdAt: z.iso.datetime(),
    })
    expect(check(fields, service)).toEqual([])
  })

  it.each<[string, string, z.ZodType, string]>([
    [
      'refuses null if the schema permits it',
      'url',
      z.object({ url: z.string() }),
      'service.url: Invalid input: expected string, received null, and the schema allows null',
    ],
    [
      'refuses null among the elements',
      'notes',
      z.object({ notes: z.array(z.string()).nullable() }),
      'service.notes[]: Invalid input: expected string, received null, and the schema allows null',
    ],
    [
      'refuses an empty list',
      'tags',
      z.object({ tags: z.array(z.string()).min(1) }),
      'service.tags: Too small: expected array to have >=1 items, and the schema allows an empty list',
    ],
    [
      'refuses an unknown enum value',
      'status',
      z.object({ status: z.enum(['SUCCESS', 'FAILED']) }),
      'service.status: Invalid option: expected one of "SUCCESS"|"FAILED", and the schema allows an unknown enum value',
    ],
    [
      'accepts untyped JSON as an object',
      'meta',
      z.object({ meta: z.record(z.string(), z.unknown()).nullable() }),
      'service.meta: Invalid input: expected record, received array, and the schema allows a list',
    ],
    [
      'expects another type',
      'id',
      z.object({ id: z.number() }),
      'service.id: Invalid input: expected number, received string, and the schema allows a string',
    ],
    [
      'requires a field that is not selected',
      'id',
      z.object({ id: z.string(), name: z.string() }),
      'service.name: required, and the document does not always select it',
    ],
    [
      'requires a field that is selected only sometimes',
      'id name @include(if: $deep)',
      z.object({ id: z.string(), name: z.string() }),
      'service.name: required, and the document does not always select it',
    ],
    [
      'fits no member of its union',
      'url',
      z.object({ url: z.union([z.string(), z.number()]) }),
      'service.url: Invalid input: expected number, received null, and the schema allows null',
    ],
    [
      'throws',
      'id',
      z.object({ id: z.string().transform(() => JSON.parse('{')) }),
      'the parser throws: ',
    ],
  ])('is reported if it %s', (_, fields, service, message) => {
    expect(check(fields, service)).toContainEqual(expect.stringContaining(message))
  })

  it('may require a non-empty id from a mutation', () => {
    const response = z.object({ deploy: z.string().min(1) })
    const document = 'mutation A($id: String!) { deploy(serviceId: $id) }'
    expect(checkResponses(schema, { name: 'A', document, response })).toEqual([])
  })
})

describe('the source of the schema', () => {
  let server: Server | undefined

  afterEach(() => {
    server?.close()
    server = undefined
  })

  interface Seen {
    url: string
    authorization: string | undefined
    query: string
  }

  async function serve(answer: (seen: Seen, count: number) => [status: number, body: string]) {
    const seen: Seen[] = []
    server = createServer(async (request, response) => {
      const body = await new Response(request as never).text()
      const { query } = z.object({ query: z.string() }).parse(JSON.parse(body))
      const { url = '', headers } = request
      seen.push({ url, authorization: headers.authorization, query })
      const [status, text] = answer(
        { url, authorization: headers.authorization, query },
        seen.length,
      )
      response.writeHead(status, { location: 'http://127.0.0.1:1/', connection: 'close' }).end(text)
    })
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return { url: `http://127.0.0.1:${port}/graphql`, seen }
  }

  const introspected = JSON.stringify({ data: introspectionFromSchema(schema) })

  it('is a server, which gets the token and a query string of its own', async () => {
    const { url, seen } = await serve(() => [200, introspected])
    const loaded = await loadSchema(url, 'the-token')
    expect(compareSchemas(schema, loaded)).toEqual([])
    expect(seen).toMatchObject([
      { url: '/graphql?source=railway-workspace-deploy', authorization: 'Bearer the-token' },
    ])
  })

  it('is a server whose schema has every kind of type, directive and default', async () => {
    const complete = buildSchema(`${sdl}
      "Where it may run." directive @runs(in: [Int!]! = [1]) repeatable on FIELD | OBJECT
      interface Named implements Node { id: ID!  name(short: Boolean = false): String }
      input Filter { size: Int = 3  below: [Filter!]  old: String @deprecated }
      extend type Query { search(filter: Filter!, matrix: [[Int!]]!): [[Node!]!]! }
      extend enum Status { OLD @deprecated(reason: "Use FAILED.") }
      scalar Url @specifiedBy(url: "https://example.com")`)
    const data = introspectionFromSchema(complete)
    const { url } = await serve(() => [200, JSON.stringify({ data })])
    expect(printSchema(await loadSchema(url))).toBe(printSchema(buildClientSchema(data)))
  })

  it('is a server without support for deprecated arguments: it gets a second request without them', async () => {
    const { url, seen } = await serve((_, count) =>
      count === 1 ? [400, '{"errors":[{"message":"Unknown argument"}]}'] : [200, introspected],
    )
    expect(compareSchemas(schema, await loadSchema(url))).toEqual([])
    expect(seen.map(({ query }) => query.includes('inputFields(includeDeprecated'))).toEqual([
      true,
      false,
    ])
    expect(seen[0]?.authorization).toBeUndefined()
  })

  it('of a server that refuses introspection fails with an error that names the next step', async () => {
    const { url } = await serve(() => [
      400,
      '{"errors":[{"message":"introspection is not allowed"}]}',
    ])
    await expect(loadSchema(url, 'the-token')).rejects.toThrow(
      /refuses introspection: introspection is not allowed\. Set RAILWAY_API_TOKEN, or check against a schema file/,
    )
  })

  it.each([
    ['responds with HTML', 502, '<html>', /the response is HTTP 502/],
    [
      'responds with something else',
      200,
      '{"data":{}}',
      /Expected a schema or the response to an introspection query/,
    ],
    [
      'answers a schema without types',
      200,
      '{"data":{"__schema":{"queryType":{"name":"Query"}}}}',
      /The schema in 127\.0\.0\.1:\d+ is not valid:\n.*expected array.*\n.*at types/,
    ],
    ['redirects, which could pass the token on', 302, '', /fetch failed/],
  ])('is a server that %s', async (_, status, body, message) => {
    const { url } = await serve(() => [status, body])
    await expect(loadSchema(url, 'the-token')).rejects.toThrow(message)
  })

  it('is no server to which the token would be sent without encryption', async () => {
    await expect(loadSchema('http://example.com/graphql', 'the-token')).rejects.toThrow(
      /Only loopback addresses may use http/,
    )
  })
})
