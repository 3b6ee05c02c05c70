import { describe, expect, it } from '@jest/globals'
import {
  checkPreviewName,
  type PreviewAction,
  type PreviewRequest,
  previewName,
  previewRequest,
  pullRequestNumberOf,
} from '../../src/inputs/preview-inputs.ts'
import { parseContext } from '../../src/inputs/run-context.ts'

const pullRequest = (closed: boolean) =>
  parseContext(
    { GITHUB_REPOSITORY: 'acme/shop', GITHUB_EVENT_NAME: 'pull_request' },
    {
      action: closed ? 'closed' : 'synchronize',
      pull_request: { number: 7, head: { sha: 'a'.repeat(40), ref: 'topic' } },
    },
  )
const push = parseContext({ GITHUB_REPOSITORY: 'acme/shop', GITHUB_EVENT_NAME: 'push' }, {})

const fields = {
  'preview-action': 'auto',
  'preview-name': null,
  'require-overrides': null,
  'older-than': null,
} as const

describe('the request of a preview run', () => {
  it.each<['auto' | PreviewAction, boolean, PreviewAction]>([
    ['auto', false, 'create'],
    ['auto', true, 'delete'],
    ['create', true, 'create'],
    ['delete', false, 'delete'],
    ['prune', true, 'prune'],
  ])('%s, pull request closed: %s: %s', (requested, closed, action) => {
    const request = previewRequest({ ...fields, 'preview-action': requested }, pullRequest(closed))
    expect(request.action).toBe(action)
  })

  it('has defaults', () => {
    expect(previewRequest(fields, push)).toEqual({
      action: 'create',
      isAuto: true,
      template: 'pr-<number>',
      number: null,
      olderThan: null,
      requireOverrides: [],
    })
  })

  it('contains the given inputs', () => {
    const patterns = [{ text: '*_URL', exclude: false }]
    const given = {
      ...fields,
      'preview-name': 'x-<number>',
      'require-overrides': patterns,
      'older-than': 60_000,
    }
    expect(previewRequest(given, pullRequest(false))).toEqual({
      action: 'create',
      isAuto: true,
      template: 'x-<number>',
      number: 7,
      olderThan: 60_000,
      requireOverrides: patterns,
    })
  })
})

const request = (more: Partial<PreviewRequest>): PreviewRequest => ({
  action: 'create',
  isAuto: true,
  template: 'pr-<number>',
  number: 7,
  olderThan: null,
  requireOverrides: [],
  ...more,
})

describe('the name of a preview', () => {
  const withNumber = {
    code: 'input-invalid',
    facts: {
      input: 'preview-name',
      given: 'fixed',
      problem: {
        kind: 'rejected',
        because:
          '`preview-action: prune` finds the pull request of a preview by the number in its name. Expected a name with `<number>`.',
      },
    },
  }
  const withoutNumber = {
    code: 'input-invalid',
    facts: {
      input: 'preview-name',
      given: null,
      problem: {
        kind: 'rejected',
        because:
          'The name contains `<number>`, but this run is not for a pull request, so there is no number. Run `command: preview` on `pull_request` events, or set a name without `<number>`.',
      },
    },
  }

  it.each<[string, Partial<PreviewRequest>, object[]]>([
    ['has its number', {}, []],
    ['needs none', { template: 'fixed', number: null }, []],
    ['lacks its number', { number: null }, [withoutNumber]],
    ['lacks it for a deletion', { action: 'delete', number: null }, [withoutNumber]],
    ['needs no environment to find previews', { action: 'prune', number: null }, []],
    ['lacks the position of a number', { action: 'prune', template: 'fixed' }, [withNumber]],
  ])('%s', (_, more, problems) => {
    expect(checkPreviewName(request(more))).toEqual(problems)
  })

  it.each<[string, number | null, string]>([
    ['pr-<number>', 7, 'pr-7'],
    ['<number>-of-<number>', 12, '12-of-12'],
    ['shop-<number>-preview', 7, 'shop-7-preview'],
    ['fixed', 7, 'fixed'],
    ['pr-<number>', null, 'pr-'],
  ])('%s with %s is %s', (template, number, name) => {
    expect(previewName(request({ template, number }))).toBe(name)
  })
})

describe('the number in a name', () => {
  it.each<[string, string, number | null]>([
    ['pr-<number>', 'pr-7', 7],
    ['pr-<number>', 'PR-7', 7],
    ['PR-<number>', 'pr-7', 7],
    ['pr-<number>', 'pr-12345', 12_345],
    ['pr-<number>', 'pr-007', null],
    ['caf\u00e9-<number>', 'cafe\u0301-7', 7],
    ['cafe\u0301-<number>', 'caf\u00e9-7', 7],
    ['<number>e\u0301', '7\u00e9', 7],
    ['pr-<number>', 'pr-', null],
    ['pr-<number>', 'pr-7x', null],
    ['pr-<number>', 'xpr-7', null],
    ['pr-<number>', 'pr-x', null],
    ['pr-<number>', 'pr-7-old', null],
    ['a.b-<number>', 'a.b-3', 3],
    ['a.b-<number>', 'axb-3', null],
    ['<number>-<number>', '3-3', 3],
    ['<number>-<number>', '3-4', null],
    ['pr-<number>', 'pr-7\n', null],
    ['pr-<number>', 'pr--7', null],
    ['<number>', '7', 7],
    ['<number>', '', null],
    ['p.r(<number>)*', 'p.r(7)*', 7],
    ['p.r(<number>)', 'pxr(7)', null],
    ['a\\d<number>', 'a\\d7', 7],
    ['a[b]{c}^$|+?<number>', 'a[b]{c}^$|+?7', 7],
    ['<number>-of-<number>', '12-of-12', 12],
    ['<number>-of-<number>', '12-of-13', null],
    ['<number><number>', '77', 7],
    ['fixed', 'fixed', null],
    ['pr-<number>', 'pr-99999999999999999999', null],
  ])('of %j, %j: %s', (template, name, number) => {
    expect(pullRequestNumberOf(name, request({ template }))).toBe(number)
  })
})
