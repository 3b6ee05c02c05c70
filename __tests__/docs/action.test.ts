import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import { errorCodes } from '../../src/errors/messages/message-for.ts'
import { root } from './project-files.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')

const action = z
  .object({
    name: z.string(),
    description: z.string(),
    author: z.string(),
    branding: z.object({ icon: z.string(), color: z.string() }),
    runs: z.object({ using: z.string(), main: z.string() }),
  })
  .parse(parse(read('action.yml')))

describe('the metadata for the marketplace', () => {
  it('is the name and one sentence, short enough for the list', () => {
    expect(action.name).toBe('Railway Workspace Deploy')
    expect(action.description).toBe(
      'Deploy services across every project of a Railway workspace with one workspace token.',
    )
    expect(action.description.length).toBeLessThan(125)
  })

  it('has an icon of Feather and one of the colors that GitHub has', () => {
    // https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#branding
    const colors = ['white', 'black', 'yellow', 'blue', 'green', 'orange', 'red', 'purple']
    expect([...colors, 'gray-dark']).toContain(action.branding.color)
    expect(action.branding.icon).toBe('truck')
  })
})

describe('the version of Node', () => {
  const major = read('.node-version').trim()
  const { engines, devDependencies, optionalDependencies } = z
    .object({
      engines: z.object({ node: z.string() }),
      devDependencies: z.record(z.string(), z.string()),
      optionalDependencies: z.record(z.string(), z.string()),
    })
    .parse(JSON.parse(read('package.json')))
  const workflows = readdirSync(new URL('../../.github/workflows', import.meta.url)).map((name) =>
    read(`.github/workflows/${name}`),
  )

  it('is in .node-version, and the runner, the types and the local binaries have the same', () => {
    expect(major).toMatch(/^\d+$/)
    expect(action.runs).toEqual({ using: `node${major}`, main: 'dist/index.js' })
    expect(devDependencies['@types/node']?.split('.')[0]).toBe(major)
    const binaries = Object.entries(optionalDependencies).filter(([name]) => /^node-/.test(name))
    expect(binaries.length).toBeGreaterThan(0)
    expect(binaries.map(([, version]) => version.split('.')[0])).toEqual(binaries.map(() => major))
  })

  it('is read from there by every workflow, except for the oldest version', () => {
    const oldest = engines.node.replace('>=', '')
    const literal = workflows.flatMap((text) => [...text.matchAll(/ node-version: (.*)/g)])
    expect(literal.map(([, version]) => version)).toEqual([`"${oldest}"`])
    const setups = workflows.flatMap((text) => [...text.matchAll(/uses: actions\/setup-node@/g)])
    const fromFile = workflows.flatMap((text) => [
      ...text.matchAll(/node-version-file: \.node-version$/gm),
    ])
    expect(setups.length - fromFile.length).toBe(1)
  })

  it.each(['README.md', 'CONTRIBUTING.md', 'docs/architecture.md'])(
    'is the version in %s',
    (file) => {
      const oldest = engines.node.replace('>=', '')
      const allowed = [major, oldest, oldest.split('.')[0]]
      const named = [...read(file).matchAll(/\bNode (\d+(?:\.\d+)?)/g)].map(
        ([, version]) => version,
      )
      expect(named).toContain(major)
      expect(named.filter((version) => !allowed.includes(version))).toEqual([])
    },
  )
})

describe('the bug report form', () => {
  const form = z
    .object({ body: z.array(z.looseObject({ id: z.string().optional() })) })
    .parse(parse(read('.github/ISSUE_TEMPLATE/bug.yml')))

  it('requests the error code, the version and the report file', () => {
    const ids = form.body.flatMap(({ id }) => (id === undefined ? [] : [id]))
    expect(ids).toEqual(['code', 'version', 'step', 'report', 'expected'])
  })

  it('names an existing error code', () => {
    const [, code] = /such as `([a-z-]+)`/.exec(read('.github/ISSUE_TEMPLATE/bug.yml')) ?? []
    expect(errorCodes).toContain(code)
  })
})

describe('the supply chain', () => {
  it('permits no package to run a script while it is installed', () => {
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m)
    expect(read('package.json')).not.toContain('allowScripts')
  })
})
