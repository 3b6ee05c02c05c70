import { describe, expect, it } from '@jest/globals'
import type { Outcome, OutcomeStatus } from '../../src/execute/outcome.ts'
import { timeline } from '../../src/report/timeline.ts'
import { service, targetOf } from '../fixtures.ts'
import { deployStep, outcomeOf } from './fixtures.ts'

const bar = (name: string, status: OutcomeStatus, more: Partial<Outcome> = {}) =>
  outcomeOf(deployStep(service(name)), status, { startedAt: 10_000, finishedAt: 15_000, ...more })
const bars = (text: string) => text.split('\n').filter((line) => line.includes(' :'))

describe('the timeline', () => {
  it('has a section for each project, and a bar for each deployment', () => {
    const blog = { ...targetOf(service('site')), project: { id: 'b', name: 'blog: "x"' } }
    const inBlog = outcomeOf(deployStep(service('site'), { target: blog }), 'success', {
      startedAt: 12_000,
      finishedAt: 12_100,
    })
    expect(timeline([bar('web', 'success'), inBlog, bar('api', 'failed')])).toBe(
      [
        '<details><summary>Timeline</summary>',
        '',
        'Each bar is a deployment from its start to its end, with its status and duration. Red means failed or unknown. The scale is the time of day on your clock, in hours:minutes:seconds.',
        '',
        '```mermaid',
        'gantt',
        '  dateFormat x',
        '  axisFormat %H:%M:%S',
        '  section \u200bshop',
        '  \u200bweb (success, 5 s) :done, 10000, 15000',
        '  \u200bapi (failed, 5 s) :crit, 10000, 15000',
        '  section \u200bblog   x',
        '  \u200bsite (success, 0 s) :done, 12000, 13000',
        '```',
        '',
        '</details>',
      ].join('\n'),
    )
  })

  it.each<[OutcomeStatus, string]>([
    ['success', 'done, '],
    ['accepted', 'active, '],
    ['rolled-back', 'active, '],
    ['failed', 'crit, '],
    ['timed-out', 'crit, '],
    ['unknown', 'crit, '],
    ['skipped', ''],
    ['cancelled', ''],
  ])('draws %s as %j', (status, look) => {
    expect(bars(timeline([bar('web', status), bar('api', status)]))).toEqual([
      `  \u200bweb (${status}, 5 s) :${look}10000, 15000`,
      `  \u200bapi (${status}, 5 s) :${look}10000, 15000`,
    ])
  })

  it.each<[string, Outcome[]]>([
    ['nothing', []],
    ['one deployment', [bar('web', 'success')]],
    ['one that did not start', [bar('web', 'success'), bar('api', 'success', { startedAt: null })]],
    ['one that did not end', [bar('web', 'success'), bar('api', 'success', { finishedAt: null })]],
    [
      'one without a deployment',
      [bar('web', 'success'), bar('api', 'success', { deploymentId: null })],
    ],
  ])('is omitted for %s', (_, outcomes) => {
    expect(timeline(outcomes)).toBe('')
  })

  it('draws forty, and counts the rest', () => {
    const many = (number: number) =>
      timeline(Array.from({ length: number }, (_, index) => bar(`s${index}`, 'success')))
    expect(bars(many(43))).toHaveLength(40)
    expect(many(43)).toContain('```\n\nDeployments that are not drawn: 3\n\n</details>')
    expect(many(40)).not.toContain('more deployments')
  })
})
