import { describe, expect, it } from '@jest/globals'
import { checkCombinations } from '../../src/inputs/combinations.ts'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import { refusals } from './fixtures.ts'

const refused = (raw: Record<string, string>) =>
  checkCombinations({ environment: 'production', ...raw }).map(({ facts }) =>
    'input' in facts ? facts.input : '',
  )

describe('inputs that contradict each other', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['an image and a directory', { image: 'a', directory: '.' }, ['directory']],
    ['an image and a commit', { image: 'a', 'commit-sha': 'latest' }, ['commit-sha']],
    ['a directory and a commit', { directory: '.', 'commit-sha': 'latest' }, ['commit-sha']],
    ['an image for `check`', { image: 'a', command: 'check' }, ['image']],
    ['a directory for `rollback`', { directory: '.', command: 'rollback' }, ['directory']],
    ['a commit for `rollback`', { command: 'rollback', 'commit-sha': 'latest' }, ['commit-sha']],
    ['a canary for `list`', { command: 'list', canary: 'web' }, ['canary']],
    [
      'credentials without an image',
      { 'registry-username': 'a', 'registry-password': 'b' },
      ['registry-username', 'registry-password'],
    ],
    ['a user without a password', { image: 'a', 'registry-username': 'a' }, ['registry-username']],
    ['a password without a user', { image: 'a', 'registry-password': 'a' }, ['registry-password']],
    ['a canary that is not waited for', { canary: 'web', wait: 'false' }, ['canary']],
    [
      'a rollback on failure without waiting',
      { 'on-failure': 'rollback', wait: 'false' },
      ['on-failure'],
    ],
    [
      'a rollback on failure of a rollback',
      { command: 'rollback', 'on-failure': 'rollback' },
      ['on-failure'],
    ],
    [
      'inputs of a preview without its command',
      { 'preview-action': 'delete', 'preview-name': 'x', 'require-overrides': 'A' },
      ['preview-name', 'preview-action', 'require-overrides'],
    ],
    [
      'a promotion of an image',
      { 'from-environment': 'staging', image: 'a' },
      ['from-environment'],
    ],
    [
      'a promotion of a directory',
      { 'from-environment': 'staging', directory: '.' },
      ['from-environment'],
    ],
    [
      'a promotion of a commit',
      { 'from-environment': 'staging', 'commit-sha': 'latest' },
      ['commit-sha'],
    ],
    ['a promotion to itself', { 'from-environment': 'Production' }, ['from-environment']],
    [
      'a promotion for a preview',
      { command: 'preview', 'from-environment': 'staging' },
      ['from-environment'],
    ],
    ['changes of an image', { 'only-changed': 'true', image: 'a' }, ['only-changed']],
    [
      'only changes, without a commit',
      { 'only-changed': 'true', 'commit-sha': 'latest' },
      ['only-changed'],
    ],
    ['an order that is not waited for', { order: 'db\nweb', wait: 'false' }, ['order']],
    ['an order for `list`', { command: 'list', order: 'db' }, ['order']],
    [
      'a health check that is not waited for',
      { 'health-check': '/', wait: 'false' },
      ['health-check'],
    ],
    ['time for no health check', { 'health-check-timeout': '1m' }, ['health-check-timeout']],
    ['a limit that is not waited for', { 'max-parallel': '2', wait: 'false' }, ['max-parallel']],
    ['failing on a plan that is executed', { 'fail-on-changes': 'true' }, ['fail-on-changes']],
    ['an age without pruning', { command: 'preview', 'older-than': '14d' }, ['older-than']],
    ['an age for `deploy`', { 'older-than': '14d' }, ['older-than']],
    ['a diagnosis for `deploy`', { diagnose: 'true' }, ['diagnose']],
    [
      'a commit and `force` for variables',
      { command: 'variables', 'commit-sha': 'latest', force: 'true' },
      ['commit-sha', 'force'],
    ],
  ])('%s', (_, raw, inputs) => {
    expect(refused(raw)).toEqual(inputs)
  })

  it('never quote a credential', () => {
    const failures = checkCombinations({
      'registry-username': 'robot',
      'registry-password': 'pa55word',
    })
    expect(JSON.stringify(failures)).not.toMatch(/robot|pa55word/)
  })

  it.each<[string, Record<string, string>]>([
    ['no inputs', {}],
    ['only changes, unless all are forced', { 'only-changed': 'true', force: 'true' }],
    ['a promotion', { 'from-environment': 'staging', 'only-changed': 'true' }],
    ['a gate of health', { 'health-check': '/healthz', 'health-check-timeout': '5m' }],
    ['waves with a canary, one by one', { order: 'a', canary: 'b', 'max-parallel': '1' }],
    ['a drift check', { 'dry-run': 'true', 'fail-on-changes': 'true' }],
    ['old previews', { command: 'preview', 'preview-action': 'prune', 'older-than': '14d' }],
    ['a diagnosis', { command: 'check', diagnose: 'true' }],
    ['no services, of no projects', { services: '[]' }],
    [
      'an image with credentials',
      { image: 'a', 'registry-username': 'a', 'registry-password': 'b' },
    ],
    ['an image for a preview', { image: 'a', command: 'preview' }],
    [
      'a directory with a canary and a rollback on failure',
      { directory: '.', 'on-failure': 'rollback' },
    ],
    ['`keep` without waiting', { 'on-failure': 'keep', wait: 'false' }],
    ['a canary of a rollback', { canary: 'web', command: 'rollback' }],
    [
      'the defaults of action.yml',
      {
        force: 'false',
        'preview-action': 'auto',
        'only-changed': 'false',
        'allow-empty-values': 'false',
        'fail-on-changes': 'false',
        diagnose: 'false',
        'health-check-timeout': '2m',
      },
    ],
    [
      'an image and a commit of a preview',
      { command: 'preview', image: 'a', 'commit-sha': 'latest' },
    ],
  ])('are not %s', (_, raw) => {
    expect(refused(raw)).toEqual([])
  })
})

describe('the expected inputs', () => {
  const deploy = { environment: 'production' }
  const asynchronous = { ...deploy, wait: 'false' }

  it.each<[RawInputs, string[]]>([
    [
      {},
      [
        'environment "": required: Expected the name or id of an environment. `command: deploy` has no default for it, because a wrong guess could change production.',
      ],
    ],
    [
      { ...deploy, services: 'web' },
      [
        'projects "": required: With `services`, the projects have to be given, too. Otherwise a wide pattern could select services of the whole workspace by accident. For every project, set `*`.',
      ],
    ],
    [
      { ...deploy, image: 'redis:7', directory: '.' },
      ['directory ".": not with `image`: A run deploys one or the other.'],
    ],
    [
      { ...deploy, image: 'redis:7', 'commit-sha': 'a'.repeat(40) },
      [
        'commit-sha "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": not with `image`: The run deploys `image` instead of a commit.',
      ],
    ],
    [
      { ...deploy, 'from-environment': 'Production' },
      ['from-environment "Production": same-environment'],
    ],
    [
      { ...deploy, directory: '.', 'only-changed': 'true' },
      ['only-changed "true": not with `directory`: Changed files are known for commits only.'],
    ],
    [
      { ...deploy, 'only-changed': 'true', 'commit-sha': 'latest' },
      [
        'only-changed "true": not with `commit-sha: latest`: Railway chooses the commit, so the changed files are not known.',
      ],
    ],
    [
      { ...deploy, image: 'redis:7', 'registry-username': 'ada' },
      ['registry-username -: only with `registry-password`: `registry-password` is empty.'],
    ],
    [
      { ...asynchronous, canary: 'web' },
      [
        'canary "web": only with `wait: true`: The other services start when the canary is healthy.',
      ],
    ],
    [
      { ...asynchronous, order: 'web' },
      ['order "web": only with `wait: true`: A wave starts when the one before it is healthy.'],
    ],
    [
      { ...asynchronous, 'on-failure': 'rollback' },
      [
        'on-failure "rollback": only with `wait: true`: A run that does not wait cannot see failures.',
      ],
    ],
    [
      { ...asynchronous, 'health-check': '/healthz' },
      [
        'health-check "/healthz": only with `wait: true`: The health check starts when a deployment is live.',
      ],
    ],
    [
      { ...asynchronous, 'max-parallel': '2' },
      ['max-parallel "2": only with `wait: true`: A deployment counts until it is finished.'],
    ],
    [
      { ...deploy, 'health-check-timeout': '1m' },
      ['health-check-timeout "1m": only with `health-check`: `health-check` is left out.'],
    ],
    [
      { ...deploy, 'fail-on-changes': 'true' },
      [
        'fail-on-changes "true": only with `dry-run: true`: It fails a dry run whose plan changes something.',
      ],
    ],
    [
      { command: 'preview', 'preview-name': 'x', 'older-than': '14d' },
      ['older-than "14d": only with `preview-action: prune`: Only `prune` deletes old previews.'],
    ],
    [
      { command: 'list', 'on-failure': 'rollback' },
      [
        'on-failure "rollback": not with `command: list`: `rollback` is for the commands `deploy` and `variables` only.',
      ],
    ],
    [
      { command: 'rollback', ...deploy, image: 'redis:7' },
      ['image "redis:7": unused with rollback, for deploy, preview'],
    ],
    [
      { command: ' list ', image: 'redis:7' },
      ['image "redis:7": unused with list, for deploy, preview'],
    ],
    [{ ...deploy, 'preview-name': ' x ' }, ['preview-name " x ": unused with deploy, for preview']],
    [
      { command: 'check', 'max-parallel': '2' },
      ['max-parallel "2": unused with check, for deploy, variables, preview, rollback'],
    ],
    [
      { ...deploy, 'registry-password': 'b' },
      [
        'registry-password -: only with `registry-username`: `registry-username` is empty.',
        'registry-password -: only with `image`: The credentials are for the registry of this image.',
      ],
    ],
    [
      { ...deploy, image: 'redis:7', directory: '.', 'from-environment': 'staging' },
      [
        'directory ".": not with `image`: A run deploys one or the other.',
        'from-environment "staging": not with `image`: A run deploys one or the other.',
      ],
    ],
    [{ command: 'variables', ...deploy, 'on-failure': 'rollback' }, []],
    [{ command: 'x' }, []],
  ])('%j', (raw, expected) => {
    expect(refusals(checkCombinations(raw))).toEqual(expected)
  })
})
