import { expect, it } from '@jest/globals'
import type { CommitOrigin } from '../../src/inputs/event-commit.ts'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import { parseContext } from '../../src/inputs/run-context.ts'
import { checkCommitOrigin } from '../../src/inputs/untrusted-commit.ts'

const sha = 'a'.repeat(40)
const base = parseContext(
  { GITHUB_REPOSITORY: 'acme/shop', GITHUB_EVENT_NAME: 'workflow_run', GITHUB_SHA: sha },
  {},
)
const fork: CommitOrigin = { kind: 'fork', repository: 'mallory/shop' }
const gone: CommitOrigin = { kind: 'fork', repository: null }
const unknown: CommitOrigin = { kind: 'unknown' }
const own: CommitOrigin = { kind: 'own' }

const facts = { commit: sha, event: 'workflow_run' }

it.each<[string, CommitOrigin, RawInputs, boolean, object | null]>([
  ['of a fork', fork, {}, true, { ...facts, repository: 'mallory/shop', certain: true }],
  ['of a deleted repository', gone, {}, true, { ...facts, repository: null, certain: true }],
  ['of who knows whom', unknown, {}, true, { ...facts, repository: null, certain: false }],
  ['of this repository', own, {}, true, null],
  ['that nothing deploys', fork, {}, false, null],
  ['that is named', fork, { 'commit-sha': sha }, true, null],
  ['that is left to Railway', unknown, { 'commit-sha': 'latest' }, true, null],
  ['together with an image', fork, { image: 'redis:7' }, true, null],
  ['together with a directory', fork, { directory: '.' }, true, null],
  ['together with another environment', fork, { 'from-environment': 'staging' }, true, null],
  [
    'beside an empty input',
    fork,
    { 'commit-sha': ' ', image: '' },
    true,
    { ...facts, repository: 'mallory/shop', certain: true },
  ],
  [
    'beside another input',
    fork,
    { variables: 'A=1' },
    true,
    { ...facts, repository: 'mallory/shop', certain: true },
  ],
])('the commit of an event %s', (_, commitOrigin, raw, deploys, expected) => {
  expect(checkCommitOrigin(raw, { ...base, commitOrigin }, deploys)).toEqual(
    expected === null ? [] : [{ code: 'untrusted-commit', facts: expected }],
  )
})
