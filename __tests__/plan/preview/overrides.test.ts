import { describe, expect, it } from '@jest/globals'
import { inheritedVariables, missingSealed } from '../../../src/plan/preview/overrides.ts'
import { hasPassword } from '../../../src/plan/preview/passwords.ts'
import { type PlainVariables, variableState } from '../fixtures.ts'

const ref = (name: string) => `\${{${name}}}`

interface Base {
  readonly [service: string]: PlainVariables
}

function judge(
  { shared = {}, ...services }: Base,
  given: Record<string, string> = {},
  patterns = ['URL'],
) {
  const base = {
    shared: variableState(shared),
    services: Object.entries(services).map(([name, values]) => ({
      id: `id-${name}`,
      name,
      state: variableState(values),
      given: new Map(name === 'web' ? Object.entries(given) : []),
    })),
  }
  const place = { project: 'shop', environment: 'pr-7' }
  const failures = inheritedVariables(
    place,
    base,
    patterns.map((text) => ({ text: text.replace(/^!/, ''), exclude: text.startsWith('!') })),
  )
  return {
    found: failures.map(({ facts }) => {
      const { service, variable, end } = facts
      return `${service ?? 'shared'}.${variable} from ${end === null ? 'itself' : end.name}`
    }),
    sealed: missingSealed(base),
  }
}

const domain = ref('RAILWAY_PRIVATE_DOMAIN')

describe('a variable that a preview must not inherit', () => {
  it.each<[string, Base, string[]]>([
    ['a literal', { web: { URL: 'postgres://production' } }, ['web.URL from itself']],
    ['a literal of the shared ones', { shared: { URL: 'x' } }, ['shared.URL from itself']],
    ['a sealed one, which is not cloned', { web: { URL: null } }, []],
    ['a variable of Railway', { web: { URL: ref('RAILWAY_PUBLIC_DOMAIN') } }, []],
    [
      'an address of another service',
      { web: { URL: `https://${ref('api.RAILWAY_PUBLIC_DOMAIN')}/v1` }, api: {} },
      [],
    ],
    ['a name of Railway', { web: { URL: ref('RAILWAY_ENVIRONMENT_NAME') } }, []],
    // The example, and its kind.
    [
      'one hop',
      { web: { URL: ref('legacy.DSN') }, legacy: { DSN: 'x' } },
      ['web.URL from legacy.DSN'],
    ],
    [
      'three hops, through a shared variable and two services',
      {
        shared: { B: ref('db.C') },
        web: { URL: ref('A'), A: ref('shared.B') },
        db: { C: ref('legacy.DSN') },
        legacy: { DSN: 'x' },
      },
      ['web.URL from legacy.DSN'],
    ],
    [
      'a service by another case',
      { web: { URL: ref('legacy.DSN') }, Legacy: { DSN: 'x' } },
      ['web.URL from Legacy.DSN'],
    ],
    [
      'a service in capitals',
      { web: { URL: ref('LEGACY.DSN') }, Legacy: { DSN: 'x' } },
      ['web.URL from Legacy.DSN'],
    ],
    [
      'the service of that very name, before one in other capitals',
      { web: { URL: ref('db.DSN') }, DB: { DSN: domain }, db: { DSN: 'x' } },
      ['web.URL from db.DSN'],
    ],
    [
      'the service of that very name, after one in other capitals',
      { web: { URL: ref('db.DSN') }, db: { DSN: 'x' }, DB: { DSN: domain } },
      ['web.URL from db.DSN'],
    ],
    [
      'not one in other capitals',
      { web: { URL: ref('db.DSN') }, DB: { DSN: 'x' }, db: { DSN: domain } },
      [],
    ],
    [
      'an address that Railway lists, beside a literal',
      {
        web: { URL: ref('api.RAILWAY_PUBLIC_DOMAIN') + ref('B'), B: 'x' },
        api: { RAILWAY_PUBLIC_DOMAIN: 'api.up.railway.app' },
      },
      [],
    ],
    [
      'an address that two variables use, beside a literal',
      { web: { URL: domain + ref('B'), OTHER: domain, B: 'x' } },
      [],
    ],
    [
      'a name like an address that is not of Railway',
      { web: { URL: ref('api.DATABASE_URL') + ref('B'), B: 'x' }, api: {} },
      ['web.URL from web.B'],
    ],
    [
      'a variable that Railway lists and that is no address, beside a literal',
      {
        web: {
          URL: ref('RAILWAY_ENVIRONMENT') + ref('B'),
          B: 'x',
          RAILWAY_ENVIRONMENT: 'production',
        },
      },
      ['web.URL from web.B'],
    ],
    [
      'a volume named like an address, beside a literal',
      { web: { URL: ref('RAILWAY_VOLUME_URL_X') + ref('B'), B: 'x' } },
      ['web.URL from web.B'],
    ],
    [
      'a service by its id',
      { web: { URL: ref('id-db.DSN') }, db: { DSN: 'x' } },
      ['web.URL from db.DSN'],
    ],
    [
      'a service with a dot in its name',
      { web: { URL: ref('db.v2.DSN') }, 'db.v2': { DSN: 'x' } },
      ['web.URL from db.v2.DSN'],
    ],
    [
      'white space in a reference',
      { web: { URL: ref(' legacy . DSN ') }, legacy: { DSN: 'x' } },
      ['web.URL from legacy.DSN'],
    ],
    [
      'one of several references',
      { web: { URL: `${ref('A')}${ref('B')}`, A: ref('NONE'), B: 'x' } },
      ['web.URL from web.B'],
    ],
    [
      'a host that is a literal',
      { web: { URL: `redis://${ref('HOST')}:6379`, HOST: 'db.example.com' } },
      ['web.URL from web.HOST'],
    ],
    [
      'a shared one of the service',
      { shared: { URL: ref('legacy.DSN') }, legacy: { DSN: 'x' } },
      ['shared.URL from legacy.DSN'],
    ],
    ['a missing service', { web: { URL: ref('gone.DSN') } }, []],
    ['a sealed one of another service', { web: { URL: ref('db.DSN') }, db: { DSN: null } }, []],
    // A database of the preview's own, with the base's password.
    [
      'the address of the own database, through a service and its credentials',
      {
        web: { URL: ref('Postgres.DSN') },
        Postgres: { DSN: `postgres://user:${ref('PASSWORD')}@${domain}/main`, PASSWORD: 'x' },
      },
      [],
    ],
    [
      'the address of the own database in a variable of its own',
      {
        web: {
          URL: `postgres://${ref('USER')}:${ref('PW')}@${ref('HOST')}/main`,
          USER: 'u',
          PW: 'x',
          HOST: domain,
        },
      },
      [],
    ],
    [
      'a password beside an address',
      { web: { URL: `postgres://user:hunter2@${domain}/main` } },
      ['web.URL from web.URL'],
    ],
    [
      'a password beside an address, one hop away',
      { web: { URL: ref('db.DSN') }, db: { DSN: `postgres://user:hunter2@${domain}` } },
      ['web.URL from db.DSN'],
    ],
    [
      'a password of a variable, beside a foreign host',
      { web: { URL: `postgres://user:${ref('PW')}@db.example.com`, PW: 'x' } },
      ['web.URL from web.PW'],
    ],
    // A cycle ends the search.
    ['itself', { web: { URL: ref('URL') } }, []],
    ['a cycle of two', { web: { URL: ref('A'), A: ref('URL') } }, []],
    [
      'a cycle with an exit',
      { web: { URL: ref('A'), A: `${ref('URL')}${ref('B')}`, B: 'x' } },
      ['web.URL from web.B'],
    ],
  ])('%s', (_, base, expected) => {
    expect(judge(base).found).toEqual(expected)
  })

  const legacy = { web: { URL: ref('legacy.DSN') }, legacy: { DSN: 'x' } }
  it.each<[string, Base, Record<string, string>, string[]]>([
    ['its own value', legacy, { URL: 'postgres://branch' }, []],
    ['its own value with a password', legacy, { URL: `postgres://u:pw@${ref('HOST')}` }, []],
    ['the value that it refers to', { web: { URL: ref('DSN'), DSN: 'x' } }, { DSN: 'y' }, []],
    [
      'a value that still ends in a literal',
      legacy,
      { URL: ref('legacy.DSN') },
      ['web.URL from legacy.DSN'],
    ],
    ['a value for something else', legacy, { OTHER: 'x' }, ['web.URL from legacy.DSN']],
    ['a new name', { web: {} }, { URL: 'postgres://branch' }, []],
  ])('is judged with %s', (_, base, given, expected) => {
    expect(judge(base, given).found).toEqual(expected)
  })

  it.each<[string[], number]>([
    [['url'], 1],
    [['U*'], 1],
    [['OTHER'], 0],
    [['*', '!URL'], 0],
    [['!URL'], 0],
  ])('is matched by %j: %i', (patterns, expected) => {
    expect(judge(legacy, {}, patterns).found.filter((one) => one.startsWith('web'))).toHaveLength(
      expected,
    )
  })

  it('is named when it is sealed and not set', () => {
    expect(judge({ web: { URL: null } }).sealed).toEqual([{ service: 'web', variable: 'URL' }])
    expect(judge({ web: { URL: null } }, { URL: 'x' }).sealed).toEqual([])
  })

  it('takes little time at the end of a long chain', () => {
    const hops = 20_000
    const values = Object.fromEntries(
      Array.from({ length: hops }, (_, index) => [`A${index}`, ref(`A${index + 1}`)]),
    )
    const web = { URL: ref('A0'), ...values, [`A${hops}`]: 'x' }
    expect(judge({ web }).found).toEqual([`web.URL from web.A${hops}`])
  })
})

describe('text around references', () => {
  it.each([
    ['postgres://user:hunter2@HOST', true],
    ['postgres://user:PW@HOST', false],
    ['postgres://user:pre-PW@HOST', true],
    ['postgres://USER:hunter2@HOST', true],
    ['redis://:hunter2@HOST', true],
    ['redis://:PW@HOST:6379', false],
    ['user:hunter2@HOST', true],
    ['https://HOST:8080/path', false],
    ['https://HOST', false],
    ['https://user@HOST', false],
    ['Server=HOST;Password=hunter2;', true],
    ['Server=HOST;Password=PW;', false],
    ['a=b, postgres://user:hunter2@HOST', true],
  ])('%s holds a password: %s', (text, expected) => {
    expect(hasPassword(text.replaceAll(/\b(PW|HOST|USER)\b/g, (name) => ref(name)))).toBe(expected)
  })
})
