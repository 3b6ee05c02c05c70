import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'

/** Somebody whom simulated time waits for: a child process, or code in this process. */
export interface Participant {
  readonly name: string
  /** Whether it has anything to wait for at all; time does not run for those who do not. */
  present(): boolean
  /** The ids of its requests under way when it is idle, `undefined` while it is busy. */
  inFlight(): string[] | undefined
  /** When its next timer is due. */
  next(): number | null
  /** Makes sure that it knows the time before an answer can reach it. */
  noteTime(): Promise<void>
  /** Fires what is due. */
  advance(): void
  /** Makes it say anew whether it is idle. */
  recheck(): void
  /** The clock has stopped for good. */
  fail(error: Error): void
  describe(): string
}

/** What a participant may ask of its clock. */
export interface Surroundings {
  now(): number
  /** Something has happened. */
  touch(): void
  leave(participant: Participant): void
}

/** Code in this process that lives in simulated time. */
export interface LocalParticipant {
  readonly name: string
  now(): number
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  fetch: typeof globalThis.fetch
  /** Ends the participation: its sleeps never end, its requests are not waited for. */
  close(): void
}

interface Sleep {
  due: number
  wake: () => void
  reject: (error: unknown) => void
}

/** A participant for tests that run source code in the test's own process. */
export class InProcessParticipant implements Participant, LocalParticipant {
  readonly name: string
  #surroundings: Surroundings
  #sleeps = new Set<Sleep>()
  #requests = new Map<string, AbortController>()
  #count = 0
  #failure: Error | undefined

  constructor(name: string, surroundings: Surroundings) {
    this.name = name
    this.#surroundings = surroundings
  }

  now = (): number => this.#surroundings.now()

  sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure)
      if (signal?.aborted) return reject(signal.reason)
      const end = (settle: () => void) => {
        this.#sleeps.delete(sleep)
        signal?.removeEventListener('abort', abort)
        this.#surroundings.touch()
        settle()
      }
      const abort = () => end(() => reject(signal?.reason))
      const sleep: Sleep = {
        due: this.now() + Math.max(1, Math.trunc(milliseconds)),
        wake: () => end(resolve),
        reject: (error) => end(() => reject(error)),
      }
      signal?.addEventListener('abort', abort)
      this.#sleeps.add(sleep)
      this.#surroundings.touch()
    })

  fetch: typeof globalThis.fetch = async (input, init) => {
    if (this.#failure) throw this.#failure
    const id = `${this.name}-${++this.#count}`
    const request = new Request(input, init)
    request.headers.set(HEADER, id)
    const failure = new AbortController()
    this.#requests.set(id, failure)
    this.#surroundings.touch()
    try {
      const signal = AbortSignal.any([request.signal, failure.signal])
      return await untilReceived(
        () => globalThis.fetch(request, { signal }),
        () => this.#ended(id),
      )
    } catch (error) {
      this.#ended(id)
      throw error
    }
  }

  close = (): void => {
    this.#sleeps.clear()
    this.#requests.clear()
    this.#surroundings.leave(this)
  }

  present(): boolean {
    return this.#sleeps.size + this.#requests.size > 0
  }

  inFlight(): string[] {
    return [...this.#requests.keys()]
  }

  next(): number | null {
    return this.#sleeps.size === 0 ? null : Math.min(...[...this.#sleeps].map(({ due }) => due))
  }

  async noteTime(): Promise<void> {}

  advance(): void {
    const first = [...this.#sleeps].toSorted((a, b) => a.due - b.due)[0]
    if (first && first.due <= this.now()) first.wake()
  }

  recheck(): void {
    this.#surroundings.touch()
  }

  fail(error: Error): void {
    this.#failure = error
    for (const sleep of [...this.#sleeps]) sleep.reject(error)
    for (const request of this.#requests.values()) request.abort(error)
  }

  describe(): string {
    return this.present() ? 'idle' : 'not waiting for anything'
  }

  #ended(id: string): void {
    if (this.#requests.delete(id)) this.#surroundings.touch()
  }
}

const HEADER = 'x-simulated-request'
const callers = new AsyncLocalStorage<() => void>()
const ends = new WeakMap<object, () => void>()
let listening = false

/** Calls `ended` when undici has received the whole answer, which is later than `fetch` returns. */
function untilReceived(fetch: () => Promise<Response>, ended: () => void): Promise<Response> {
  if (!listening) {
    listening = true
    subscribe('undici:request:create', (message) => {
      const end = callers.getStore()
      if (end) ends.set(requestOf(message), end)
    })
    subscribe('undici:request:trailers', (message) => ends.get(requestOf(message))?.())
    subscribe('undici:request:error', (message) => ends.get(requestOf(message))?.())
  }
  return callers.run(ended, fetch)
}

const requestOf = (message: unknown) => (message as { request: object }).request
