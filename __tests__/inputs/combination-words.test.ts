import { expect, it } from '@jest/globals'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import { parseInputs } from '../../src/inputs/read-inputs.ts'
import { parseContext } from '../../src/inputs/run-context.ts'

const context = parseContext({ GITHUB_REPOSITORY: 'acme/shop', GITHUB_SHA: 'a'.repeat(40) }, {})

/** What is expected of an input instead, each in a line. */
function expectedOf(raw: RawInputs): string[] {
  const parsed = parseInputs(raw, null, context)
  return (parsed.ok ? [] : parsed.failures).map((failure) => {
    if (failure.code !== 'input-invalid' || failure.facts.problem.kind !== 'expected') {
      return failure.code
    }
    return `${failure.facts.input}: ${failure.facts.problem.text}`
  })
}

const deploy = { environment: 'production' }
const asynchronous = { ...deploy, wait: 'false' }

it.each<[RawInputs, string[]]>([
  [
    {},
    [
      'environment: the name or id of an environment; `deploy` has no default for it, because a wrong guess would be an outage',
    ],
  ],
  [
    { ...deploy, services: 'web' },
    [
      'projects: patterns, which are required with `services`, so that a wide service pattern never selects services of the whole workspace by accident (`*` is every project)',
    ],
  ],
  [
    { ...deploy, image: 'redis:7', directory: '.' },
    ['directory: no value together with `image`: a run deploys one or the other'],
  ],
  [
    { ...deploy, image: 'redis:7', 'commit-sha': 'a'.repeat(40) },
    ['commit-sha: no value together with `image`, which is deployed instead of a commit'],
  ],
  [
    { ...deploy, 'from-environment': 'Production' },
    ['from-environment: an environment other than the one in `environment`, which is the target'],
  ],
  [
    { ...deploy, directory: '.', 'only-changed': 'true' },
    ['only-changed: `false` together with `directory`: only commits can be compared'],
  ],
  [
    { ...deploy, 'only-changed': 'true', 'commit-sha': 'latest' },
    [
      'only-changed: `false` with `commit-sha: latest`: nothing can be compared with a commit that is not known',
    ],
  ],
  [
    { ...deploy, image: 'redis:7', 'registry-username': 'ada' },
    ['registry-username: no value without `registry-password`, which is empty'],
  ],
  [
    { ...asynchronous, canary: 'web' },
    ['canary: patterns only with `wait: true`: the rest starts when the canary is healthy'],
  ],
  [
    { ...asynchronous, order: 'web' },
    ['order: patterns only with `wait: true`: a wave starts when the one before it is healthy'],
  ],
  [
    { ...asynchronous, 'on-failure': 'rollback' },
    [
      'on-failure: `rollback` only with `wait: true`: without waiting, the run does not see failures',
    ],
  ],
  [
    { ...asynchronous, 'health-check': '/healthz' },
    ['health-check: a path only with `wait: true`: the check starts once a deployment is live'],
  ],
  [
    { ...asynchronous, 'max-parallel': '2' },
    [
      'max-parallel: a number only with `wait: true`: it counts deployments until they are finished',
    ],
  ],
  [
    { ...deploy, 'health-check-timeout': '1m' },
    ['health-check-timeout: a duration only together with `health-check`, which is left out'],
  ],
  [
    { ...deploy, 'fail-on-changes': 'true' },
    [
      'fail-on-changes: `true` only with `dry-run: true`: it fails a dry run whose plan changes something',
    ],
  ],
  [
    { command: 'preview', 'preview-name': 'x', 'older-than': '14d' },
    ['older-than: a duration only with `preview-action: prune`, which deletes what is older'],
  ],
  [
    { command: 'list', 'on-failure': 'rollback' },
    ['on-failure: `keep` with `command: list`; `rollback` is for `deploy` and `variables`'],
  ],
  [
    { command: 'rollback', ...deploy, image: 'redis:7' },
    ['image: no value with `command: rollback`; the input is for `deploy` and `preview`'],
  ],
])('%j', (raw, expected) => {
  expect(expectedOf(raw)).toEqual(expected)
})
