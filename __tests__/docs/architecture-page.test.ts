import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from '@jest/globals'

const root = resolve(import.meta.dirname, '..', '..')
const page = readFileSync(resolve(root, 'docs', 'architecture.md'), 'utf8')

/** The paths in code on the page: of files, and of folders with their slash. */
const paths = [...page.matchAll(/`([\w./-]+(?:\/|\.ts))`/g)].map(([, path = '']) => path)

const foldersOf = (folder: string) =>
  readdirSync(resolve(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${name}/`)

describe('the architecture page', () => {
  it('names every folder of the source', () => {
    const missing = foldersOf('src').filter((room) => !page.includes(room))
    expect(foldersOf('src')).toContain('plan/')
    expect(missing).toEqual([])
  })

  it('names no file or folder that does not exist', () => {
    const places = ['.', 'src', 'src/plan']
    const exists = (path: string) => places.some((place) => existsSync(resolve(root, place, path)))
    expect(paths).toContain('plan/deploy-source.ts')
    expect(paths.filter((path) => !exists(path))).toEqual([])
  })
})
