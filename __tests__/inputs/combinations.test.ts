import { describe, expect, it } from '@jest/globals'
import { checkCombinations } from '../../src/inputs/combinations.ts'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import { refusals } from './fixtures.ts'

const refused = (raw: Record<string, string>) =>
  checkCombinations({ environment: 'production', ...raw }).map(({ facts }) =>
    'input' in facts ? facts.input : '',
  )

describe('inputs that make no sense together', () => {
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
    ['a way back without waiting', { 'on-failure': 'rollback', wait: 'false' }, ['on-failure']],
    [
      'a way back from a rollback',
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
      'changes up to nobody knows what',
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
    ['failing on a plan that is carried out', { 'fail-on-changes': 'true' }, ['fail-on-changes']],
    ['an age where nothing is pruned', { command: 'preview', 'older-than': '14d' }, ['older-than']],
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
    ['nothing at all', {}],
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
    ['a directory with a canary and a way back', { directory: '.', 'on-failure': 'rollback' }],
    ['`keep` without waiting', { 'on-failure': 'keep', wait: 'false' }],
    ['a canary of a rollback', { canary: 'web', command: 'rollback' }],
    [
      'what action.yml gives by default',
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
        'environment "": the name or id of an environment; `deploy` has no default for it, because a wrong guess would be an outage',
      ],
    ],
    [
      { ...deploy, services: 'web' },
      [
        'projects "": patterns, which are required with `services`, so that a wide service pattern never selects services of the whole workspace by accident (`*` is every project)',
      ],
    ],
    [
      { ...deploy, image: 'redis:7', directory: '.' },
      ['directory ".": no value together with `image`: a run deploys one or the other'],
    ],
    [
      { ...deploy, image: 'redis:7', 'commit-sha': 'a'.repeat(40) },
      [
        'commit-sha "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": no value together with `image`, which is deployed instead of a commit',
      ],
    ],
    [
      { ...deploy, 'from-environment': 'Production' },
      [
        'from-environment "Production": an environment other than the one in `environment`, which is the target',
      ],
    ],
    [
      { ...deploy, directory: '.', 'only-changed': 'true' },
      ['only-changed "true": `false` together with `directory`: only commits can be compared'],
    ],
    [
      { ...deploy, 'only-changed': 'true', 'commit-sha': 'latest' },
      [
        'only-changed "true": `false` with `commit-sha: latest`: nothing can be compared with a commit that is not known',
      ],
    ],
    [
      { ...deploy, image: 'redis:7', 'registry-username': 'ada' },
      ['registry-username -: no value without `registry-password`, which is empty'],
    ],
    [
      { ...asynchronous, canary: 'web' },
      ['canary "web": patterns only with `wait: true`: the rest starts when the canary is healthy'],
    ],
    [
      { ...asynchronous, order: 'web' },
      [
        'order "web": patterns only with `wait: true`: a wave starts when the one before it is healthy',
      ],
    ],
    [
      { ...asynchronous, 'on-failure': 'rollback' },
      [
        'on-failure "rollback": `rollback` only with `wait: true`: without waiting, the run does not see failures',
      ],
    ],
    [
      { ...asynchronous, 'health-check': '/healthz' },
      [
        'health-check "/healthz": a path only with `wait: true`: the check starts once a deployment is live',
      ],
    ],
    [
      { ...asynchronous, 'max-parallel': '2' },
      [
        'max-parallel "2": a number only with `wait: true`: it counts deployments until they are finished',
      ],
    ],
    [
      { ...deploy, 'health-check-timeout': '1m' },
      [
        'health-check-timeout "1m": a duration only together with `health-check`, which is left out',
      ],
    ],
    [
      { ...deploy, 'fail-on-changes': 'true' },
      [
        'fail-on-changes "true": `true` only with `dry-run: true`: it fails a dry run whose plan changes something',
      ],
    ],
    [
      { command: 'preview', 'preview-name': 'x', 'older-than': '14d' },
      [
        'older-than "14d": a duration only with `preview-action: prune`, which deletes what is older',
      ],
    ],
    [
      { command: 'list', 'on-failure': 'rollback' },
      [
        'on-failure "rollback": `keep` with `command: list`; `rollback` is for `deploy` and `variables`',
      ],
    ],
    [
      { command: 'rollback', ...deploy, image: 'redis:7' },
      [
        'image "redis:7": no value with `command: rollback`; the input is for `deploy` and `preview`',
      ],
    ],
    [
      { command: ' list ', image: 'redis:7' },
      ['image "redis:7": no value with `command: list`; the input is for `deploy` and `preview`'],
    ],
    [
      { ...deploy, 'preview-name': ' x ' },
      ['preview-name " x ": no value with `command: deploy`; the input is for `preview`'],
    ],
    [
      { command: 'check', 'max-parallel': '2' },
      [
        'max-parallel "2": no value with `command: check`; the input is for `deploy`, `variables`, `preview` and `rollback`',
      ],
    ],
    [
      { ...deploy, 'registry-password': 'b' },
      [
        'registry-password -: no value without `registry-username`, which is empty',
        'registry-password -: no value without `image`, which is left out',
      ],
    ],
    [
      { ...deploy, image: 'redis:7', directory: '.', 'from-environment': 'staging' },
      [
        'directory ".": no value together with `image`: a run deploys one or the other',
        'from-environment "staging": no value together with `image`: a run deploys one or the other',
      ],
    ],
    [{ command: 'variables', ...deploy, 'on-failure': 'rollback' }, []],
    [{ command: 'x' }, []],
  ])('%j', (raw, expected) => {
    expect(refusals(checkCombinations(raw))).toEqual(expected)
  })
})
