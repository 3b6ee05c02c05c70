import { clearTimeout, setImmediate as nextTurn, setTimeout as realTimeout } from 'node:timers'
import type { Clock } from './clock.ts'
import { Participant } from './simulated-clock-participant.ts'

/** The default start of simulated time, in milliseconds since the epoch. */
export const SIMULATED_START = Date.UTC(2026, 0, 5, 9)

/** Number of iterations of the event loop without an event after which the process is considered idle. */
const QUIET_TURNS = 3

/** Pending operations of this process during which time does not advance, by the names of `process.getActiveResourcesInfo()`. */
const PENDING_OPERATIONS = new Set([
  'FSReqCallback',
  'FSReqPromise',
  'CloseReq',
  'GetAddrInfoReqWrap',
])

/** Number of iterations of the event loop that poll for the end of such operations. After them, the clock polls each millisecond. */
const BUSY_TURNS = 100

/** Real milliseconds before the clock reports a deadlock. It waits because Node does not list every pending operation. */
const DEADLOCK_AFTER = 1_000

export interface SimulatedClockOptions {
  /** Start of simulated time, in milliseconds since the epoch. */
  start?: number
  /** Real seconds without an event after which the clock fails, with a description of every participant. */
  stallAfterSeconds?: number
}

interface Event {
  time: number
  fire: () => void
}

/**
 * A clock that advances only while every program waits: a discrete-event simulation.
 *
 * The local servers use it as their `Clock`. Each program that sends them requests is a *participant*, and uses the
 * participant's clock and `fetch`. When no participant is busy and servers hold all requests, time advances to the next
 * event. If several events are due at the same time, those of the servers come first. Those of the participants follow,
 * in the order in which they joined. The same run therefore always has the same order of events.
 */
export class SimulatedClock implements Clock {
  readonly start: number
  /** The error with which the clock failed. Time does not advance after it. */
  failure: Error | undefined

  #now: number
  #stallAfter: number
  #participants: Participant[] = []
  #joined = 0
  #events: Event[] = []
  #held = new Map<string, number>()
  #quiet = 0
  #busy = 0
  #isPolling = false
  #stall: NodeJS.Timeout | undefined

  constructor({ start = SIMULATED_START, stallAfterSeconds = 30 }: SimulatedClockOptions = {}) {
    this.start = start
    this.#now = start
    this.#stallAfter = stallAfterSeconds * 1000
  }

  now(): number {
    return this.#now
  }

  /** Simulated seconds since the start. */
  get elapsedSeconds(): number {
    return (this.#now - this.start) / 1000
  }

  /** Advances time. Throws if there is a participant. */
  pass(milliseconds: number): void {
    if (this.#participants.length > 0) {
      throw new Error('Cannot advance simulated time by hand: the clock has participants.')
    }
    this.#now += milliseconds
  }

  sleepUntil(time: number): Promise<void> {
    if (time <= this.#now) return Promise.resolve()
    return new Promise((resolve) => {
      this.at(time, resolve)
    })
  }

  /** Calls the function at this time, in milliseconds since the epoch. Returns a function that cancels the call. */
  at(time: number, callback: () => void): () => void {
    const event: Event = { time: Math.max(this.#now, Math.ceil(time)), fire: callback }
    this.#events.push(event)
    this.#touch()
    return () => {
      this.#events = this.#events.filter((other) => other !== event)
      this.#touch()
    }
  }

  hold(requestId: string | undefined): () => void {
    if (requestId === undefined) return () => {}
    this.#held.set(requestId, (this.#held.get(requestId) ?? 0) + 1)
    this.#touch()
    let released = false
    return () => {
      if (released) return
      released = true
      const count = (this.#held.get(requestId) ?? 1) - 1
      if (count === 0) this.#held.delete(requestId)
      else this.#held.set(requestId, count)
      this.#touch()
    }
  }

  /** Adds a participant. Until it is closed, time advances only while it waits. */
  participant(name = `participant${++this.#joined}`): Participant {
    const participant = new Participant(name, {
      now: () => this.#now,
      isHeld: (id) => this.#held.has(id),
      touch: () => this.#touch(),
      leave: () => {
        this.#participants = this.#participants.filter((other) => other !== participant)
        this.#touch()
      },
    })
    this.#participants.push(participant)
    if (this.failure) participant.fail(this.failure)
    this.#touch()
    return participant
  }

  /** Returns a text for error messages: the time, and a line for each participant with what it is waiting for. */
  describe(): string {
    const lines = this.#participants.map((participant) => {
      const requests = participant.inFlight.map(
        (id) => `${id} (${this.#held.has(id) ? 'held by the server' : 'not yet answered'})`,
      )
      const { nextWake } = participant
      return [
        `${participant.name} is ${participant.describe()}`,
        `in flight: ${requests.join(', ') || 'nothing'}`,
        `next timer: ${nextWake === null ? 'none' : `${(nextWake - this.start) / 1000} s`}`,
      ].join('; ')
    })
    return [`Simulated time is ${this.elapsedSeconds} s.`, ...lines].join('\n')
  }

  /** Records an event. Time advances when there are no more events. */
  #touch(): void {
    this.#quiet = 0
    clearTimeout(this.#stall)
    if (this.#isPolling || this.failure) return
    this.#isPolling = true
    nextTurn(this.#poll)
  }

  /**
   * Polls until the event loop has no more events, and then advances time. Does not poll while a participant is busy: the
   * participant calls {@link #touch} when it is done.
   */
  #poll = (): void => {
    if (this.#participants.some((one) => one.isActive && !one.isIdle)) {
      this.#isPolling = false
      this.#advance()
      return
    }
    const isPending = process.getActiveResourcesInfo().some((kind) => PENDING_OPERATIONS.has(kind))
    this.#busy = isPending ? this.#busy + 1 : 0
    this.#quiet = isPending ? 0 : this.#quiet + 1
    if (this.#busy > BUSY_TURNS) {
      realTimeout(this.#poll, 1)
      return
    }
    if (this.#quiet < QUIET_TURNS) {
      nextTurn(this.#poll)
      return
    }
    this.#isPolling = false
    this.#advance()
  }

  /** Sends a queued request, or else advances to the next event. Sets a timer that fails the clock if neither is possible. */
  #advance(): void {
    const active = this.#participants.filter((participant) => participant.isActive)
    if (active.length === 0 || this.failure) return
    if (active.some((participant) => participant.sendNextQueued())) return
    if (!active.every((participant) => participant.isIdle)) {
      this.#failAfter(
        this.#stallAfter,
        `Nothing has happened for ${this.#stallAfter / 1000} real seconds.`,
      )
      return
    }
    const event = this.#events.toSorted((a, b) => a.time - b.time)[0]
    const sleeper = active
      .filter(({ nextWake }) => nextWake !== null)
      .toSorted((a, b) => dueTime(a) - dueTime(b))[0]
    if (event && (!sleeper || event.time <= dueTime(sleeper))) {
      this.#now = Math.max(this.#now, event.time)
      this.#events = this.#events.filter((other) => other !== event)
      event.fire()
      this.#touch()
    } else if (sleeper) {
      this.#now = Math.max(this.#now, dueTime(sleeper))
      sleeper.wakeSleeps()
      this.#touch()
    } else {
      this.#failAfter(DEADLOCK_AFTER, 'Deadlock: every participant waits, and no event is due.')
    }
  }

  /** Fails the clock after this number of real milliseconds, unless there is an earlier event. */
  #failAfter(milliseconds: number, reason: string): void {
    this.#stall = realTimeout(() => this.#fail(reason), milliseconds)
    this.#stall.unref()
  }

  #fail(reason: string): void {
    this.failure = new Error(`The simulated clock failed. ${reason}\n${this.describe()}`)
    for (const participant of this.#participants) participant.fail(this.failure)
  }
}

function dueTime(participant: Participant): number {
  return participant.nextWake ?? Number.POSITIVE_INFINITY
}
