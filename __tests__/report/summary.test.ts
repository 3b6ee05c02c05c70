import { describe, expect, it } from '@jest/globals'
import { failure } from '../../src/errors/codes.ts'
import { baseOutcome } from '../../src/execute/outcome.ts'
import type { KeepStep } from '../../src/plan/plan.ts'
import { renderSummary } from '../../src/report/summary.ts'
import { initialReport } from '../../src/run-state.ts'

const step: KeepStep = {
  id: 'keep shop/production',
  after: [],
  action: 'keep',
  because: 'unchanged',
  detail: 'as it is',
  target: {
    project: { id: 'p', name: 'shop' },
    environment: { id: 'e', name: 'production' },
    instance: null,
  },
}

const facts = { project: 'shop', environment: 'production', service: 'web' }

describe('the job summary', () => {
  it('has the results first, then errors, warnings, the token, and requests', () => {
    const summary = renderSummary(
      {
        ...initialReport,
        tokenSource: 'input',
        plan: { steps: [step], warnings: [] },
        outcomes: [baseOutcome(step, 'unchanged', 'it stays')],
        failures: [failure('commit-not-found', { ...facts, commit: 'c'.repeat(40) })],
        warnings: [{ title: 'a warning', message: 'Look.' }],
        notices: [{ title: 'a notice', message: 'Something to know.' }],
        requests: 7,
        remaining: 93,
      },
      'https://example.com/errors.md',
    )
    const parts = [
      '## ',
      '| Status | Project |',
      '### Errors',
      'Something to know',
      '### Warnings',
      '| Token scope |',
      '7 Railway API requests, 93 left',
    ]
    const places = parts.map((part) => summary.indexOf(part))
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })
})
