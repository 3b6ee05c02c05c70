import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deserialize, serialize } from 'node:v8'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { z } from 'zod'
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

/** Puts the file of `--state` into the folder of the test. */
const inFolder = (word: string) => (word.endsWith('.state') ? join(folder, word) : word)

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
  it('checks the sample workspace by default, and prints the outputs', async () => {
    const { code, out, error } = await tryIt()
    expect({ code, error }).toEqual({ code: 0, error: '' })
    expect(out).toContain('── Outputs')
    expect(out).toContain('\nworkspace-name=Acme\n')
    expect(out).toContain('\nRequests to Railway: ')
  })

  it('handles a pull request for a preview, and shows its comment and its GitHub deployment', async () => {
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

  it('continues with a warning when GitHub cannot be reached', async () => {
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

  it('refutes no assumption when it diagnoses the local Railway', async () => {
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

  it.each(['pull_request-fork', 'pull_request-dependabot'])(
    'has no token for %s, as at GitHub',
    async (event) => {
      const preview = await tryIt('preview', 'environment=staging', '--event', event)
      expect({ code: preview.code, error: preview.error }).toEqual({ code: 0, error: '' })
      expect(preview.out).toContain('\nstatus=skipped\n')
      expect(preview.out).toContain('GitHub passes no secrets')
      expect(preview.out).toContain('Requests to Railway: 0\n')
      const deploy = await tryIt('deploy', 'environment=production', '--event', event)
      expect(deploy.code).toBe(1)
      expect(deploy.out).toContain('\nerror-code=token-missing\n')
    },
  )

  it('reaches the addresses of live services', async () => {
    const inputs = ['environment=production', 'projects=shop*', 'health-check=/healthz']
    const { code, out } = await tryIt('deploy', ...inputs)
    expect(code).toBe(0)
    expect(out).toContain('Health checks:\n  https://shop.example.com/healthz\n')
  })

  it('has a custom domain in production only', async () => {
    const { out } = await tryIt('list', 'environment=staging', 'projects=shop', 'services=web')
    expect(out).toContain('\nurl=https://web-staging.up.railway.app\n')
  })

  it.each([
    ['--fail', 'deployment-failed'],
    ['--unhealthy', 'unhealthy'],
  ])('gets a failure that %s announces, and rolls back', async (option, errorCode) => {
    const inputs = ['environment=production', 'projects=shop', 'on-failure=rollback']
    const { code, out } = await tryIt('deploy', ...inputs, 'health-check=/', option, 'shop/web')
    expect(code).toBe(1)
    expect(out).toContain(`\nerror-code=${errorCode}\n`)
    expect(out).toMatch(/rolled-back +shop +api +live at .*; rolled back to/)
  })

  it('shortens a long output, and states its length', async () => {
    const { out } = await tryIt('list', 'environment=production')
    expect(out).toMatch(/^matrix=.{300}… \(\d+ characters\)$/m)
  })
})

/** Returns the output `status`. */
const statusOf = (out: string) => /^status=(.*)$/m.exec(out)?.[1]

describe('runs with a state file', () => {
  const savedState = z.tuple([
    z.string(),
    z.looseObject({ world: z.looseObject({}), hub: z.looseObject({}) }),
  ])

  it('make, update and delete a preview', async () => {
    const state = join(folder, 'preview.state')
    const preview = ['preview', 'environment=staging', 'projects=shop', '--state', state]
    const made = await tryIt(...preview)
    expect(made.out).toContain('shop/pr-7/web: SUCCESS')
    const again = await tryIt(...preview)
    expect(statusOf(again.out)).toBe('unchanged')
    expect(again.out).not.toContain('New deployments')
    const pushed = await tryIt(...preview, '--changes', 'apps/web/a.ts')
    expect(pushed.out).toContain('New deployments:\n  shop/pr-7/web: SUCCESS')
    const closed = await tryIt(...preview, '--event', 'pull_request-closed')
    expect([made, again, pushed, closed].map(({ code }) => code)).toEqual([0, 0, 0, 0])
    expect(closed.out).toContain('"action":"delete-preview"')
    expect(closed.out).toContain('Preview pr-7 was deleted')
  })

  it('prune a preview whose pull request was closed without a run', async () => {
    const state = join(folder, 'prune.state')
    const prune = ['preview', 'preview-action=prune', '--event', 'schedule', '--state', state]
    await tryIt('preview', 'environment=staging', 'projects=shop', '--state', state)
    expect(statusOf((await tryIt(...prune)).out)).toBe('unchanged')
    await tryIt('check', '--event', 'pull_request-merged', '--state', state)
    const pruned = await tryIt(...prune)
    expect(pruned.out).toContain('"action":"delete-preview","project":"shop","environment":"pr-7"')
    expect(statusOf(pruned.out)).toBe('success')
  })

  it('promote, deploy changes, and roll back', async () => {
    const state = join(folder, 'deploy.state')
    const shop = ['projects=shop', 'services=web\\napi', '--state', state]
    await tryIt('deploy', 'environment=staging', ...shop)
    const promoted = await tryIt(
      'deploy',
      'environment=production',
      'from-environment=staging',
      ...shop,
    )
    expect(promoted.out).toContain('shop/production/api: SUCCESS')
    const changed = await tryIt(
      'deploy',
      'environment=production',
      'only-changed=true',
      ...shop,
      '--changes',
      'apps/api/main.ts',
    )
    expect(changed.out).toContain('New deployments:\n  shop/production/api: SUCCESS\n')
    expect(changed.out).not.toContain('shop/production/web: SUCCESS')
    const back = await tryIt('rollback', 'environment=production', ...shop)
    expect([promoted, changed, back].map(({ code }) => code)).toEqual([0, 0, 0])
    expect(back.out).toContain('shop/production/api: SUCCESS')
  })

  it('report drift from the variables that were set, until they are set again', async () => {
    const state = join(folder, 'drift.state')
    const set = ['variables', 'environment=production', 'projects=shop', 'services=api']
    const drift = [...set, 'variables=LOG_LEVEL=warn', 'dry-run=true', 'fail-on-changes=true']
    await tryIt(...set, 'variables=LOG_LEVEL=warn', '--state', state)
    expect(statusOf((await tryIt(...drift, '--state', state)).out)).toBe('unchanged')
    await tryIt(...set, 'variables=LOG_LEVEL=trace', '--state', state)
    const { code, out } = await tryIt(...drift, '--state', state)
    expect(code).toBe(1)
    expect(out).toContain('\nerror-code=changes-pending\n')
  })

  it('contain their images, uploads and unfinished deployments as well', async () => {
    const state = join(folder, 'other.state')
    const image = ['deploy', 'environment=production', 'image=ghcr.io/acme/mailer:1.5.0']
    const upload = ['environment=production', 'projects=blog', 'services=site', 'directory=dist']
    expect((await tryIt(...image, 'wait=false', '--state', state)).code).toBe(0)
    expect((await tryIt('deploy', ...upload, '--files', 'sample', '--state', state)).code).toBe(0)
    expect(statusOf((await tryIt(...image, '--state', state)).out)).toBe('unchanged')
  })

  it.each([
    ['is of another kind', 'a text'],
    ['is empty', ''],
  ])('refuse a file that %s', async (_, text) => {
    const { code, out, error } = await tryIt('check', '--state', file('other.state', text))
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toContain('is not a state file of this version of `npm run try`. Delete it')
  })

  it.each(['world', 'hub'] as const)('refuse a file in which %s has another type', async (part) => {
    const state = join(folder, 'changed.state')
    expect((await tryIt('check', '--state', state)).code).toBe(0)
    const [format, saved] = savedState.parse(deserialize(readFileSync(state)))
    const parts = { ...saved, [part]: { ...saved[part], [Object.keys(saved[part])[0] ?? '']: 7 } }
    writeFileSync(state, serialize([format, parts]))
    const { code, error } = await tryIt('check', '--state', state)
    expect(code).toBe(2)
    expect(error).toContain('is not a state file of this version of `npm run try`. Delete it')
  })

  it('refuse a file that cannot be read or written', async () => {
    expect((await tryIt('check', '--state', folder)).error).toContain('cannot read')
    const missing = join(folder, 'no', 'such', 'folder.state')
    const refused = await tryIt('check', '--state', missing)
    expect(refused).toEqual({
      code: 2,
      out: '',
      error: expect.stringContaining(
        `cannot write ${missing}, because ${join(folder, 'no', 'such')}`,
      ),
    })
  })
})

describe('an option that had no effect', () => {
  const deploy = ['deploy', 'environment=production', 'projects=shop', 'services=api']

  it.each([
    [
      'a service to fail that is not selected',
      [...deploy, '--fail', 'shop/web'],
      '--fail shop/web had no effect: the run did not deploy it. It deployed shop/api.\n',
    ],
    [
      'a service to fail in a dry run',
      [...deploy, 'dry-run=true', '--fail', 'shop/api'],
      '--fail shop/api had no effect: the run did not deploy it. It deployed none.\n',
    ],
    [
      'an unhealthy service without a health check',
      [...deploy, '--unhealthy', 'shop/api'],
      '--unhealthy shop/api had no effect: the run did not request its address. Add health-check=/path, and select the service.\n',
    ],
    [
      'an unhealthy service without an address',
      [...deploy, 'health-check=/', '--unhealthy', 'shop/worker'],
      '--unhealthy shop/worker had no effect: the service has no public address.\n',
    ],
    [
      'a token for a run without secrets',
      ['preview', '--event', 'pull_request-fork', '--token', 'account'],
      '--token account had no effect: GitHub gives no secrets to this pull_request.\n',
    ],
  ])('is noted after the run: %s', async (_, args, note) => {
    const { code, error } = await tryIt(...args)
    expect({ code, error }).toEqual({ code: 0, error: note })
  })

  it('is an error beside an event of another commit', async () => {
    const event = file('event.json', JSON.stringify({ ref: 'refs/heads/main', after: sha }))
    const { code, out, error } = await tryIt(...deploy, '--event', event, '--changes', 'a.ts')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toContain('--changes would have no effect: the payload in')
  })
})

describe('a workflow file', () => {
  const example = (name: string) =>
    fileURLToPath(new URL(`../../examples/${name}.yml`, import.meta.url))

  it('runs its steps one after the other, and names those that are not executed', async () => {
    const { code, out } = await tryIt(
      '--workflow',
      example('promote-from-staging-to-production-after-a-smoke-test'),
    )
    expect(code).toBe(0)
    expect(out.match(/── Job promote: .*/g)).toEqual([
      expect.stringContaining('Job promote: deploy ─'),
      expect.stringContaining('"Smoke test" is not executed by `npm run try`'),
      expect.stringContaining('Job promote: deploy ─'),
    ])
    expect(out).toContain('  SITE=https://web-staging.up.railway.app\n')
    expect(out).toContain('shop/production/web: SUCCESS')
  })

  it('takes the inputs of a manual run, with their defaults', async () => {
    const rollback = ['--workflow', example('roll-back-with-a-choice-of-the-service')]
    expect(statusOf((await tryIt(...rollback)).out)).toBe('planned')
    const real = await tryIt(...rollback, 'service=api', 'dry-run=false')
    expect(real.out).toContain('New deployments:\n  shop/production/api: SUCCESS')
  })

  it('accepts secrets, and the outputs of steps that are not executed', async () => {
    const { code, out } = await tryIt(
      '--workflow',
      example('give-a-preview-a-database-branch-of-its-own'),
      '--output',
      'branch.url=postgres://x:y@db.example/pr-7',
      '--secret',
      'DATABASE_API_KEY=my-own-key',
    )
    expect(code).toBe(0)
    expect(out).toContain('  DATABASE_API_KEY=my-own-key\n')
    expect(out).toContain('shop/pr-7/web: SUCCESS')
  })

  it.each([
    [['--secret', 'API_KEY=x'], 'no secret API_KEY. It has DATABASE_API_KEY, RAILWAY_API_TOKEN.'],
    [['--output', 'brunch.url=x'], 'has the id brunch. Commands with an id: branch.'],
    [['--output', 'preview.url=x'], 'has the id preview. Commands with an id: branch.'],
  ])('refuses a value that nothing in it reads: %s', async (args, message) => {
    const workflow = ['--workflow', example('give-a-preview-a-database-branch-of-its-own')]
    const { code, out, error } = await tryIt(...workflow, ...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toContain(message)
  })

  it.each([
    [
      'an event that does not start it',
      ['--event', 'schedule'],
      'the event schedule of this run does not start',
    ],
    ['an input that it lacks', ['sevice=web'], 'no input sevice. Its inputs are service, dry-run.'],
    ['a choice that it lacks', ['service=redis'], 'service: expected one of web, api, worker'],
    ['a box that is neither', ['dry-run=no'], 'dry-run: expected true or false, not no.'],
  ])('refuses %s', async (_, args, message) => {
    const workflow = ['--workflow', example('roll-back-with-a-choice-of-the-service')]
    const { code, error } = await tryIt(...workflow, ...args)
    expect(code).toBe(2)
    expect(error).toContain(message)
  })

  it.each([
    ['that is no YAML', 'on: [push', 'cannot run'],
    ['without jobs', 'on: push\n', 'jobs'],
    [
      'of an event that is not known here',
      'on: release\njobs: {a: {runs-on: x, steps: []}}',
      'there is no default event for release. Add --event.',
    ],
    [
      'with inputs that a push does not have',
      'on: push\njobs: {a: {runs-on: x, steps: []}}',
      'A workflow has inputs only with workflow_dispatch, and the event of this run is push. ',
    ],
    [
      'with inputs and without an event for them',
      'on: push\njobs: {a: {runs-on: x, steps: []}}',
      'has no workflow_dispatch, so it has no inputs.',
    ],
    [
      'with inputs and another event than the one for them',
      'on: [push, workflow_dispatch]\njobs: {a: {runs-on: x, steps: []}}',
      'Add --event workflow_dispatch.',
    ],
  ])('is refused with its path %s', async (_, text, message) => {
    const { code, error } = await tryIt('--workflow', file('w.yml', text), 'a=b')
    expect(code).toBe(2)
    expect(error).toContain(message)
  })

  it('is refused with the activity type that does not start it', async () => {
    const text = 'on: {pull_request: {types: [opened]}}\njobs: {a: {runs-on: x, steps: []}}'
    const workflow = ['--workflow', file('w.yml', text)]
    const { code, error } = await tryIt(...workflow, '--event', 'pull_request-labeled')
    expect(code).toBe(2)
    expect(error).toContain('the event pull_request (labeled) of this run does not start')
  })

  it('is refused with a suggestion for the input', async () => {
    const step = '{uses: owner/railway-workspace-deploy@v1, with: {only-change: true}}'
    const text = `on: push\njobs: {a: {runs-on: x, steps: [${step}]}}`
    const { code, error } = await tryIt('--workflow', file('w.yml', text))
    expect(code).toBe(2)
    expect(error).toContain('no input named only-change. Did you mean only-changed?')
  })
})

describe('the help of a trial run', () => {
  it('lists the sample workspace and the arguments', async () => {
    const { code, out, error } = await tryIt('--help')
    expect({ code, error }).toEqual({ code: 0, error: '' })
    expect(out).toContain('  labs\n    production: playground (acme/shop), scratch (no source)\n')
    expect(out).toContain('    audit (restricted): ')
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
      codes.set(args, (await tryIt(...words.map(inFolder))).code)
    }
    expect(examples.length).toBeGreaterThan(8)
    expect([...codes].filter(([, code]) => code !== 0)).toEqual([
      ['deploy environment=production --token foreign', 1],
    ])
  })
})

describe('invalid arguments', () => {
  it.each([
    ['an unknown command', ['deplyo'], 'There is no command deplyo. Did you mean deploy?'],
    [
      'a command without a similar name',
      ['launch'],
      'There is no command launch. The commands are check, list',
    ],
    ['an empty command', [''], 'There is no command "". The commands are check'],
    ['an unknown input', ['deploy', 'enviroment=x'], 'Did you mean environment?'],
    [
      'a word that is no input',
      ['deploy', 'production'],
      'production: expected inputs as name=value.',
    ],
    ['an unknown option', ['--evnt', 'push'], 'There is no option --evnt. Did you mean --event?'],
    [
      'an option without a similar name',
      ['--verbose'],
      'There is no option --verbose. The options are --help',
    ],
    [
      'an input as an option',
      ['deploy', '--dry-run'],
      'There is no option --dry-run. Write the input as dry-run=value.',
    ],
    [
      'an input with its value as an option',
      ['deploy', '--environment=production'],
      'Write the input as environment=value.',
    ],
    ['an unknown short option', ['-x'], 'There is no option -x.'],
    ['an option without its value', ['--event'], '--event needs a value.'],
    ['another option for a value', ['--event', '--no-github'], '--event needs a value.'],
    ['an empty value', ['--event='], 'expected the path of a file or one of push'],
    ['a value for a flag', ['--no-github=true'], '--no-github takes no value.'],
    ['an option twice', ['--event', 'push', '--event', 'push'], '--event is given more than once.'],
    ['an input twice', ['deploy', 'image=a', 'image=b'], 'image is given more than once.'],
    ['an unknown token', ['--token', 'acount'], 'not acount. Did you mean account?'],
    [
      'a folder that does not exist',
      ['--files', '/no/such'],
      '--files: expected a directory or `sample`, not /no/such.',
    ],
    ['an event that does not exist', ['--event', 'pul_request'], 'Did you mean pull_request?'],
    ['a folder for an event', ['--event', '/'], 'workflow_dispatch, not "/".'],
    [
      'an event name without a file',
      ['--event-name', 'push'],
      '--event-name is only valid if --event is a file.',
    ],
    [
      'a workflow file that does not exist',
      ['--workflow', 'no.yml'],
      '--workflow: expected the path of a file, not no.yml.',
    ],
    [
      'a token that an input replaces',
      ['check', 'token=abc', '--token', 'account'],
      '--token would have no effect, because the input token is given.',
    ],
    ['a secret without a workflow', ['--secret', 'A=b'], '--secret is only valid with --workflow.'],
    ['a secret without a value', ['--secret', 'A'], 'A: expected --secret as name=value.'],
    [
      'a service that does not exist',
      ['deploy', '--fail', 'shop/wbe'],
      ', warehouse/stock, not shop/wbe. Did you mean shop/web?',
    ],
    [
      'a service without its project',
      ['deploy', '--unhealthy', 'web'],
      '--unhealthy: expected one of shop/Postgres',
    ],
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
      '--dry-run',
      '--token',
      'mine',
      '--files',
      '/no/such',
    ])
    expect(parsed).toMatchObject({ kind: 'wrong', problems: { length: 5 } })
  })

  it.each([
    ['an option that is misspelled', ['--evnt', 'push'], 1],
    ['an option without a similar name', ['--verbose', 'deplyo'], 2],
    ['a misspelled flag', ['--no-githup', 'deplyo'], 2],
  ])('are not counted twice after %s', (_, args, length) => {
    expect(parseArguments(args)).toMatchObject({ kind: 'wrong', problems: { length } })
  })

  it('have no effect beside the help', () => {
    expect(parseArguments(['deplyo', '--evnt', '--help'])).toEqual({ kind: 'help' })
    expect(parseArguments(['deploy', '-h'])).toEqual({ kind: 'help' })
  })

  it('may contain equals signs and line breaks in a value', () => {
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
  ])('shows that it is a %s', (name, payload, expected) => {
    const event = readEvent(file('event.json', JSON.stringify(payload)), 'd'.repeat(40))
    expect(event).toMatchObject({ name, ...expected, payload })
  })

  it('may be of another event, which is then named', () => {
    const path = file('event.json', '{"action":"released"}')
    expect(readEvent(path, sha, 'release')).toMatchObject({ name: 'release', sha })
    expect(() => readEvent(path, sha)).toThrow('Add --event-name.')
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
  ])('are used only if they are wanted: %s', (_, isTTY, env, expected) => {
    expect(hasColors({ env, stdout: isTTY === undefined ? {} : { isTTY } })).toBe(expected)
  })

  it('are not in the output of the command to a pipe', () => {
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
