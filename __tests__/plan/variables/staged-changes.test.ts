import { expect, it } from '@jest/globals'
import { foreignPaths, removalPaths } from '../../../src/plan/variables/staged-changes.ts'

const place = { projectId: 'p', environmentId: 'e' }
const shared = { owner: { kind: 'shared', ...place }, remove: ['A', 'B'] } as const
const ofWeb = { owner: { kind: 'service', ...place, serviceId: 'web' }, remove: ['A'] } as const

it('the removals of a service and of shared variables have paths of their own', () => {
  expect(removalPaths(shared)).toEqual(['/sharedVariables/A', '/sharedVariables/B'])
  expect(removalPaths(ofWeb)).toEqual(['/services/web/variables/A'])
})

it.each<[string, string[], string[]]>([
  ['nothing', [], []],
  ['all of this run', ['/sharedVariables/A', '/services/web/variables/A'], []],
  [
    'by others, too',
    ['/sharedVariables/A', '/sharedVariables/C', '/services/api/variables/A', '/services/web'],
    ['/sharedVariables/C', '/services/api/variables/A', '/services/web'],
  ],
])('staged is %s', (_, staged, foreign) => {
  expect(foreignPaths(staged, [shared, ofWeb])).toEqual(foreign)
})
