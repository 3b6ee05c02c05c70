import { clearTimeout, setImmediate as nextTurn, setTimeout as realTimeout } from 'node:timers'
import type { Clock } from './clock.ts'
import { Participant } from './simulated-clock-participant.ts'

/** When simulated time starts unless told otherwise. */
export const SIMULATED_START = Date.UTC(2026, 0, 5, 9)

/** So many turns of the event loop without anything happening are taken for "nothing left to do". */
const QUIET_TURNS = 3

/** Work of this process that is still to come back, as Node names it. */
const WORK = new Set(['FSReqCallback', 'FSReqPromise', 'CloseReq', 'GetAddrInfoReqWrap'])

/** So many turns in a row look for such work to be done. Later looks leave the processor to it for a millisecond each. */
const BUSY_TURNS = 100

/** Real milliseconds after which a deadlock is one: Node does not tell of everything that is still to come back. */
const deadlockAfter = 1_000

export interface SimulatedClockOptions {
  /** Milliseconds since the epoch. */
  start?: number
  /** Real seconds without any progress after which the clock gives up with an explanation. */
  stallAfterSeconds?: number
}

interface Event {
  time: number
  fire: () => void
}

/**
 * Time that advances only while everybody waits: a discrete-event simulation.
 *
 * The local servers use it as their `Clock`. The code that they serve takes part as a *participant*, which hands it a
 * clock and a `fetch`. When no participant is busy and all their requests are held (`hold`), time jumps to the next
 * event, that event happens, and so on. Of several events at the same moment the servers' come first, then the
 * participants', in the order in which they joined: the same run always takes the same course.
 */
export class SimulatedClock implements Clock {
  readonly start: number
  /** Why time has stopped for good, if it has. */
  failure: Error | undefined

  #now: number
  #stallAfter: number
  #participants: Participant[] = []
  #joined = 0
  #events: Event[] = []
  #held = new Map<string, number>()
  #quiet = 0
  #busy = 0
  #settling = false
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

  /** Lets time pass while nobody takes part. */
  pass(milliseconds: number): void {
    if (this.#participants.length > 0) throw new Error('Somebody takes part, for whom time waits.')
    this.#now += milliseconds
  }

  sleepUntil(time: number): Promise<void> {
    if (time <= this.#now) return Promise.resolve()
    return new Promise((resolve) => {
      this.at(time, resolve)
    })
  }

  /** Calls back at that time (milliseconds since the epoch). Call the result to call it off. */
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

  /** Adds a participant, for whom time waits until it has left. */
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

  /** What everybody is waiting for, for a person to read. */
  describe(): string {
    const lines = this.#participants.map((participant) => {
      const requests = participant.inFlight.map(
        (id) => `${id} (${this.#held.has(id) ? 'held by the server' : 'not yet answered'})`,
      )
      const { next } = participant
      return [
        `${participant.name} is ${participant.describe()}`,
        `in flight: ${requests.join(', ') || 'nothing'}`,
        `next timer: ${next === null ? 'none' : `${(next - this.start) / 1000} s`}`,
      ].join('; ')
    })
    return [`Simulated time is ${this.elapsedSeconds} s.`, ...lines].join('\n')
  }

  /** Something happened: look again for the moment when nothing does. */
  #touch(): void {
    this.#quiet = 0
    clearTimeout(this.#stall)
    if (this.#settling || this.failure) return
    this.#settling = true
    nextTurn(this.#turn)
  }

  /** Waits for quiet turns, but only if nobody is busy: whoever gets ready calls {@link #touch}. */
  #turn = (): void => {
    if (this.#participants.some((one) => one.isWaitedFor && !one.isIdle)) {
      this.#settling = false
      this.#advance()
      return
    }
    const working = process.getActiveResourcesInfo().some((kind) => WORK.has(kind))
    this.#busy = working ? this.#busy + 1 : 0
    this.#quiet = working ? 0 : this.#quiet + 1
    if (this.#busy > BUSY_TURNS) {
      realTimeout(this.#turn, 1)
      return
    }
    if (this.#quiet < QUIET_TURNS) {
      nextTurn(this.#turn)
      return
    }
    this.#settling = false
    this.#advance()
  }

  #advance(): void {
    const waiting = this.#participants.filter((participant) => participant.isWaitedFor)
    if (waiting.length === 0 || this.failure) return
    if (waiting.some((participant) => participant.letGo())) return
    if (!waiting.every((participant) => participant.isIdle)) {
      this.#failAfter(
        this.#stallAfter,
        `Nothing has happened for ${this.#stallAfter / 1000} real seconds.`,
      )
      return
    }
    const event = this.#events.toSorted((a, b) => a.time - b.time)[0]
    const sleeper = waiting
      .filter(({ next }) => next !== null)
      .toSorted((a, b) => dueTime(a) - dueTime(b))[0]
    if (event && (!sleeper || event.time <= dueTime(sleeper))) {
      this.#now = Math.max(this.#now, event.time)
      this.#events = this.#events.filter((other) => other !== event)
      event.fire()
      this.#touch()
    } else if (sleeper) {
      this.#now = Math.max(this.#now, dueTime(sleeper))
      sleeper.advance()
      this.#touch()
    } else {
      this.#failAfter(deadlockAfter, 'Deadlock: everybody waits, and nothing is ever due.')
    }
  }

  /** Gives up unless something happens until then. */
  #failAfter(milliseconds: number, reason: string): void {
    this.#stall = realTimeout(() => this.#fail(reason), milliseconds)
    this.#stall.unref()
  }

  #fail(reason: string): void {
    this.failure = new Error(`The simulated clock gives up. ${reason}\n${this.describe()}`)
    for (const participant of this.#participants) participant.fail(this.failure)
  }
}

function dueTime(participant: Participant): number {
  return participant.next ?? Number.POSITIVE_INFINITY
}
