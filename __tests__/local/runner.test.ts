import { describe, expect, it } from '@jest/globals'
import { deferred } from '../../local/deferred.ts'
import {
  BASE_SHA,
  HEAD_SHA,
  MERGE_SHA,
  pullRequest,
  push,
  schedule,
  workflowDispatch,
} from '../../local/runner/index.ts'
import { runScript } from './runner-fixture.ts'

const printEnvironment = `
  import { readFileSync, existsSync } from 'node:fs'
  console.log(JSON.stringify({
    env: process.env,
    cwd: process.cwd(),
    node: process.version,
    argv: process.argv.slice(2),
    send: typeof process.send,
    event: JSON.parse(readFileSync(process.env.GITHUB_EVENT_PATH, 'utf8')),
    files: Object.fromEntries(Object.entries(process.env)
      .filter(([, value]) => value.startsWith('/') && !value.includes(':'))
      .map(([name, value]) => [name, existsSync(value)])),
  }))
`

async function environmentOf(options: Parameters<typeof runScript>[1] = {}) {
  const { lines, stderr } = await runScript(printEnvironment, options)
  expect(stderr).toBe('')
  return JSON.parse(lines[0] ?? '')
}

/** Variables that a runner leaves out of the environment, or that differ between machines. */
function comparable(env: Record<string, string>): Record<string, string> {
  const { PATH, TMPDIR, SystemRoot, ...rest } = env
  const root = (env.RUNNER_TEMP ?? '').replace(/temp$/, '')
  return Object.fromEntries(
    Object.entries(rest)
      .map(([name, value]): [string, string] => [name, value.replaceAll(root, '<root>/')])
      .toSorted(([a], [b]) => a.localeCompare(b)),
  )
}

describe('the environment of an action', () => {
  it('is that of a runner for a push, without variables of this machine', async () => {
    process.env.FROM_HERE = 'leaked'
    const { env, cwd, node, argv, send } = await environmentOf({
      env: { EXTRA: 'x', RUNNER_NAME: undefined },
    })
    delete process.env.FROM_HERE
    expect({ ...comparable(env), RUNNER_OS: '-', RUNNER_ARCH: '-' }).toMatchSnapshot()
    expect(cwd).toBe(env.GITHUB_WORKSPACE)
    expect(node).toMatch(/^v24\./)
    expect(argv).toEqual([])
    expect(send).toBe('undefined')
  })

  it('names existing files and folders, which are removed afterwards', async () => {
    const { files } = await environmentOf()
    expect(files).toMatchObject({
      GITHUB_WORKSPACE: true,
      GITHUB_EVENT_PATH: true,
      GITHUB_OUTPUT: true,
      GITHUB_STEP_SUMMARY: true,
      GITHUB_ENV: true,
      GITHUB_STATE: true,
      GITHUB_PATH: true,
      RUNNER_TEMP: true,
      RUNNER_TOOL_CACHE: true,
    })
  })

  it('has RUNNER_DEBUG if debugging is on', async () => {
    const { env } = await environmentOf({ debug: true })
    expect(env.RUNNER_DEBUG).toBe('1')
  })

  it('can run on the Node version of the tests', async () => {
    const { node } = await environmentOf({ node: 'current' })
    expect(node).toBe(process.version)
  })
})

describe('inputs', () => {
  const yaml = `
    name: x
    inputs:
      token: { description: no default }
      max-parallel: { default: 8 }
      dry run: { default: 'false' }
      bare:
      github-token: { default: '\${{ github.token }}' }
      where: { default: 'at \${{ github.repository }}' }
  `

  it('have their defaults, in capitals, with underscores for spaces', async () => {
    const { env } = await environmentOf({
      yaml,
      inputs: { token: ' secret \n' },
      githubToken: 'ghs_mine',
    })
    const inputs = Object.entries(env).filter(([name]) => name.startsWith('INPUT_'))
    expect(Object.fromEntries(inputs)).toEqual({
      INPUT_TOKEN: ' secret \n',
      'INPUT_MAX-PARALLEL': '8',
      INPUT_DRY_RUN: 'false',
      INPUT_BARE: '',
      'INPUT_GITHUB-TOKEN': 'ghs_mine',
      INPUT_WHERE: 'at acme/shop',
    })
  })

  it('are refused when action.yml does not contain them', async () => {
    await expect(environmentOf({ yaml, inputs: { tokn: 'x' } })).rejects.toThrow(
      'action.yml has no input named tokn. Did you mean token?',
    )
  })
})

describe('events', () => {
  const keys = ['EVENT_NAME', 'SHA', 'REF', 'REF_NAME', 'HEAD_REF', 'BASE_REF', 'ACTOR']

  it.each([
    [
      'a push',
      push({ branch: 'release/1' }),
      ['push', HEAD_SHA, 'refs/heads/release/1', 'release/1', '', '', 'octocat'],
    ],
    [
      'a schedule',
      schedule(),
      ['schedule', HEAD_SHA, 'refs/heads/main', 'main', '', '', 'octocat'],
    ],
    [
      'a start by hand',
      workflowDispatch(),
      ['workflow_dispatch', HEAD_SHA, 'refs/heads/main', 'main', '', '', 'octocat'],
    ],
    [
      'a pull request',
      pullRequest(),
      ['pull_request', MERGE_SHA, 'refs/pull/7/merge', '7/merge', 'feature', 'main', 'octocat'],
    ],
    [
      'a merged pull request',
      pullRequest({ merged: true }),
      ['pull_request', MERGE_SHA, 'refs/heads/main', 'main', 'feature', 'main', 'octocat'],
    ],
    [
      'a fork’s pull request',
      pullRequest({ fork: true }),
      ['pull_request', MERGE_SHA, 'refs/pull/7/merge', '7/merge', 'feature', 'main', 'contributor'],
    ],
    [
      'pull_request_target',
      pullRequest({ target: true }),
      ['pull_request_target', BASE_SHA, 'refs/heads/main', 'main', 'feature', 'main', 'octocat'],
    ],
  ])('%s', async (_, event, expected) => {
    const { env } = await environmentOf({ event })
    expect(keys.map((key) => env[`GITHUB_${key}`])).toEqual(expected)
  })

  it('describe a fork and Dependabot in their payload', () => {
    const head = (event: { payload: Record<string, unknown> }) => event.payload.pull_request
    expect(head(pullRequest({ fork: true, sha: 'abc' }))).toMatchObject({
      head: { sha: 'abc', repo: { full_name: 'contributor/shop', fork: true } },
    })
    expect(pullRequest({ dependabot: true })).toMatchObject({
      actor: 'dependabot[bot]',
      payload: {
        sender: { login: 'dependabot[bot]', type: 'Bot' },
        pull_request: { user: { login: 'dependabot[bot]' }, head: { repo: { fork: false } } },
      },
    })
    expect(pullRequest({ merged: true }).payload).toMatchObject({
      action: 'closed',
      pull_request: { state: 'closed', merged: true },
    })
  })
})

describe('the files of a step', () => {
  it('are read as the runner reads them', async () => {
    const { outputs, env, state, addedPaths, summary, tempFiles } = await runScript(
      `
      import { appendFileSync, readFileSync, mkdirSync } from 'node:fs'
      import { join } from 'node:path'
      const { GITHUB_OUTPUT, GITHUB_ENV, GITHUB_STATE, GITHUB_PATH, GITHUB_STEP_SUMMARY, RUNNER_TEMP } = process.env
      appendFileSync(GITHUB_OUTPUT, 'plain=a=b<<c\\n\\nempty=\\nmany<<EOF\\nfirst=1\\n\\nlast\\nEOF\\nnone<<X\\nX\\n')
      appendFileSync(GITHUB_OUTPUT, 'plain=later wins\\n')
      appendFileSync(GITHUB_ENV, 'A=1\\n')
      appendFileSync(GITHUB_STATE, 'B=2\\n')
      appendFileSync(GITHUB_PATH, '/opt/x\\n')
      appendFileSync(GITHUB_STEP_SUMMARY, readFileSync('src/a.txt', 'utf8'))
      mkdirSync(join(RUNNER_TEMP, 'report'))
      appendFileSync(join(RUNNER_TEMP, 'report', 'r.json'), '{}')
    `,
      { workspaceFiles: { 'src/a.txt': '# Hello\n' } },
    )
    expect(outputs).toEqual({ plain: 'later wins', empty: '', many: 'first=1\n\nlast', none: '' })
    expect([env, state, addedPaths]).toEqual([{ A: '1' }, { B: '2' }, ['/opt/x']])
    expect(summary).toBe('# Hello\n')
    expect(Object.values(tempFiles)).toEqual(['{}'])
  })

  it.each([
    ['no name', '=x', 'Name must not be empty'],
    ['no separator', 'x', "Invalid format 'x'"],
    ['no delimiter', 'x<<', 'delimiter must not be empty'],
    ['no end', 'x<<EOF\\nvalue', "Matching delimiter not found 'EOF'"],
  ])('are refused as the runner refuses them: %s', async (_, text, message) => {
    await expect(
      runScript(`
        import { appendFileSync } from 'node:fs'
        appendFileSync(process.env.GITHUB_OUTPUT, '${text}\\n')
      `),
    ).rejects.toThrow(message)
  })
})

describe('a process', () => {
  it('is measured: time, memory if requested, exit code', async () => {
    const script = `await new Promise((resolve) => setTimeout(resolve, 100)); process.exitCode = 3`
    const [plain, measured] = await Promise.all([
      runScript(script),
      runScript(script, { measureMemory: true }),
    ])
    expect(plain.seconds).toBeGreaterThanOrEqual(0.099)
    expect([plain.exitCode, plain.peakRss]).toEqual([3, undefined])
    expect(measured.peakRss).toBeGreaterThan(10e6)
    expect(plain.cpuMilliseconds).toBeUndefined()
    expect(measured.cpuMilliseconds).toBeGreaterThan(1)
    expect(measured.cpuMilliseconds).toBeLessThan(60_000)
    expect(measured.stderr).toBe('')
  })

  it('can be sent a signal when it has printed a line', async () => {
    const script =
      "process.on('SIGINT', () => { console.log('cancelled'); process.exit(1) }); setInterval(() => {}, 1000); console.log('ready')"
    const ready = deferred<NodeJS.Signals[]>()
    const { lines, exitCode } = await runScript(script, {
      signals: ready.promise,
      onLine: (line) => {
        if (line === 'ready') ready.resolve(['SIGINT'])
      },
    })
    expect([lines, exitCode]).toEqual([['ready', 'cancelled'], 1])
  })
})

describe('watching a run', () => {
  it('reports every line when it is printed, also one without an end', async () => {
    const seen: string[] = []
    await runScript(`process.stdout.write('a\\nb\\r\\nc'); process.stderr.write('d\\n')`, {
      onLine: (line, stream) => seen.push(`${stream} ${line}`),
    })
    expect(seen.toSorted()).toEqual(['stderr d', 'stdout a', 'stdout b', 'stdout c'])
  })
})

describe('a script that does not exist', () => {
  it('is a failed run, not one that hangs', async () => {
    const { exitCode, stderr } = await runScript('', { main: '/nowhere/index.js' })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('Cannot find module')
  })
})
