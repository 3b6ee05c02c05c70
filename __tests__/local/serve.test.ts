import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { parseKeyValues } from '../../local/runner/file-commands.ts'

const tsx = fileURLToPath(new URL('../../node_modules/tsx/dist/loader.mjs', import.meta.url))
const script = fileURLToPath(new URL('../../local/serve.ts', import.meta.url))
const command = ['--import', tsx, script]

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'serve-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('npm run serve', () => {
  it('prints valid addresses and a valid token, writes them as outputs, and ends on a signal', async () => {
    const output = join(folder, 'output')
    const child = spawn(
      process.execPath,
      [...command, '--repository', 'octo/app', '--output', output],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    try {
      const lines: string[] = []
      for await (const line of createInterface({ input: child.stdout })) {
        lines.push(line)
        if (line.startsWith('github-url=')) break
      }
      const printed = parseKeyValues(lines.join('\n'))
      expect(Object.keys(printed)).toEqual(['url', 'token', 'github-url'])
      const response = await fetch(printed.url ?? '', {
        method: 'POST',
        headers: { authorization: `Bearer ${printed.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          query:
            '{ projects(first: 1) { edges { node { name services(first: 9) { edges { node { name } } } } } } }',
        }),
      })
      expect(await response.json()).toMatchObject({
        data: { projects: { edges: [{ node: { name: 'shop' } }] } },
      })
      expect((await fetch(`${printed['github-url']}/repos/octo/app/deployments`)).status).toBe(401)
      child.kill('SIGTERM')
      await once(child, 'exit')
      expect(child.exitCode).toBe(0)
      expect(parseKeyValues(readFileSync(output, 'utf8'))).toEqual(printed)
    } finally {
      child.kill('SIGKILL')
    }
  })

  it.each([
    ['no repository', ['--repository', 'app'], '--repository: expected owner/name, not app'],
    ['no port', ['--port', 'http'], '--port: expected a number from 0 to 65535, not http'],
    ['a port too high', ['--port', '70000'], '--port: expected a number'],
    ['an unknown option', ['--prot', '1'], 'There is no option --prot. Did you mean --port?'],
    ['a word', ['now'], 'Expected an option, not now.'],
    ['a port that is no number', ['--port', '1e3'], '--port: expected a number'],
  ])('refuses %s', (_, args, message) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...command, ...args], {
      encoding: 'utf8',
    })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr.trim().split('\n')).toHaveLength(2)
    expect(stderr).toContain('npm run serve -- --help')
  })
})
