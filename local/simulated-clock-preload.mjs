/**
 * Loaded into a child process before its main module (`node --import <this file>?…`): puts the child on
 * simulated time and tells the parent's SimulatedClock, over the IPC channel, when the child has nothing
 * left to do but wait. The protocol is described in simulated-clock-child.ts.
 *
 * Simulated: timers, Date, performance.now, process.hrtime, AbortSignal.timeout, timers/promises.setTimeout.
 * Real: setImmediate, the timers of `node:timers`, and everything inside Node itself but undici.
 */
import { AsyncResource } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import { syncBuiltinESMExports } from 'node:module'
import timersPromises from 'node:timers/promises'
import { promisify } from 'node:util'

const parameters = new URL(import.meta.url).searchParams
const name = parameters.get('name') ?? 'child'
const start = Number(parameters.get('now'))
let now = start

const channel = process.channel
const send = process.send.bind(process)
process.send = undefined // on a runner there is none

const realSetImmediate = globalThis.setImmediate
const realSetTimeout = globalThis.setTimeout
const realClearTimeout = globalThis.clearTimeout
const realClearInterval = globalThis.clearInterval

// ---------------------------------------------------------------------------------------------- timers

const LONGEST_DELAY = 2 ** 31 - 1
const timers = new Set()
const timersById = new Map()
let created = 0
let refed = 0

class Timeout {
  #callback
  #arguments
  #repeats
  #delay
  #refed = true
  #id
  #resource = new AsyncResource('Timeout')

  constructor(callback, delay, args, repeats) {
    if (typeof callback !== 'function') {
      const error = new TypeError(
        `The "callback" argument must be of type function. Received ${typeof callback}`,
      )
      error.code = 'ERR_INVALID_ARG_TYPE'
      throw error
    }
    const milliseconds = Math.trunc(Number(delay))
    this.#delay = milliseconds >= 1 && milliseconds <= LONGEST_DELAY ? milliseconds : 1
    this.#callback = callback
    this.#arguments = args
    this.#repeats = repeats
    this.#schedule()
  }

  ref() {
    if (!this.#refed) {
      this.#refed = true
      if (timers.has(this)) countRefed(1)
    }
    return this
  }

  unref() {
    if (this.#refed) {
      this.#refed = false
      if (timers.has(this)) countRefed(-1)
    }
    return this
  }

  hasRef() {
    return this.#refed
  }

  refresh() {
    // A timer that was cleared stays cleared, one that has fired runs again: as in Node.
    if (this.#callback) this.#schedule()
    return this
  }

  close() {
    this.#callback = undefined
    this.#remove()
    if (this.#id !== undefined) timersById.delete(this.#id)
    return this
  }

  /** Called by the clock; not part of Node's Timeout. */
  fire() {
    this.#remove()
    if (this.#repeats) this.#schedule()
    this.#resource.runInAsyncScope(this.#callback, this, ...this.#arguments)
  }

  /**
   * The half-second tick of undici's own timers. While no request is in flight all it can do is close idle
   * connections, which nobody waits for, so it need not be an event of its own.
   */
  get isConnectionUpkeep() {
    return !this.#refed && this.#delay === 499 && this.#callback?.name === 'onTick'
  }

  [Symbol.toPrimitive]() {
    this.#id ??= this.order
    timersById.set(this.#id, this)
    return this.#id
  }

  [Symbol.dispose]() {
    this.close()
  }

  #schedule() {
    this.due = now + this.#delay
    this.order = ++created
    if (!timers.has(this)) {
      timers.add(this)
      if (this.#refed) countRefed(1)
    }
    touch()
  }

  #remove() {
    if (!timers.delete(this)) return
    if (this.#refed) countRefed(-1)
    touch()
  }
}

/** The IPC channel stands in for the timers: it keeps the process alive exactly while one of them would. */
function countRefed(change) {
  const before = refed
  refed += change
  if (before === 0 && refed === 1) channel.ref()
  else if (before === 1 && refed === 0) channel.unref()
}

function earliest(among) {
  let first
  for (const timer of timers) {
    if (!among(timer)) continue
    if (!first || timer.due < first.due || (timer.due === first.due && timer.order < first.order)) {
      first = timer
    }
  }
  return first
}

const clear = (real) => (timer) => {
  if (timer instanceof Timeout) timer.close()
  else if (typeof timer === 'object' && timer !== null) real(timer)
  else timersById.get(Number(timer))?.close()
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
globalThis.clearTimeout = clear(realClearTimeout)
globalThis.clearInterval = clear(realClearInterval)
timersPromises.setTimeout = promisedSetTimeout
syncBuiltinESMExports()

AbortSignal.timeout = (delay) => {
  const controller = new AbortController()
  const reason = () => new DOMException('The operation was aborted due to timeout', 'TimeoutError')
  simulatedSetTimeout(() => controller.abort(reason()), delay).unref()
  return controller.signal
}

// ----------------------------------------------------------------------------------------- the time itself

const RealDate = Date
RealDate.now = () => now
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now] : args, newTarget),
  apply: (target) => new target(now).toString(),
})
RealDate.prototype.constructor = globalThis.Date

const sinceStart = () => now - start + 50
Object.defineProperty(performance, 'now', { value: sinceStart, configurable: true, writable: true })
process.hrtime = Object.assign(
  (earlier) => {
    const nanoseconds = BigInt(sinceStart()) * 1_000_000n
    const since = earlier ? BigInt(earlier[0]) * 1_000_000_000n + BigInt(earlier[1]) : 0n
    const difference = nanoseconds - since
    return [Number(difference / 1_000_000_000n), Number(difference % 1_000_000_000n)]
  },
  { bigint: () => BigInt(sinceStart()) * 1_000_000n },
)

// -------------------------------------------------------------------------------------------- HTTP requests

const inFlight = new Map()
let requests = 0

function requestStarted(request) {
  const id = `${name}-${++requests}`
  inFlight.set(request, id)
  unsettled.add(request)
  launching = undefined
  touch()
  return id
}

function requestEnded(request) {
  unsettled.delete(request)
  if (inFlight.delete(request)) touch()
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/

// Node's fetch, and any undici that was bundled with the action.
subscribe('undici:request:create', ({ request }) => {
  const id = requestStarted(request)
  if (LOOPBACK.test(new URL(request.origin).hostname)) request.addHeader('x-simulated-request', id)
})
subscribe('undici:request:headers', touch)
subscribe('undici:request:trailers', ({ request }) => requestEnded(request))
subscribe('undici:request:error', ({ request }) => requestEnded(request))

// Requests that are made at the same moment go out one after the other, each when the one before it was
// answered or held, so that they reach the servers in the same order every time.
const realFetch = globalThis.fetch
const queue = []
/** Requests of which it is not known that they were held. */
const unsettled = new Set()
/** Stands for the request that was let go last, until it is on its way. */
let launching

globalThis.fetch = async function fetch(input, init) {
  if (launching || unsettled.size > 0 || queue.length > 0) {
    countRefed(1)
    await new Promise((resolve) => queue.push(resolve))
  }
  const me = {}
  launching = me
  try {
    return await realFetch(input, init)
  } finally {
    if (launching === me) launching = undefined
    touch()
  }
}

/** Lets the next request go, if there is one. */
function letGo() {
  const go = queue.shift()
  if (!go) return false
  countRefed(-1)
  launching = go
  go()
  touch()
  return true
}

// node:http and node:https.
subscribe('http.client.request.created', ({ request }) => {
  const id = requestStarted(request)
  if (LOOPBACK.test(request.host) && !request.headersSent)
    request.setHeader('x-simulated-request', id)
  request.once('close', () => requestEnded(request))
})

// --------------------------------------------------------------------------------------------- work going on

/** Handles that wait for somebody else. Whatever else Node lists is work of this process. */
const WAITING = new Set(
  'PipeWrap TCPSocketWrap TCPServerWrap TTYWrap TLSWrap SignalWrap UDPWrap UDPWRAP'.split(' '),
)
const compressing = new Set()
let signalsUnderWay = 0

function work() {
  const kinds = process.getActiveResourcesInfo().filter((kind) => !WAITING.has(kind))
  if (firing > 0) kinds.push('timers due')
  if (signalsUnderWay > 0) kinds.push('signal')
  for (const stream of compressing) {
    if (!stream.destroyed && stream.readableLength < stream.readableHighWaterMark)
      kinds.push('zlib')
  }
  return kinds
}

// Node does not list what zlib does in its threads.
const zlib = process.getBuiltinModule('node:zlib')
const compression = Object.getPrototypeOf(Object.getPrototypeOf(zlib.Gzip.prototype))
const { _transform: transform } = compression
compression._transform = function _transform(chunk, encoding, callback) {
  compressing.add(this)
  transform.call(this, chunk, encoding, (...result) => {
    compressing.delete(this)
    callback(...result)
  })
}

// ------------------------------------------------------------------------------------------------------ idle

/** So many turns of the event loop without anything happening are taken for "nothing left to do". */
const QUIET_TURNS = 3
const BUSY_TURNS_BEFORE_SLOWING_DOWN = 500

let settling = false
let quiet = 0
let busyTurns = 0
let seen = 0
let lastReport = ''

/** Something happened: look again for the moment when nothing does. */
function touch() {
  quiet = 0
  if (settling) return
  settling = true
  realSetImmediate(turn)
}

function turn() {
  const kinds = work()
  if (kinds.length > 0) {
    quiet = 0
    if (++busyTurns === BUSY_TURNS_BEFORE_SLOWING_DOWN) post({ type: 'busy', work: kinds })
    if (busyTurns < BUSY_TURNS_BEFORE_SLOWING_DOWN) realSetImmediate(turn)
    else realSetTimeout(turn, 1).unref()
    return
  }
  busyTurns = 0
  if (++quiet < QUIET_TURNS) {
    realSetImmediate(turn)
    return
  }
  settling = false
  report()
}

function report() {
  // Nothing keeps this process: it is about to exit, as it would on a runner. Timers without ref do not fire.
  if (refed === 0 && inFlight.size === 0) return
  if (unsettled.size === 0 && letGo()) return
  const next = earliest((timer) => inFlight.size > 0 || !timer.isConnectionUpkeep)
  const due = queue.length > 0 ? now : (next?.due ?? null)
  const message = { type: 'idle', seen, inFlight: [...inFlight.values()], next: due }
  const text = JSON.stringify(message)
  if (text === lastReport) return
  lastReport = text
  post(message)
}

function post(message) {
  if (process.connected) send(message, undefined, undefined, () => {})
}

// -------------------------------------------------------------------------------------- what the parent says

/** How many timers are yet to fire. */
let firing = 0

const handlers = {
  time: ({ seq }) => post({ type: 'ack', seq }),
  check: () => {},
  advance: () => {
    upkeep()
    unsettled.clear() // Time goes on only when all requests are held.
    if (!letGo()) fireDue()
  },
  signal: ({ signal }) => deliver(signal),
}

process.on('message', (message) => {
  now = message.now
  handlers[message.type](message)
  if (message.type === 'time') return
  seen = message.seq
  touch()
})
process.on('disconnect', () => {
  process.stderr.write('The simulated clock is gone.\n')
  process.exit(70)
})
process.on('exit', () => post({ type: 'exit', maxRss: process.resourceUsage().maxRSS }))

function upkeep() {
  for (;;) {
    const timer = earliest((candidate) => candidate.isConnectionUpkeep && candidate.due < now)
    if (!timer) return
    const present = now
    now = timer.due
    timer.fire()
    now = present
  }
}

/** All in one turn of the event loop, and what each one resolved is carried on with before the next: as in Node. */
function fireDue() {
  firing = [...timers].filter((timer) => timer.due <= now).length
  for (let i = 0; i < firing; i += 1) realSetImmediate(fireNext)
}

function fireNext() {
  firing -= 1
  touch()
  earliest((timer) => timer.due <= now)?.fire()
}

function deliver(signal) {
  if (process.listenerCount(signal) === 0) {
    process.kill(process.pid, signal)
  } else if (process.platform === 'win32') {
    process.emit(signal, signal)
  } else {
    signalsUnderWay += 1
    process.once(signal, () => {
      signalsUnderWay -= 1
      touch()
    })
    process.kill(process.pid, signal)
  }
}

// ------------------------------------------------------------------------------------- start

// The main module starts when the parent says `advance` for the first time: children start one after the other.
const mayStart = new Promise((resolve) => process.once('message', resolve))
post({ type: 'idle', seen, inFlight: [], next: now })
await mayStart
channel.unref()
