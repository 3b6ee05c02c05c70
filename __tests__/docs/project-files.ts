import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface TextFile {
  /** Relative to the root of the project, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** The Markdown files for readers: in the root, in `docs` and in `.github`. */
export function markdownFiles(): TextFile[] {
  return [...filesIn('.'), ...filesIn('docs'), ...filesIn('.github')].filter(({ path }) =>
    path.endsWith('.md'),
  )
}

export function workflowFiles(): TextFile[] {
  return filesIn('.github/workflows').filter(({ path }) => /\.ya?ml$/.test(path))
}

function filesIn(folder: string): TextFile[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(md|ya?ml)$/.test(entry.name))
    .map((entry) => (folder === '.' ? entry.name : `${folder}/${entry.name}`))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}
