import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { hasColors } from '../../local/terminal.ts'
import { parseArguments } from '../../local/try/arguments.ts'
import { eventNames, readEvent } from '../../local/try/events.ts'
import { runTry } from '../../local/try/run-try.ts'

const sha = 'c'.repeat(40)
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'try-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

async function tryIt(...args: string[]) {
  const printed = { out: '', error: '' }
  const code = await runTry(args, {
    out: (text) => {
      printed.out += text
    },
    error: (text) => {
      printed.error += text
    },
    color: false,
  })
  return { code, ...printed }
}

describe('a trial run', () => {
  it('checks the sample workspace unless told otherwise, and prints the outputs', async () => {
    const { code, out, error } = await tryIt()
    expect({ code, error }).toEqual({ code: 0, error: '' })
    expect(out).toContain('── Outputs')
    expect(out).toContain('\nworkspace-name=Acme\n')
    expect(out).toContain('\nRequests to Railway: ')
  })

  it('takes a pull request for a preview, and shows its comment and its GitHub deployment', async () => {
    const { code, out } = await tryIt('preview', 'environment=staging', 'projects=shop')
    expect(code).toBe(0)
    expect(out).toContain('The comment on pull request 7:\n  ✅ Preview pr-7 is live')
    expect(out).toContain('GitHub deployments:\n  shop / pr-7: success')
    expect(out).toContain('New deployments:\n  shop/pr-7/Postgres: SUCCESS')
  })

  it('ends with the exit code of the action', async () => {
    const { code, out } = await tryIt('deploy', 'environment=production', '--token', 'revoked')
    expect(code).toBe(1)
    expect(out).toContain('\nerror-code=token-invalid\n')
  })

  it('goes on with a warning when GitHub cannot be reached', async () => {
    const { code, out } = await tryIt(
      'preview',
      'environment=staging',
      'projects=shop',
      '--no-github',
    )
    expect(code).toBe(0)
    expect(out).toMatch(/^Warning: .*GitHub/m)
    expect(out).not.toContain('The comment on pull request')
  })

  it('refutes nothing when it diagnoses the local Railway', async () => {
    const { code, out } = await tryIt('check', 'diagnose=true')
    expect(code).toBe(0)
    expect(out).toMatch(/81 assumptions about Railway's API: 0 refuted, \d+ confirmed/)
  })

  it('has the files of a folder as its checkout', async () => {
    mkdirSync(join(folder, 'site'))
    file('site/index.html', '<h1>Hello</h1>')
    const inputs = ['environment=production', 'projects=labs', 'services=scratch', 'directory=site']
    const { code, out } = await tryIt('deploy', ...inputs, '--files', folder)
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining('labs/production/scratch: SUCCESS'),
    })
    expect((await tryIt('deploy', ...inputs)).code).toBe(1)
  })

  it('runs for the event of a file', async () => {
    const event = file('event.json', JSON.stringify({ ref: 'refs/heads/main', after: sha }))
    const { code, out } = await tryIt(
      'deploy',
      'environment=production',
      'projects=shop',
      '--event',
      event,
    )
    expect(code).toBe(0)
    expect(out).toContain('live at ccccccc')
  })

  it('cuts a long output, and says how long it is', async () => {
    const { out } = await tryIt('list', 'environment=production')
    expect(out).toMatch(/^matrix=.{300}… \(\d+ characters\)$/m)
  })
})

describe('the help of a trial run', () => {
  it('tells what the sample workspace holds, and how to call it', async () => {
    const { code, out, error } = await tryIt('--help')
    expect({ code, error }).toEqual({ code: 0, error: '' })
    expect(out).toContain('  labs\n    production: playground (acme/shop), scratch (nothing)\n')
    expect(out).toContain('    audit (off limits): ')
    expect(out).toContain('nightly-report (acme/shop, cron)')
    for (const name of eventNames) expect(out).toContain(name)
  })

  it('has examples that run', async () => {
    const { out } = await tryIt('--help')
    const examples = [...out.matchAll(/^ {2}npm run try(?: -- (.*))?$/gm)].map(
      ([, args]) => args ?? '',
    )
    const codes = new Map<string, number>()
    for (const args of examples) {
      const words = [...args.matchAll(/(?:'([^']*)'|[^\s'])+/g)].map(([word]) =>
        word.replaceAll("'", ''),
      )
      codes.set(args, (await tryIt(...words)).code)
    }
    expect(examples.length).toBeGreaterThan(3)
    expect([...codes].filter(([, code]) => code !== 0)).toEqual([
      ['deploy environment=production --token foreign', 1],
    ])
  })
})

describe('arguments that cannot be understood', () => {
  it.each([
    ['an unknown command', ['deplyo'], 'There is no command deplyo. Did you mean deploy?'],
    [
      'a command like nothing known',
      ['launch'],
      'There is no command launch. Known are check, list',
    ],
    ['an unknown input', ['deploy', 'enviroment=x'], 'Did you mean environment?'],
    [
      'a word that is no input',
      ['deploy', 'production'],
      'production: write inputs as name=value.',
    ],
    ['an unknown option', ['--evnt', 'push'], "Unknown option '--evnt'"],
    ['an option without its value', ['--event'], "Option '--event <value>' argument missing"],
    ['an unknown token', ['--token', 'mine'], '--token: expected one of workspace, account'],
    ['a folder that is not there', ['--files', '/no/such'], '--files: /no/such is not a folder.'],
    ['an event that is not there', ['--event', 'pul_request'], 'is neither a file nor one of push'],
  ])('are explained: %s', async (_, args, message) => {
    const { code, out, error } = await tryIt(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toContain(message)
    expect(error).toContain('npm run try -- --help')
  })

  it('are reported all at once', () => {
    const parsed = parseArguments([
      'deplyo',
      'enviroment=x',
      '--token',
      'mine',
      '--files',
      '/no/such',
    ])
    expect(parsed).toMatchObject({ kind: 'wrong', problems: { length: 4 } })
  })

  it('may hold equals signs and line breaks in a value', () => {
    const parsed = parseArguments(['variables', 'variables=A=1\\nB=2'])
    expect(parsed).toMatchObject({ options: { inputs: { variables: 'A=1\nB=2' } } })
  })
})

describe('the file of an event', () => {
  const pull = { number: 12, head: { ref: 'fix', sha }, base: { ref: 'main' } }

  it.each([
    ['push', { ref: 'refs/heads/dev', after: sha }, { sha, ref: 'refs/heads/dev' }],
    [
      'pull_request',
      { number: 12, pull_request: pull },
      { ref: 'refs/pull/12/merge', headRef: 'fix' },
    ],
    ['issue_comment', { issue: { number: 1 }, comment: {} }, { ref: 'refs/heads/main' }],
    ['schedule', { schedule: '0 4 * * *' }, { sha: 'd'.repeat(40) }],
    ['workflow_dispatch', { inputs: null, ref: 'refs/tags/v1' }, { ref: 'refs/tags/v1' }],
    ['workflow_run', { workflow_run: { id: 1 } }, {}],
  ])('tells that it is a %s', (name, payload, expected) => {
    const event = readEvent(file('event.json', JSON.stringify(payload)), 'd'.repeat(40))
    expect(event).toMatchObject({ name, ...expected, payload })
  })

  it('may be of another event, which is then named', () => {
    const path = file('event.json', '{"action":"released"}')
    expect(readEvent(path, sha, 'release')).toMatchObject({ name: 'release', sha })
    expect(() => readEvent(path, sha)).toThrow('add --event-name')
  })

  it.each([
    ['empty', '', 'is not JSON'],
    ['broken', '{"a":', 'is not JSON'],
    ['a list', '[]', 'is not the payload of an event'],
    ['a number', '7', 'is not the payload of an event'],
    ['of another shape', '{"pull_request":{"number":"7"}}', 'is not the payload of an event'],
  ])('is refused when it is %s', (_, text, message) => {
    expect(() => readEvent(file('event.json', text), sha)).toThrow(message)
  })
})

describe('colors', () => {
  it.each([
    ['on a terminal', true, {}, true],
    ['on a terminal, with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['on a terminal without any', true, { TERM: 'dumb' }, false],
    ['in a pipe', undefined, {}, false],
  ])('are there only where they are wanted: %s', (_, isTTY, env, expected) => {
    expect(hasColors({ env, stdout: isTTY === undefined ? {} : { isTTY } })).toBe(expected)
  })

  it('are not in what the command itself writes to a pipe', () => {
    const tsx = fileURLToPath(new URL('../../node_modules/tsx/dist/cli.mjs', import.meta.url))
    const script = fileURLToPath(new URL('../../local/try.ts', import.meta.url))
    const { status, stdout, stderr } = spawnSync(process.execPath, [tsx, script, 'check'], {
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).not.toContain('\u001b[')
    expect(stdout).toContain('workspace-name=Acme')
  })
})
