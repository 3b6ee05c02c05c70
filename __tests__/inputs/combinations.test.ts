import { describe, expect, it } from '@jest/globals'
import { badCombinations } from '../../src/inputs/combinations.ts'

const refused = (raw: Record<string, string>) =>
  badCombinations({ environment: 'production', ...raw }).map(({ facts }) =>
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
      'a commit and `force` for variables',
      { command: 'variables', 'commit-sha': 'latest', force: 'true' },
      ['commit-sha', 'force'],
    ],
  ])('%s', (_, raw, inputs) => {
    expect(refused(raw)).toEqual(inputs)
  })

  it('never quote a credential', () => {
    const failures = badCombinations({
      'registry-username': 'robot',
      'registry-password': 'pa55word',
    })
    expect(JSON.stringify(failures)).not.toMatch(/robot|pa55word/)
  })

  it.each<[string, Record<string, string>]>([
    ['nothing at all', {}],
    [
      'an image with credentials',
      { image: 'a', 'registry-username': 'a', 'registry-password': 'b' },
    ],
    ['an image for a preview', { image: 'a', command: 'preview' }],
    ['a directory with a canary and a way back', { directory: '.', 'on-failure': 'rollback' }],
    ['`keep` without waiting', { 'on-failure': 'keep', wait: 'false' }],
    ['a canary of a rollback', { canary: 'web', command: 'rollback' }],
    ['what action.yml gives by default', { force: 'false', 'preview-action': 'auto' }],
    [
      'an image and a commit of a preview',
      { command: 'preview', image: 'a', 'commit-sha': 'latest' },
    ],
  ])('are not %s', (_, raw) => {
    expect(refused(raw)).toEqual([])
  })
})
