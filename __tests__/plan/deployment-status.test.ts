import { expect, it } from '@jest/globals'
import {
  describeStatus,
  isLive,
  isUnfinished,
  type Phase,
  phaseOf,
} from '../../src/plan/deployment-status.ts'

// status, phase, live, running, text
it.each<[string, Phase, boolean, boolean, string]>([
  ['INITIALIZING', 'in-progress', false, true, 'INITIALIZING'],
  ['QUEUED', 'in-progress', false, true, 'QUEUED'],
  ['BUILDING', 'in-progress', false, true, 'BUILDING'],
  ['DEPLOYING', 'in-progress', false, true, 'DEPLOYING'],
  ['WAITING', 'blocked', false, true, "WAITING (it waits for the commit's checks)"],
  [
    'NEEDS_APPROVAL',
    'blocked',
    false,
    true,
    'NEEDS_APPROVAL (it waits for a person to approve it)',
  ],
  ['SUCCESS', 'live', true, false, 'SUCCESS'],
  ['SLEEPING', 'live', true, false, 'SLEEPING'],
  ['FAILED', 'failed', false, false, 'FAILED'],
  ['CRASHED', 'crashed', false, false, 'CRASHED'],
  ['SKIPPED', 'skipped', false, false, 'SKIPPED'],
  ['REMOVING', 'removed', false, false, 'REMOVING'],
  ['REMOVED', 'removed', false, false, 'REMOVED'],
  ['HIBERNATING', 'unknown', false, false, 'HIBERNATING'],
  ['success', 'unknown', false, false, 'success'],
  ['', 'unknown', false, false, ''],
  ['constructor', 'unknown', false, false, 'constructor'],
  ['toString', 'unknown', false, false, 'toString'],
  ['__proto__', 'unknown', false, false, '__proto__'],
])('the status %s is %s', (status, phase, live, underWay, words) => {
  expect(phaseOf(status)).toBe(phase)
  expect(isLive(status)).toBe(live)
  expect(isUnfinished(status)).toBe(underWay)
  expect(describeStatus(status)).toBe(words)
})
