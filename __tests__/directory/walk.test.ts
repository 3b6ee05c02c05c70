import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { walk } from '../../src/directory/walk.ts'

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

function tree(files: Record<string, string>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'walk-')))
  made.push(root)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

/** The machine's own git settings must have no effect. */
const environment = { XDG_CONFIG_HOME: '/nowhere', PATH: process.env.PATH }

/** Walks a directory of the folder that was made last, which is the workspace. */
const walkIn = (root: string) => walk(root, { workspace: made.at(-1) ?? root, environment })

function git(root: string, ...words: string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  return execFileSync('git', words, { cwd: root, env, encoding: 'utf8' })
}

function repository(files: Record<string, string>, options: { forced?: string[] } = {}): string {
  const root = tree(files)
  git(root, 'init', '--quiet')
  for (const path of options.forced ?? []) git(root, 'add', '--force', path)
  return root
}

async function taken(root: string): Promise<string[]> {
  const scan = await walkIn(root)
  if (scan.kind !== 'tree') throw new Error(JSON.stringify(scan))
  return scan.tree.entries
    .filter(({ isDirectory }) => !isDirectory)
    .map(({ path }) => path)
    .sort()
}

/** Returns the files that git would deploy, including those that it does not track yet. */
function gitWouldTake(root: string): string[] {
  const listed = git(root, 'ls-files', '-z', '-c', '-o', '--exclude-standard').split('\0')
  return [...new Set(listed.filter((path) => path !== ''))].sort()
}

/** Files with names or locations for which ignore rules are easily misread. */
const awkward: Record<string, string> = {
  '.gitignore': [
    '# a comment, and a blank line next',
    '',
    '*.log',
    '!important.log',
    '/only-at-the-top',
    'anywhere/',
    'a/**/z',
    '**/generated',
    'data/*',
    '!data/keep',
    'trailing\\ ',
    '\\#hash',
    '\\!bang',
    '[Bb]uild[0-9]',
    'q?estion',
    'nested/deep/*.txt',
    '*.[oa]',
    'under_*_score',
    'CASE',
    'ends-with-spaces   ',
    'dir-only/',
    '!*.keep',
    'foo*',
    '!foobar/',
    'literal\\*star',
    '.env*',
    '!.env.example',
  ].join('\n'),
  'x.log': '',
  'important.log': '',
  'sub/important.log': '',
  'sub/x.log': '',
  'only-at-the-top': '',
  'sub/only-at-the-top': '',
  'anywhere/file': '',
  'sub/anywhere/file': '',
  'sub2/anywhere': 'a file of the name',
  'a/z': '',
  'a/b/z': '',
  'a/b/c/z': '',
  'generated/x': '',
  'sub/generated/x': '',
  'data/keep': '',
  'data/drop': '',
  'data/dir/file': '',
  'trailing ': '',
  '#hash': '',
  '!bang': '',
  build1: '',
  'Build2/x': '',
  buildx: '',
  question: '',
  'q/estion': '',
  'nested/deep/a.txt': '',
  'nested/deep/deeper/a.txt': '',
  'lib.o': '',
  'lib.a/file': '',
  'lib.so': '',
  under_a_score: '',
  CASE: '',
  case: '',
  'ends-with-spaces': '',
  'dir-only': 'a file',
  'sub/dir-only/file': '',
  'x.log.keep': '',
  foo: '',
  'foobar/inside': '',
  'foobaz/inside': '',
  'literal*star': '',
  literalXstar: '',
  '.env': '',
  '.env.local': '',
  '.env.example': '',
  '.hidden/file': '',
  'sub/.gitignore': '*.tmp\n!x.log\n/rooted\n',
  'sub/y.tmp': '',
  'sub/rooted': '',
  'sub/inner/rooted': '',
  'sub/inner/x.log': '',
  'sub/inner/.gitignore': '!*.tmp\n*\n!.gitignore\n!kept\n',
  'sub/inner/z.tmp': '',
  'sub/inner/kept': '',
  'negated/.gitignore': '*\n!*/\n!*.md\n',
  'negated/a.md': '',
  'negated/a.js': '',
  'negated/deep/b.md': '',
  'negated/deep/b.js': '',
  'bom/.gitignore': '\uFEFFsecret\n',
  'bom/secret': '',
  'crlf/.gitignore': 'secret\r\n*.x\r\n',
  'crlf/secret': '',
  'crlf/a.x': '',
  'brackets[1]/file': '',
  'brackets[1]/.gitignore': 'gone\n',
  'brackets[1]/gone': '',
  'ünïcode/ß.log': '',
  'ünïcode/ß': '',
}

describe('the uploaded files of a repository', () => {
  it('are those that git tracks and those that it does not ignore, for unusual rules, too', async () => {
    const root = repository(awkward)
    expect(await taken(root)).toEqual(gitWouldTake(root))
  })

  it('include a committed file although a rule ignores it', async () => {
    const forced = ['x.log', 'data/dir/file', 'sub/generated/x']
    const root = repository(awkward, { forced })
    expect(await taken(root)).toEqual(gitWouldTake(root))
    expect(await taken(root)).toEqual(expect.arrayContaining(forced))
    expect(await taken(root)).not.toContain('data/drop')
  })

  it.each([
    ['by its name', 'secrets\n', ['secrets/README.md']],
    ['as a directory', 'secrets/\n', ['secrets/deep/notes.md']],
    ['from the top', '/secrets/\n', ['secrets/README.md', 'secrets/deep/notes.md']],
    ['with all below, and a negation without effect', 'secrets/\n!*.pem\n', ['secrets/README.md']],
  ])('do not include the rest of a directory that is ignored %s', async (_, rules, forced) => {
    const root = repository(
      {
        '.gitignore': rules,
        'secrets/.gitignore': '!prod.pem\n',
        'secrets/README.md': '',
        'secrets/prod.pem': 'KEY',
        'secrets/deep/notes.md': '',
        'secrets/deep/prod.pem': 'KEY',
      },
      { forced },
    )
    expect(await taken(root)).toEqual(gitWouldTake(root))
    expect(await taken(root)).toEqual(['.gitignore', ...forced])
  })

  it('do not include it if the exclusions of the repository ignore it, too', async () => {
    const root = repository({ 'keys/README.md': '', 'keys/prod.pem': 'KEY' })
    writeFileSync(join(root, '.git', 'info', 'exclude'), 'keys\n')
    git(root, 'add', '--force', 'keys/README.md')
    expect(await taken(root)).toEqual(['keys/README.md'])
    expect(await taken(root)).toEqual(gitWouldTake(root))
  })

  it('include the target of a committed link to a directory, although a rule ignores the link', async () => {
    const root = repository({ '.gitignore': 'linked\nout/\n', 'real/file': '', 'out/other': '' })
    symlinkSync('real', join(root, 'linked'))
    symlinkSync('../real', join(root, 'out', 'linked'))
    git(root, 'add', '--force', 'linked', 'out/linked')
    expect(await taken(root)).toEqual(['.gitignore', 'linked/file', 'out/linked/file', 'real/file'])
  })

  it('follow the repository’s own list of exclusions, which has a lower priority than a .gitignore', async () => {
    const root = repository({ 'a.secret': '', 'b.secret': '', '.gitignore': '!b.secret\n' })
    writeFileSync(join(root, '.git', 'info', 'exclude'), '*.secret\n')
    expect(await taken(root)).toEqual(['.gitignore', 'b.secret'])
    expect(await taken(root)).toEqual(gitWouldTake(root))
  })

  it('follow the ignore files above a part of it', async () => {
    const root = repository({
      '.gitignore': '*.log\n/apps/web/dist\n',
      'apps/.gitignore': '!keep.log\n',
      'apps/web/x.log': '',
      'apps/web/keep.log': '',
      'apps/web/dist/out.js': '',
      'apps/web/index.js': '',
      'apps/api/index.js': '',
    })
    const part = join(root, 'apps', 'web')
    expect(await taken(part)).toEqual(['index.js', 'keep.log'])
    expect(await taken(part)).toEqual(gitWouldTake(part))
  })

  it('are not none if the directory itself is ignored, because it was requested by name', async () => {
    const root = repository({
      '.gitignore': 'dist\n*.map\n',
      'dist/index.js': '',
      'dist/index.js.map': '',
      'dist/assets/dist/a.js': '',
    })
    expect(await taken(join(root, 'dist'))).toEqual(['index.js'])
  })
})

describe('.railwayignore', () => {
  it('excludes files of git, and includes files that .gitignore excludes', async () => {
    const root = repository({
      '.gitignore': 'dist\n*.log\n',
      '.railwayignore': 'docs\n!dist\n',
      'docs/a.md': '',
      'dist/out.js': '',
      'dist/out.log': '',
      'src/index.ts': '',
    })
    expect(await taken(root)).toEqual([
      '.gitignore',
      '.railwayignore',
      'dist/out.js',
      'src/index.ts',
    ])
  })

  it('applies to committed files, too', async () => {
    const files = { '.railwayignore': 'big.bin\n', 'big.bin': '', a: '' }
    const root = repository(files, { forced: ['big.bin'] })
    expect(await taken(root)).toEqual(['.railwayignore', 'a'])
  })

  it.each(['.railwayignore', '.ignore'])(
    'applies to committed files that git ignores, as %s',
    async (name) => {
      const files = {
        '.gitignore': '.env*\nsecrets/\nkeys/\n',
        [name]: '.env.production\nsecrets/\nkeys/*.pem\n',
        '.env.production': 'KEY',
        '.env.test': '',
        'secrets/README.md': '',
        'secrets/prod.pem': 'KEY',
        'keys/README.md': '',
        'keys/prod.pem': 'KEY',
      }
      const forced = ['.env.production', '.env.test', 'secrets/README.md', 'keys']
      const root = repository(files, { forced })
      expect(await taken(root)).toEqual(['.env.test', '.gitignore', name, 'keys/README.md'].sort())
    },
  )

  it('includes a directory as a whole, with committed files and others', async () => {
    const files = {
      '.gitignore': 'dist/\n',
      '.railwayignore': '!dist/\n',
      'dist/a.js': '',
      'dist/deep/b.js': '',
    }
    const root = repository(files, { forced: ['dist/a.js'] })
    expect(await taken(root)).toEqual([
      '.gitignore',
      '.railwayignore',
      'dist/a.js',
      'dist/deep/b.js',
    ])
  })

  it('includes nothing in a directory that is ignored itself, as for git', async () => {
    const files = {
      '.gitignore': 'secrets/\n',
      '.railwayignore': '!secrets/prod.pem\n',
      'secrets/README.md': '',
      'secrets/prod.pem': 'KEY',
    }
    const root = repository(files, { forced: ['secrets/README.md'] })
    expect(await taken(root)).toEqual(['.gitignore', '.railwayignore', 'secrets/README.md'])
  })

  it('overrides a .gitignore further down', async () => {
    const root = repository({
      '.railwayignore': '!*.env\n',
      'apps/.gitignore': '*.env\n',
      'apps/a.env': '',
    })
    expect(await taken(root)).toContain('apps/a.env')
  })
})

describe('files that are never uploaded', () => {
  it('are the data of a repository and installed packages, in any directory', async () => {
    const root = tree({
      '.railwayignore': '!node_modules\n!.git\n',
      'node_modules/a/index.js': '',
      'deep/node_modules/a/index.js': '',
      'submodule/.git': 'gitdir: elsewhere',
      'deep/.git/config': '',
      'node_modules.txt': '',
      '.github/workflows/ci.yml': '',
    })
    expect(await taken(root)).toEqual([
      '.github/workflows/ci.yml',
      '.railwayignore',
      'node_modules.txt',
    ])
  })

  it('are not reached through a link either', async () => {
    const root = tree({ '.git/config': 'token', 'node_modules/a/index.js': '', a: '' })
    symlinkSync('.git/config', join(root, 'harmless'))
    symlinkSync('node_modules', join(root, 'modules'))
    expect(await taken(root)).toEqual(['a'])
  })
})

describe('a symbolic link', () => {
  it('is followed inside of the directory', async () => {
    const root = tree({ 'real/file': 'x', 'other/file': 'y' })
    symlinkSync('real', join(root, 'linked'))
    symlinkSync('../real/file', join(root, 'other', 'link'))
    expect(await taken(root)).toEqual(['linked/file', 'other/file', 'other/link', 'real/file'])
  })

  it('out of the directory is found, all of them', async () => {
    const root = tree({ a: '' })
    symlinkSync('/etc/hostname', join(root, 'b'))
    symlinkSync('..', join(root, 'c'))
    expect(await walkIn(root)).toEqual({
      kind: 'leaves',
      links: ['b -> /etc/hostname', 'c -> ..'],
    })
  })

  it('that is ignored may lead anywhere', async () => {
    const root = tree({ '.railwayignore': 'b\nc/\n' })
    symlinkSync('/etc/hostname', join(root, 'b'))
    symlinkSync('/etc', join(root, 'c'))
    expect(await taken(root)).toEqual(['.railwayignore'])
  })

  it('to a directory whose name only begins like this one leads out of it', async () => {
    const root = tree({ 'site/a': '', 'site-private/b': '' })
    symlinkSync('../site-private/b', join(root, 'site', 'b'))
    expect(await walkIn(join(root, 'site'))).toMatchObject({ kind: 'leaves' })
  })

  it('that is broken or a loop is skipped, and named', async () => {
    const root = tree({ 'a/b/file': '' })
    symlinkSync('nowhere', join(root, 'broken'))
    symlinkSync('..', join(root, 'a', 'b', 'up'))
    const scan = await walkIn(root)
    expect(scan).toMatchObject({
      kind: 'tree',
      tree: {
        files: 1,
        leftOut: [
          'a/b/up (a symbolic link to a directory that it is in)',
          'broken (a broken symbolic link)',
        ],
      },
    })
  })
})

describe('outside of a repository', () => {
  it('the ignore files of the directory apply, and none above it', async () => {
    const root = tree({
      '.gitignore': '*',
      'site/.gitignore': '*.log\n',
      'site/a': '',
      'site/b.log': '',
    })
    expect(await taken(join(root, 'site'))).toEqual(['.gitignore', 'a'])
  })
})
