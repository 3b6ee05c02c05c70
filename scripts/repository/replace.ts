import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRepositoryName, readRepositoryName } from './name.ts'

/** Files and directories that contain the name of the repository. */
const places = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'action.yml',
  'package.json',
  '.github',
  'docs',
  'examples',
]

const codeOwners = '.github/CODEOWNERS'

/** Replaces the name of the repository in all files. Returns the paths of the files that changed. */
export function setRepository(root: string, name: string): string[] {
  if (!isRepositoryName(name)) throw new Error(`Expected owner/name, not ${JSON.stringify(name)}.`)
  const previous = readRepositoryName(root)
  const changes = places
    .flatMap((place) => textFiles(root, place))
    .flatMap((file) => {
      const before = readFileSync(join(root, file), 'utf8')
      const after = replaceName(file, before, previous, name)
      return after === before ? [] : [{ file, after }]
    })
  // package.json has the previous name. It is written last, so that an interrupted run can be repeated.
  const last = (file: string) => Number(file === 'package.json')
  for (const { file, after } of changes.toSorted((a, b) => last(a.file) - last(b.file))) {
    writeFileSync(join(root, file), after)
  }
  return changes.map(({ file }) => file)
}

function replaceName(file: string, text: string, previous: string, name: string): string {
  const replaced = text.replace(wholeName(previous), () => name)
  if (file !== codeOwners) return replaced
  return replaced.replace(wholeName(`@${ownerOf(previous)}`), () => `@${ownerOf(name)}`)
}

const ownerOf = (name: string) => name.slice(0, name.indexOf('/'))

/** Matches the name if it is not part of a longer name. The full stop of a sentence, or `.git`, may follow it. */
const wholeName = (name: string) =>
  new RegExp(`(?<![\\w.-])${escaped(name)}(?![\\w-]|\\.(?!git\\b)\\w)`, 'g')

const escaped = (text: string) => text.replaceAll('.', '\\.')

function textFiles(root: string, place: string): string[] {
  if (!statSync(join(root, place)).isDirectory()) return [place]
  return readdirSync(join(root, place), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.png'))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, '/').length))
    .map((path) => path.replaceAll('\\', '/'))
}
