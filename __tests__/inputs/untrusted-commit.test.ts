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

it.each<[string, CommitOrigin, RawInputs, 'deploy' | 'preview' | null, object | null]>([
  ['of a fork', fork, {}, 'deploy', { ...facts, repository: 'mallory/shop', certain: true }],
  ['of a deleted repository', gone, {}, 'deploy', { ...facts, repository: null, certain: true }],
  ['of who knows whom', unknown, {}, 'deploy', { ...facts, repository: null, certain: false }],
  ['of this repository', own, {}, 'deploy', null],
  ['that nothing deploys', fork, {}, null, null],
  ['that is named', fork, { 'commit-sha': sha }, 'deploy', null],
  ['that is left to Railway', unknown, { 'commit-sha': 'latest' }, 'deploy', null],
  ['together with an image', fork, { image: 'redis:7' }, 'deploy', null],
  [
    'of a preview together with an image',
    fork,
    { image: 'redis:7' },
    'preview',
    { ...facts, repository: 'mallory/shop', certain: true },
  ],
  ['of a preview that is named', fork, { 'commit-sha': sha }, 'preview', null],
  ['together with a directory', fork, { directory: '.' }, 'deploy', null],
  ['together with another environment', fork, { 'from-environment': 'staging' }, 'deploy', null],
  [
    'beside an empty input',
    fork,
    { 'commit-sha': ' ', image: '' },
    'deploy',
    { ...facts, repository: 'mallory/shop', certain: true },
  ],
  [
    'beside another input',
    fork,
    { variables: 'A=1' },
    'deploy',
    { ...facts, repository: 'mallory/shop', certain: true },
  ],
])('the commit of an event %s', (_, commitOrigin, raw, deploying, expected) => {
  expect(checkCommitOrigin(raw, { ...base, commitOrigin }, deploying)).toEqual(
    expected === null ? [] : [{ code: 'untrusted-commit', facts: expected }],
  )
})
