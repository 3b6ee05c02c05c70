import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from '@jest/globals'

const root = resolve(import.meta.dirname, '..', 'src')

/** The rooms in the order in which they may import: each only itself and those before it. */
const order: readonly (readonly string[])[] = [
  ['leaves'],
  ['errors'],
  ['variables'],
  ['inputs'],
  ['scope'],
  ['inventory'],
  ['plan'],
  ['execute'],
  ['run-state'],
  ['report'],
  ['publish'],
  ['railway', 'github', 'directory', 'health'],
  ['run'],
]

/** Files beside the folders, by room. */
const topFiles: Readonly<Record<string, string>> = {
  'action.ts': 'run',
  'clock.ts': 'leaves',
  'poll-until.ts': 'leaves',
  'time-limit.ts': 'leaves',
  'collections.ts': 'leaves',
  'deadline.ts': 'leaves',
  'diagnosis.ts': 'leaves',
  'gitignore-pattern.ts': 'leaves',
  'gitignore.ts': 'leaves',
  'glob.ts': 'leaves',
  'index.ts': 'run',
  'main.ts': 'run',
  'markdown.ts': 'leaves',
  'named.ts': 'leaves',
  'network-error.ts': 'leaves',
  'proxy.ts': 'leaves',
  'record-errors.ts': 'run',
  'map-strings.ts': 'leaves',
  'redactor.ts': 'leaves',
  'secret-encodings.ts': 'leaves',
  'text-matcher.ts': 'leaves',
  'run-log.ts': 'run',
  'run-state.ts': 'run-state',
  'run.ts': 'run',
  'secret.ts': 'leaves',
  'start-run.ts': 'run',
  'suggest.ts': 'leaves',
  'temporary-directory.ts': 'leaves',
  'text.ts': 'leaves',
  'token-type.ts': 'leaves',
  'run-deps.ts': 'run',
  'run-ports.ts': 'run',
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'))
  .sort()

function roomOf(file: string): string | null {
  const [folder = '', ...rest] = file.split('/')
  if (rest.length === 0) return topFiles[file] ?? null
  return order.flat().includes(folder) && folder !== 'leaves' ? folder : null
}

const rankOf = (file: string) => order.findIndex((rooms) => rooms.includes(roomOf(file) ?? ''))

/** Returns the files that a file imports, types included, relative to `src`. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const paths = [
    ...text.matchAll(/^(?:import|export)\b[^'"]*?\bfrom\s+['"](\.[^'"]+)['"]/gms),
    ...text.matchAll(/\bimport\(\s*['"](\.[^'"]+)['"]\s*\)/g),
    ...text.matchAll(/^import\s+['"](\.[^'"]+)['"]/gm),
  ]
  return paths.map(([, path = '']) =>
    relative(root, resolve(root, dirname(file), path)).replaceAll('\\', '/'),
  )
}

const imports = new Map(files.map((file) => [file, importsOf(file)]))

/** Returns the files and packages that a file loads when it is loaded, without types. */
function loadedBy(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const paths = [
    ...text.matchAll(/^(?:import|export)\s+(?!type\b)([^'"]*?)\bfrom\s+['"]([^'"]+)['"]/gms),
  ]
    .filter(([, names = '']) => !/^\{(\s*type\s+[\w\s]+,?)*\s*\}\s*$/.test(names))
    .map(([, , path = '']) => path)
  return paths.map((path) =>
    path.startsWith('.')
      ? relative(root, resolve(root, dirname(file), path)).replaceAll('\\', '/')
      : path,
  )
}

/** Returns everything that is loaded at the start of the action. */
function loadedAtStart(): Set<string> {
  const loaded = new Set<string>()
  const visit = (file: string): void => {
    if (loaded.has(file)) return
    loaded.add(file)
    if (imports.has(file)) for (const next of loadedBy(file)) visit(next)
  }
  visit('index.ts')
  return loaded
}

/** Returns a path from a file back to itself, or `null` if there is none. */
function cycleFrom(start: string): string[] | null {
  const seen = new Set<string>()
  const visit = (file: string, path: readonly string[]): string[] | null => {
    for (const next of imports.get(file) ?? []) {
      if (next === start) return [...path, next]
      if (seen.has(next)) continue
      seen.add(next)
      const found = visit(next, [...path, next])
      if (found) return found
    }
    return null
  }
  return visit(start, [start])
}

describe('the source', () => {
  it('is read completely', () => {
    expect(files).toContain('plan/make-plan.ts')
    expect(imports.get('plan/make-plan.ts')).toContain('plan/deploy-source.ts')
    expect([...imports.values()].flat().filter((path) => !imports.has(path))).toEqual([])
  })

  it('has every file in a room', () => {
    expect(files.filter((file) => roomOf(file) === null)).toEqual([])
    expect(Object.keys(topFiles).filter((file) => !imports.has(file))).toEqual([])
  })

  it('imports in one order of rooms, types included', () => {
    const against = files.flatMap((file) =>
      (imports.get(file) ?? [])
        .filter((path) => {
          const isOwn = roomOf(path) === roomOf(file)
          return !isOwn && rankOf(path) >= rankOf(file)
        })
        .map((path) => `${file} imports ${path}`),
    )
    expect(against).toEqual([])
  })

  it('has no cycles', () => {
    const cycles = files.flatMap((file) => {
      const cycle = cycleFrom(file)
      return cycle ? [cycle.join(' > ')] : []
    })
    expect(cycles).toEqual([])
  })

  it('loads at the start only the files that a run without a token needs', () => {
    const loaded = [...loadedAtStart()]
    expect(loaded).toContain('publish/publish.ts')
    expect(loaded).toContain('zod')
    const rooms = loaded.filter((file) => /^(railway|scope|health|github\/api)\//.test(file))
    expect(rooms).toEqual(['railway/fatal-failure.ts'])
    const packages = loaded.filter((file) => !imports.has(file) && !file.startsWith('node:'))
    expect(packages.sort()).toEqual(['@actions/core', 'brace-expansion', 'dotenv', 'zod'])
    expect(
      loaded.filter((file) => /^node:(http|https|child_process|zlib|stream)/.test(file)),
    ).toEqual([])
  })

  it('plans synchronously after the facts are collected', () => {
    const waiting = files
      .filter((file) => file.startsWith('plan/') && file !== 'plan/collect-facts.ts')
      .filter((file) => /\b(async|await)\b/.test(readFileSync(join(root, file), 'utf8')))
    expect(waiting).toEqual([])
  })
})
