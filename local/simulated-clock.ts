import { clearTimeout, setImmediate as nextTurn, setTimeout as realTimeout } from 'node:timers'
import type { Clock } from './clock.ts'
import { ChildParticipant } from './simulated-clock-child.ts'
import {
  InProcessParticipant,
  type LocalParticipant,
  type Participant,
} from './simulated-clock-participant.ts'

/** When simulated time starts unless told otherwise. */
export const SIMULATED_START = Date.UTC(2026, 0, 5, 9)

/** So many turns of the event loop without anything happening are taken for "nothing left to do". */
const QUIET_TURNS = 3

/** Work of this process that is still to come back, as Node names it. */
const WORK = new Set(['FSReqCallback', 'FSReqPromise', 'GetAddrInfoReqWrap'])

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
 * Time that runs only while everybody waits: a discrete-event simulation over several processes.
 *
 * The local servers live in this process and use it as their `Clock`. Those they serve are *participants*:
 * child processes (`child`) and code in this process (`participant`). When every participant is idle and all
 * their requests are held (`hold`), time jumps to whatever is due next, the one that is due is woken, and so
 * on. Of several things due at the same moment the servers' come first, then the participants', in the order
 * they joined, one after the other: the same run always takes the same course.
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
  #heldBefore = new Set<string>()
  #heldAgain = new Set<string>()
  #quiet = 0
  #settling = false
  #advancing = false
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
    // Held again: a part of the answer may be on its way, which the requester has to deal with first.
    if (this.#heldBefore.has(requestId)) this.#heldAgain.add(requestId)
    this.#heldBefore.add(requestId)
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

  /** A participant in this process, for tests that run source code without a child process. */
  participant(name = `local${++this.#joined}`): LocalParticipant {
    const participant = new InProcessParticipant(name, this.#surroundings)
    this.#join(participant)
    return participant
  }

  /**
   * A place for a child process. Time waits from now on, until the process that is attached to it has exited.
   */
  child(name = `child${++this.#joined}`): ChildParticipant {
    const participant = new ChildParticipant(name, this.#surroundings)
    this.#join(participant)
    return participant
  }

  /** What everybody is waiting for, for a person to read. */
  describe(): string {
    const lines = this.#participants.map((participant) => {
      const requests = (participant.inFlight() ?? []).map(
        (id) => `${id} (${this.#held.has(id) ? 'held by the server' : 'not yet answered'})`,
      )
      const next = participant.next()
      return [
        `${participant.name} is ${participant.describe()}`,
        `in flight: ${requests.join(', ') || 'nothing'}`,
        `next timer: ${next === null ? 'none' : `${(next - this.start) / 1000} s`}`,
      ].join('; ')
    })
    return [`Simulated time is ${this.elapsedSeconds} s.`, ...lines].join('\n')
  }

  #surroundings = {
    now: () => this.#now,
    touch: () => this.#touch(),
    leave: (participant: Participant) => {
      this.#participants = this.#participants.filter((other) => other !== participant)
      this.#touch()
    },
  }

  #join(participant: Participant): void {
    this.#participants.push(participant)
    if (this.failure) participant.fail(this.failure)
    this.#touch()
  }

  /** Something happened: look again for the moment when nothing does. */
  #touch(): void {
    this.#quiet = 0
    clearTimeout(this.#stall)
    if (this.#settling || this.failure) return
    this.#settling = true
    nextTurn(this.#turn)
  }

  #turn = (): void => {
    const working = process.getActiveResourcesInfo().some((kind) => WORK.has(kind))
    this.#quiet = working ? 0 : this.#quiet + 1
    if (this.#quiet < QUIET_TURNS) {
      nextTurn(this.#turn)
      return
    }
    this.#settling = false
    if (!this.#advancing) this.#advance()
  }

  #advance(): void {
    const waiting = this.#participants.filter((participant) => participant.present())
    if (waiting.length === 0 || this.failure) return
    this.#recheck(waiting)
    const everybodyWaits = waiting.every((participant) =>
      participant.inFlight()?.every((id) => this.#held.has(id)),
    )
    if (!everybodyWaits) {
      this.#watchForStall()
      return
    }
    const event = this.#events.toSorted((a, b) => a.time - b.time)[0]
    const sleeper = waiting
      .filter((participant) => participant.next() !== null)
      .toSorted((a, b) => dueTime(a) - dueTime(b))[0]
    if (event && (!sleeper || event.time <= dueTime(sleeper))) {
      void this.#jump(event.time, waiting, () => {
        this.#events = this.#events.filter((other) => other !== event)
        event.fire()
      })
    } else if (sleeper) {
      const others = waiting.filter((participant) => participant !== sleeper)
      void this.#jump(dueTime(sleeper), others, () => sleeper.advance())
    } else {
      this.#fail('Deadlock: everybody waits, and nothing is ever due.')
    }
  }

  /** By now every part of an answer that was written before its request was held again is on its way. */
  #recheck(participants: Participant[]): void {
    for (const id of this.#heldAgain) {
      for (const participant of participants) {
        if (participant.inFlight()?.includes(id) ?? true) participant.recheck()
      }
    }
    this.#heldAgain.clear()
  }

  async #jump(time: number, others: Participant[], then: () => void): Promise<void> {
    this.#advancing = true
    this.#now = Math.max(this.#now, time)
    await Promise.all(others.map((participant) => participant.noteTime()))
    this.#advancing = false
    then()
    this.#touch()
  }

  #watchForStall(): void {
    this.#stall = realTimeout(() => {
      this.#fail(`Nothing has happened for ${this.#stallAfter / 1000} real seconds.`)
    }, this.#stallAfter)
    this.#stall.unref()
  }

  #fail(reason: string): void {
    this.failure = new Error(`The simulated clock gives up. ${reason}\n${this.describe()}`)
    for (const participant of this.#participants) participant.fail(this.failure)
  }
}

function dueTime(participant: Participant): number {
  return participant.next() ?? Number.POSITIVE_INFINITY
}
