import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { systemClock } from '../src/clock.ts'

afterEach(() => {
  jest.restoreAllMocks()
})

describe('the system clock', () => {
  it('starts at the time of day', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(60_000)
  })

  it.each([
    ['back', -3_600_000],
    ['forward', 3_600_000],
  ])('is not affected if the time is set %s', (_, by) => {
    const before = systemClock.now()
    const realNow = Date.now()
    jest.spyOn(Date, 'now').mockReturnValue(realNow + by)
    const passed = systemClock.now() - before
    expect(passed).toBeGreaterThanOrEqual(0)
    expect(passed).toBeLessThan(1_000)
  })

  it('waits longer than the maximum of a timer', async () => {
    const waited = new AbortController()
    const late = systemClock.sleep(2 ** 40, waited.signal).then(() => 'slept')
    const soon = new Promise((resolve) => setTimeout(() => resolve('still asleep'), 20))
    expect(await Promise.race([late, soon])).toBe('still asleep')
    waited.abort()
    expect(await late).toBe('slept')
  })
})
