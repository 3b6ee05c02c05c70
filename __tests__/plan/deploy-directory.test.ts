import { describe, expect, it } from '@jest/globals'
import { describeIgnored, placeBelow, planUpload } from '../../src/plan/deploy-directory.ts'
import type { Plan } from '../../src/plan/plan.ts'
import type { Scan, Tree, TreeEntry } from '../../src/plan/ports.ts'
import { selectionOf, service, targetOf } from '../fixtures.ts'

const file = (path: string): TreeEntry => ({ path, isDirectory: false, bytes: 10 })
const folder = (path: string): TreeEntry => ({ path, isDirectory: true, bytes: 0 })

const treeOf = (more: Partial<Tree> = {}): Tree => ({
  root: '/checkout/site',
  entries: [file('index.html')],
  files: 1,
  bytes: 1_500,
  leftOut: [],
  ignored: { count: 0, complete: true, first: [] },
  linkedIgnoreFiles: [],
  ...more,
})

const web = service('web', { source: { kind: 'none' } })
const request = {
  directory: './site',
  context: { repository: 'acme/shop', commit: 'abcdef0123456789' },
}

const planned = (scan: Scan | null, rootDirectory = '', commit: string | null = 'abcdef0123') =>
  planUpload(
    selectionOf([web]),
    { ...request, context: { ...request.context, commit } },
    { scan, rootDirectory },
  )

function planOf(tree: Partial<Tree>, rootDirectory = ''): Plan {
  const plan = planned({ kind: 'tree', tree: treeOf(tree) }, rootDirectory)
  if (!plan.ok) throw new Error(JSON.stringify(plan.failures))
  return plan.value
}

describe('the plan of an upload', () => {
  it('has the tree, and the live deployment', () => {
    const tree = treeOf()
    expect(planned({ kind: 'tree', tree })).toEqual({
      ok: true,
      value: {
        steps: [
          {
            id: 'upload p-shop/e-production/s-web',
            after: [],
            action: 'upload',
            target: targetOf(web),
            revision: {
              kind: 'upload',
              directory: './site',
              tree,
              below: '',
              message: 'acme/shop@abcdef0',
            },
            detail: './site (1 file, 1.5 kB)',
          },
        ],
        warnings: [],
      },
    })
  })

  it('works without a commit', () => {
    expect(planned({ kind: 'tree', tree: treeOf() }, '', null)).toMatchObject({
      value: { steps: [{ revision: { message: 'acme/shop@' } }] },
    })
  })

  it.each<[string, Partial<Tree>, string, string]>([
    ['files', { files: 3, bytes: 12 }, '', './site (3 files, 12 bytes)'],
    [
      'a root directory that it has',
      { entries: [file('api/x')] },
      'api',
      './site (1 file, 1.5 kB)',
    ],
    ['one that it lacks', {}, 'api', './site (1 file, 1.5 kB) as api'],
    [
      'ignored files',
      { ignored: { count: 2, complete: true, first: ['a', 'b'] } },
      '',
      './site (1 file, 1.5 kB); 2 files left out by ignore rules: a, b',
    ],
    [
      'both',
      { ignored: { count: 1, complete: true, first: ['a'] } },
      'api',
      './site (1 file, 1.5 kB) as api; 1 file left out by ignore rules: a',
    ],
  ])('describes %s: %#', (_, tree, root, detail) => {
    expect(planOf(tree, root).steps[0]?.detail).toBe(detail)
  })

  it.each<[string, number, boolean, string[], string]>([
    ['none', 0, true, [], ''],
    ['one', 1, true, ['a'], '; 1 file left out by ignore rules: a'],
    ['more than are named', 12, true, ['a', 'b'], '; 12 files left out by ignore rules: a, b, …'],
    [
      'an unknown number',
      2,
      false,
      ['a', 'b'],
      '; at least 2 files left out by ignore rules: a, b',
    ],
  ])('counts ignored files: %s', (_, count, complete, first, words) => {
    expect(describeIgnored({ count, complete, first })).toBe(words)
  })
})

describe('the warnings of an upload', () => {
  const named = Array.from({ length: 12 }, (_, index) => `f${index}`)
  const ten = 'f0, f1, f2, f3, f4, f5, f6, f7, f8, f9'

  it.each<[string, Partial<Tree>, string, string, string]>([
    [
      'a root directory that is not in it',
      {},
      'api',
      'uploaded below the root directory',
      'The directory "./site" is uploaded as "api" to shop/web in environment "production". The reason is that Railway builds this service from its root directory "api", and "./site" contains no such directory. To upload the whole repository instead, set `directory` to the top of the repository.',
    ],
    [
      'a file that cannot be uploaded',
      { leftOut: ['x (a socket)'] },
      '',
      'files left out of the upload',
      'Some files in "./site" cannot be uploaded and are left out: x (a socket). If the build needs them, replace them with ordinary files. Otherwise list them in .railwayignore.',
    ],
    [
      'ten of them',
      { leftOut: named.slice(0, 10) },
      '',
      'files left out of the upload',
      `Some files in "./site" cannot be uploaded and are left out: ${ten}. If the build needs them, replace them with ordinary files. Otherwise list them in .railwayignore.`,
    ],
    [
      'twelve of them',
      { leftOut: named },
      '',
      'files left out of the upload',
      `Some files in "./site" cannot be uploaded and are left out: ${ten} and 2 more. If the build needs them, replace them with ordinary files. Otherwise list them in .railwayignore.`,
    ],
    [
      'an ignore file that is a link',
      { linkedIgnoreFiles: ['.gitignore'] },
      '',
      'ignore file not applied',
      'The upload of "./site" does not apply these ignore files, because they are symbolic links: .gitignore. Git does not follow such links either. Replace each link with a file.',
    ],
    [
      'ten of those',
      { linkedIgnoreFiles: named.slice(0, 10) },
      '',
      'ignore file not applied',
      `The upload of "./site" does not apply these ignore files, because they are symbolic links: ${ten}. Git does not follow such links either. Replace each link with a file.`,
    ],
    [
      'twelve of those',
      { linkedIgnoreFiles: named },
      '',
      'ignore file not applied',
      `The upload of "./site" does not apply these ignore files, because they are symbolic links: ${ten} and 2 more. Git does not follow such links either. Replace each link with a file.`,
    ],
  ])('%s', (_, tree, root, title, message) => {
    expect(planOf(tree, root).warnings).toEqual([{ title, message }])
  })

  it('are all returned', () => {
    const all = planOf({ leftOut: ['a'], linkedIgnoreFiles: ['b'] }, 'api').warnings
    expect(all.map(({ title }) => title)).toEqual([
      'uploaded below the root directory',
      'files left out of the upload',
      'ignore file not applied',
    ])
  })
})

describe('the location of a tree', () => {
  it.each<[string, TreeEntry[], string, string]>([
    ['to the top, without a root directory', [file('api/x')], '', ''],
    ['to the top, if it has files below the root directory', [file('api/x')], 'api', ''],
    ['to the top, if it has the directory, empty', [folder('api')], 'api', ''],
    ['to the top, if it has files there and elsewhere', [file('x'), file('api/x')], 'api', ''],
    ['to the root directory, if it has another one', [folder('web')], 'api', 'api'],
    ['to the root directory, if it has none of it', [file('x')], 'api', 'api'],
    ['to the root directory, if it has a file of that name', [file('api')], 'api', 'api'],
    [
      'to the root directory, if it has one with the same beginning',
      [file('apis/x')],
      'api',
      'api',
    ],
    ['to the root directory, if that is deeper', [file('a/x/api/y')], 'x/api', 'x/api'],
  ])('%s', (_, entries, root, below) => {
    expect(placeBelow({ entries }, root)).toBe(below)
  })
})

describe('a directory that cannot be uploaded', () => {
  const input = { input: 'directory', given: './site' }
  const place = { project: 'shop', environment: 'production', service: 'web' }
  const refused = { ...place, directory: './site', bytes: null }
  const links = Array.from({ length: 12 }, (_, index) => `l${index} -> /etc`)

  it.each<[string, Scan | null, string, object]>([
    ['was not read', null, 'input-invalid', { ...input, problem: { kind: 'no-files' } }],
    [
      'is missing',
      { kind: 'missing' },
      'input-invalid',
      { ...input, problem: { kind: 'no-files' } },
    ],
    [
      'is empty',
      { kind: 'tree', tree: treeOf({ files: 0, entries: [] }) },
      'input-invalid',
      { ...input, problem: { kind: 'no-files' } },
    ],
    [
      'is outside',
      { kind: 'outside' },
      'input-invalid',
      { ...input, problem: { kind: 'outside-workspace' } },
    ],
    [
      "is the repository's own",
      { kind: 'repository-data' },
      'input-invalid',
      { ...input, problem: { kind: 'repository-data' } },
    ],
    ['was aborted', { kind: 'cancelled' }, 'cancelled', { started: 0, unfinished: 0 }],
    [
      'is unreadable',
      { kind: 'unreadable', why: 'EACCES' },
      'upload-refused',
      { ...refused, why: 'EACCES' },
    ],
    [
      'has a link that leads out',
      { kind: 'leaves', links: ['a -> /etc'] },
      'upload-refused',
      { ...refused, why: 'Symbolic links point outside of the directory: a -> /etc.' },
    ],
    [
      'has ten such links',
      { kind: 'leaves', links: links.slice(0, 10) },
      'upload-refused',
      {
        ...refused,
        why: `Symbolic links point outside of the directory: ${links.slice(0, 10).join(', ')}.`,
      },
    ],
    [
      'has twelve such links',
      { kind: 'leaves', links },
      'upload-refused',
      {
        ...refused,
        why: `Symbolic links point outside of the directory: ${links.slice(0, 10).join(', ')} and 2 more.`,
      },
    ],
  ])('%s', (_, scan, code, facts) => {
    expect(planned(scan)).toEqual({ ok: false, failures: [{ code, facts }] })
  })

  it.each<[string, string[]]>([
    ['no service', []],
    ['two services', ['web', 'api']],
  ])('has %s as its target', (_, names) => {
    const selection = selectionOf(names.map((name) => service(name)))
    const facts = { scan: { kind: 'tree', tree: treeOf() }, rootDirectory: '' } as const
    expect(planUpload(selection, request, facts)).toEqual({
      ok: false,
      failures: [
        {
          code: 'input-invalid',
          facts: {
            ...input,
            problem: { kind: 'one-service', services: names.map((name) => `shop/${name}`) },
          },
        },
      ],
    })
  })

  it.each([
    ['one beside another of this shard', ['web'], ['cart']],
    ['two beside one of this shard', ['web'], ['cart', 'search']],
  ])('has services of other shards as targets, too: %s', (_, names, others) => {
    const otherShards = others.map((name) => ({
      project: { id: 'p-eu', name: 'eu' },
      service: { id: `eu-${name}`, name },
    }))
    const selection = { ...selectionOf(names.map((name) => service(name))), otherShards }
    const facts = { scan: { kind: 'tree', tree: treeOf() }, rootDirectory: '' } as const
    const services = [...names.map((name) => `shop/${name}`), ...others.map((name) => `eu/${name}`)]
    expect(planUpload(selection, request, facts)).toMatchObject({
      ok: false,
      failures: [{ facts: { ...input, problem: { kind: 'one-service', services } } }],
    })
    expect(planUpload({ ...selection, otherShards: [] }, request, facts).ok).toBe(true)
  })
})
