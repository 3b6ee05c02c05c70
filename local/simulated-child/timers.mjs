/** Replaces the timers of this process by simulated ones. */
import { syncBuiltinESMExports } from 'node:module'
import timersPromises from 'node:timers/promises'
import { promisify } from 'node:util'
import { Timeout, timerById } from './timeout.mjs'

const clear = (real) => (timer) => {
  if (timer instanceof Timeout) timer.close()
  else if (typeof timer === 'object' && timer !== null) real(timer)
  else timerById(Number(timer))?.close()
}

const simulatedSetTimeout = function setTimeout(callback, delay, ...args) {
  return new Timeout(callback, delay, args, false)
}

const promisedSetTimeout = (delay, value, { signal, ref = true } = {}) =>
  new Promise((resolve, reject) => {
    const abort = () => {
      timer.close()
      const error = new Error('The operation was aborted', { cause: signal.reason })
      reject(Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' }))
    }
    const timer = new Timeout(
      () => {
        signal?.removeEventListener('abort', abort)
        resolve(value)
      },
      delay,
      [],
      false,
    )
    if (!ref) timer.unref()
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })

Object.defineProperty(simulatedSetTimeout, promisify.custom, { value: promisedSetTimeout })
globalThis.setTimeout = simulatedSetTimeout
globalThis.setInterval = function setInterval(callback, delay, ...args) {
  return new Timeout(callback, delay, args, true)
}
globalThis.clearTimeout = clear(globalThis.clearTimeout)
globalThis.clearInterval = clear(globalThis.clearInterval)
timersPromises.setTimeout = promisedSetTimeout
syncBuiltinESMExports()

AbortSignal.timeout = (delay) => {
  const controller = new AbortController()
  const reason = () => new DOMException('The operation was aborted due to timeout', 'TimeoutError')
  simulatedSetTimeout(() => controller.abort(reason()), delay).unref()
  return controller.signal
}
