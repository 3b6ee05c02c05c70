import { expect, it } from '@jest/globals'
import { toApiError } from '../../../src/railway/transport/classify-error.ts'
import { redactError, redactMessage } from '../../../src/railway/transport/redact.ts'

it.each([
  'Not Authorized',
  'Problem processing request',
  'Problem processing request.',
  'ServiceInstance not found',
  'No patch to apply',
  'You are creating environments too quickly. This workspace allows 1 environment per 30 seconds',
])('%s is shown', (message) => {
  expect(redactMessage(message)).toBe(message)
})

it.each([
  'Invalid value "short-5" for variable LOG_LEVEL',
  'hunter2 not found',
  'Not Authorized: hunter2',
  'hunter2\nNot Authorized',
  'Service "hunter2" not found',
  'No patch to apply to hunter2',
  'You are creating environments too quickly, hunter2',
])('%j is not shown', (message) => {
  expect(redactMessage(message)).not.toMatch(/hunter2|short-5/)
})

it('the meaning of a refusal is still known', () => {
  const refusal = toApiError('CommitPreview', { message: 'No patch in hunter2' })
  expect(redactError(refusal).problem).toMatchObject({
    kind: 'refused',
    reason: 'nothing-staged',
    message: '(message not shown, because it may quote a value)',
  })
})
