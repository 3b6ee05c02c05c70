import { AsyncResource } from 'node:async_hooks'
import { touch } from './quiet.mjs'
import { time } from './time.mjs'

const LONGEST_DELAY = 2 ** 31 - 1
const timers = new Set()
const timersById = new Map()
let created = 0

/** What keeps the process alive as Node's own timers would: the IPC channel, which needs a ref for that. */
const channel = process.channel
let refs = 0

export function holdProcess() {
  refs += 1
  if (refs === 1) channel.ref()
}

export function releaseProcess() {
  refs -= 1
  if (refs === 0) channel.unref()
}

export const processIsHeld = () => refs > 0

/** Node's Timeout on simulated time. */
export class Timeout {
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
      if (timers.has(this)) holdProcess()
    }
    return this
  }

  unref() {
    if (this.#refed) {
      this.#refed = false
      if (timers.has(this)) releaseProcess()
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
   * The half-second tick of undici's own timers. All it does is close idle connections, which nobody waits for,
   * until a request has gone unanswered for five minutes; up to then it need not be an event of its own.
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
    this.due = time.now + this.#delay
    this.order = ++created
    if (!timers.has(this)) {
      timers.add(this)
      if (this.#refed) holdProcess()
    }
    touch()
  }

  #remove() {
    if (!timers.delete(this)) return
    if (this.#refed) releaseProcess()
    touch()
  }
}

/** By the number that a Timeout turns into when it is used as one. */
export const timerById = (id) => timersById.get(id)

/** The timer that is due first, among those that the function picks. */
export function earliest(among) {
  let first
  for (const timer of timers) {
    if (!among(timer)) continue
    if (!first || timer.due < first.due || (timer.due === first.due && timer.order < first.order)) {
      first = timer
    }
  }
  return first
}

/** How many timers are due by now. */
export const countDue = () => [...timers].filter((timer) => timer.due <= time.now).length

/** Runs the ticks of undici's timers that were passed over, each at its own time. */
export function catchUpOnUpkeep() {
  const present = time.now
  for (;;) {
    const timer = earliest((candidate) => candidate.isConnectionUpkeep && candidate.due < present)
    if (!timer) break
    time.now = timer.due
    timer.fire()
  }
  time.now = present
}
