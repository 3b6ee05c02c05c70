import { describe, expect, it } from '@jest/globals'
import type { Plan, Step } from '../../src/plan/plan.ts'
import { warnNoRollbackTarget } from '../../src/plan/rollback-warnings.ts'
import { toStep } from '../../src/plan/step-id.ts'
import { deployment, service, targetOf } from '../fixtures.ts'

const live = service('live', { active: [deployment('d')] })
const fresh = service('fresh')
const crashed = service('crashed', { active: [deployment('d', { status: 'CRASHED' })] })
const tree = {
  root: '/site',
  entries: [],
  files: 1,
  bytes: 1,
  leftOut: [],
  ignored: { count: 0, complete: true, first: [] },
  linkedIgnoreFiles: [],
}

const deploy = (instance: typeof live): Step =>
  toStep({ action: 'deploy', revision: { kind: 'latest' }, target: targetOf(instance), detail: '' })
const keep = (instance: typeof live): Step =>
  toStep({ action: 'keep', because: 'unchanged', target: targetOf(instance), detail: '' })
const upload = (instance: typeof live): Step =>
  toStep({
    action: 'upload',
    revision: { kind: 'upload', directory: '.', tree, below: '', message: '' },
    target: targetOf(instance),
    detail: '',
  })

const before = { title: 'before', message: '' }
const warned = (...steps: Step[]): Plan => warnNoRollbackTarget({ steps, warnings: [before] })

describe('services without an earlier deployment', () => {
  it.each<[string, Step[], string]>([
    ['one that was never deployed', [deploy(fresh)], 'shop/fresh'],
    ['one that crashed', [deploy(crashed), deploy(live)], 'shop/crashed'],
    ['one that is uploaded to', [upload(fresh)], 'shop/fresh'],
    ['several', [deploy(fresh), keep(live), deploy(crashed)], 'shop/fresh, shop/crashed'],
  ])('%s', (_, steps, names) => {
    expect(warned(...steps)).toEqual({
      steps,
      warnings: [
        before,
        {
          title: 'rollback not possible',
          message: `\`on-failure: rollback\` cannot return these services to an earlier deployment, because none of them has a live deployment now: ${names} in environment "production". If the run fails, they keep the deployments of this run.`,
        },
      ],
    })
  })

  it.each<[string, Step[]]>([
    ['nothing planned', []],
    ['one that is live', [deploy(live), upload(live)]],
    ['an unchanged one', [keep(fresh)]],
  ])('are none for %s', (_, steps) => {
    expect(warned(...steps).warnings).toEqual([before])
  })
})
