import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import type { World } from '../../local/railway/index.ts'
import type { BundleOptions } from '../../local/runner/index.ts'
import { type BundleStage, setBundleStage } from './bundle-stage.ts'

/** The files of the bundle, and the result of a run without one of those that are loaded on demand. */

const dist = resolve(import.meta.dirname, '..', '..', 'dist')
const files = readdirSync(dist).filter((file) => file.endsWith('.js'))
const sizeOf = (file: string) => statSync(join(dist, file)).size

const afterwards: (() => unknown)[] = []
afterAll(() => Promise.all(afterwards.map((clean) => clean())))

describe('the bundle', () => {
  it('has few files, none of them large', () => {
    expect(files.length).toBeLessThanOrEqual(7)
    expect(files.filter((file) => sizeOf(file) > 1_000_000)).toEqual([])
    expect(sizeOf('index.js')).toBeLessThan(400_000)
  })

  it('has every function of a module in parentheses, so that it is compiled once', () => {
    const heads = files.flatMap((file) =>
      [...readFileSync(join(dist, file), 'utf8').matchAll(/[{,]\n?(\d+):\n?(.{1,12})/g)].filter(
        ([, , begin = '']) => /^\(?(?:function|\w=>|\([\w,]*\)=>)/.test(begin),
      ),
    )
    expect(heads.length).toBeGreaterThan(100)
    expect(
      heads.filter(([, , begin = '']) => !begin.startsWith('(')).map(([whole]) => whole),
    ).toEqual([])
  })
})

/** Returns the file of the bundle that holds the function. */
function fileOf(name: string): string {
  const found = files.filter((file) =>
    readFileSync(join(dist, file), 'utf8').includes(`function ${name}(`),
  )
  expect(found).toHaveLength(1)
  return found[0] ?? ''
}

function fill(world: World) {
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  world.service(project, 'web', { source: { repo: 'acme/shop' }, live: { commit: 'c'.repeat(40) } })
  return world.workspaceToken(acme)
}

/** Runs the bundle without the file that holds the function. */
async function runWithout(
  name: string,
  inputs: Record<string, string>,
  options: BundleOptions = {},
) {
  const missing = fileOf(name)
  const copy = mkdtempSync(join(tmpdir(), 'incomplete-'))
  cpSync(dist, copy, { recursive: true })
  rmSync(join(copy, missing))
  const stage: BundleStage = await setBundleStage({ fill })
  afterwards.push(stage.close, () => rmSync(copy, { recursive: true, force: true }))
  const transcript = await stage.run(inputs, { ...options, main: join(copy, 'index.js') })
  const mutations = stage.railway.requests.filter(({ kind }) => kind === 'mutation')
  const errors = transcript.annotations.filter(({ level }) => level === 'error')
  return { missing, transcript, mutations, errors: errors.map(({ message }) => message) }
}

describe('a run of an incomplete copy', () => {
  it.each([
    ['the pipeline', 'runWithToken', { environment: 'production' }],
    ['the pipeline, for a command that only reads', 'runWithToken', { command: 'list' }],
    ['the diagnosis', 'probeContext', { command: 'check', diagnose: 'true' }],
  ])('without %s names the file and changes nothing', async (_, name, inputs) => {
    const { missing, transcript, mutations, errors } = await runWithout(name, inputs)
    expect(errors).toEqual([
      expect.stringContaining(`The file \`${missing}\` of the action is missing`),
    ])
    expect(transcript.exitCode).toBe(1)
    expect(transcript.outputs).toMatchObject({ status: 'failure', 'error-code': 'internal-error' })
    expect(transcript.summary).toContain(missing)
    expect(mutations).toEqual([])
    expect(transcript.stderr).toBe('')
  })

  it('without the archive refuses an upload before anything is changed', async () => {
    const { transcript, mutations, errors } = await runWithout('packTree', {
      environment: 'production',
      projects: 'shop',
      services: 'web',
      directory: '.',
    })
    expect(errors).toEqual([expect.stringContaining('A file of the action is missing')])
    expect(transcript.exitCode).toBe(1)
    expect(mutations).toEqual([])
  })
})
