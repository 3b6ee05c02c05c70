import { setImmediate as nextTurn } from 'node:timers'

/** The part of a simulated clock that a participant uses. */
export interface ParticipantClock {
  /** Simulated time, in milliseconds since the epoch. */
  now(): number
  /** Whether a server delays the response to this request on purpose. */
  isHeld(requestId: string): boolean
  /** Notifies the clock that the state of the participant has changed. */
  touch(): void
  /** Removes the participant from the clock. */
  leave(): void
}

interface Sleep {
  /** Milliseconds since the epoch. */
  due: number
  wake: () => void
}

/** The request header with the id by which a local server can hold the request. */
const HEADER = 'x-simulated-request'

/**
 * A program that runs on simulated time. It uses the participant's `now`, `sleep` and `fetch` instead of the machine's.
 * The clock therefore knows every sleep and every request that the program waits for.
 */
export class Participant {
  readonly name: string
  readonly #clock: ParticipantClock
  readonly #sleeps = new Set<Sleep>()
  /** Requests without a complete response, by id, each with the controller that aborts it. */
  readonly #requests = new Map<string, AbortController>()
  /** Functions that send the requests in the queue, oldest first. */
  readonly #queue: (() => void)[] = []
  readonly #failed = new AbortController()
  #whenIdle: (() => void)[] = []
  #count = 0
  #working = 0
  #isRunning = false
  #hasLeft = false

  constructor(name: string, clock: ParticipantClock) {
    this.name = name
    this.#clock = clock
  }

  now = (): number => this.#clock.now()

  /** Resolves after `milliseconds` of simulated time, or when the signal aborts. It never rejects. */
  sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    this.#sleepUntil(this.now() + Math.max(1, Math.trunc(milliseconds)), signal)

  /** Resolves, without advancing time, when every other participant waits. Those that joined earlier resume first. */
  waitForOthers(): Promise<void> {
    return this.#sleepUntil(this.now())
  }

  /**
   * Node's `fetch`, with a queue. A request is sent when each earlier request has its response or is held by a server.
   * The order in which requests reach the servers is therefore always the same.
   */
  fetch: typeof globalThis.fetch = async (input, init) => {
    if (this.#queue.length > 0 || !this.#allHeld) {
      await new Promise<void>((resolve) => this.#queue.push(resolve))
    }
    if (this.#hasLeft || this.#failed.signal.aborted) return never()
    return this.#send(input, init)
  }

  /** Stops simulated time until `perform` ends. It is for work that the clock does not know about, such as compression. */
  async work<Result>(perform: () => Promise<Result>): Promise<Result> {
    const end = this.beginWork()
    try {
      return await perform()
    } finally {
      end()
    }
  }

  /** Stops simulated time until the returned function is called. */
  beginWork(): () => void {
    let ended = false
    this.#working += 1
    return () => {
      if (ended) return
      ended = true
      this.#working -= 1
      this.#touch()
    }
  }

  /** Marks the program as running. Until `finish` is called, a program that waits for nothing is a deadlock. */
  start(): void {
    this.#isRunning = true
  }

  /** Marks the program as ended. Resolves when no sleep, request or work is pending. */
  finish(): Promise<void> {
    this.#isRunning = false
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve)
      this.#touch()
    })
  }

  /** Removes the participant from the clock. Its sleeps and requests never resolve; open requests are aborted. */
  close = (): void => {
    this.#hasLeft = true
    this.#sleeps.clear()
    for (const request of this.#requests.values()) request.abort()
    this.#requests.clear()
    this.#clock.leave()
  }

  /** Calls the function with the clock's error when the clock fails, or immediately if it has failed before. */
  onFailure(callback: (error: Error) => void): void {
    const { signal } = this.#failed
    if (signal.aborted) callback(signal.reason)
    else signal.addEventListener('abort', () => callback(signal.reason), { once: true })
  }

  // ---------------------------------------------------------------------------------------- for the clock

  /** Whether the clock has to consider the participant before it advances time. */
  get isActive(): boolean {
    return this.#isRunning || this.#working > 0 || this.#waitsForSomething
  }

  /** Whether time may advance: no work is in progress, and servers hold all requests that were sent. */
  get isIdle(): boolean {
    return this.#working === 0 && this.#allHeld
  }

  /** Ids of the requests without a complete response. */
  get inFlight(): string[] {
    return [...this.#requests.keys()]
  }

  /** The end of the next sleep, in milliseconds since the epoch. `null`: there is none. */
  get nextWake(): number | null {
    return this.#sleeps.size === 0 ? null : Math.min(...[...this.#sleeps].map(({ due }) => due))
  }

  /** Sends the first request of the queue if servers hold all earlier ones. Returns whether it sent one. */
  sendNextQueued(): boolean {
    const send = this.#allHeld ? this.#queue.shift() : undefined
    send?.()
    if (send) this.#touch()
    return send !== undefined
  }

  /** Ends the sleeps that are due, in the order of their times. Node's timers have the same order. */
  wakeSleeps(): void {
    const due = [...this.#sleeps]
      .filter((sleep) => sleep.due <= this.now())
      .toSorted((a, b) => a.due - b.due)
    for (const sleep of due) {
      const end = this.beginWork()
      nextTurn(() => {
        if (this.#sleeps.has(sleep)) sleep.wake()
        end()
      })
    }
  }

  fail(error: Error): void {
    this.#failed.abort(error)
  }

  /** Returns `busy`, `idle` or `not waiting for anything`. */
  describe(): string {
    if (this.#working > 0) return 'busy'
    return this.#waitsForSomething ? 'idle' : 'not waiting for anything'
  }

  // ---------------------------------------------------------------------------------------------- private

  get #allHeld(): boolean {
    return this.inFlight.every((id) => this.#clock.isHeld(id))
  }

  get #waitsForSomething(): boolean {
    return this.#sleeps.size + this.#requests.size + this.#queue.length > 0
  }

  #sleepUntil(due: number, signal?: AbortSignal): Promise<void> {
    if (this.#hasLeft) return never()
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const wake = () => {
        this.#sleeps.delete(sleep)
        signal?.removeEventListener('abort', wake)
        this.#touch()
        resolve()
      }
      const sleep: Sleep = { due, wake }
      signal?.addEventListener('abort', wake, { once: true })
      this.#sleeps.add(sleep)
      this.#touch()
    })
  }

  /** Sends a request and resolves when its whole response was received. */
  async #send(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
    const id = `${this.name}-${++this.#count}`
    const given = input instanceof Request ? input : undefined
    const headers = new Headers(init?.headers ?? given?.headers)
    headers.set(HEADER, id)
    const abort = new AbortController()
    const unlink = abortWith(init?.signal ?? given?.signal, abort)
    this.#requests.set(id, abort)
    this.#touch()
    try {
      const { signal } = abort
      const response = await bufferBody(await globalThis.fetch(input, { ...init, headers, signal }))
      return this.#hasLeft ? never() : response
    } catch (error) {
      if (this.#hasLeft) return never()
      throw error
    } finally {
      unlink()
      this.#requests.delete(id)
      this.#touch()
    }
  }

  #touch(): void {
    if (!this.#isRunning && this.#working === 0 && !this.#waitsForSomething) {
      for (const resolve of this.#whenIdle.splice(0)) resolve()
    }
    this.#clock.touch()
  }
}

/** Returns a promise that never resolves. */
const never = (): Promise<never> => new Promise(() => {})

/** Aborts the controller when the signal aborts. Returns a function that cancels this. */
function abortWith(
  signal: AbortSignal | null | undefined,
  controller: AbortController,
): () => void {
  if (!signal) return () => {}
  const abort = () => controller.abort(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  return () => signal.removeEventListener('abort', abort)
}

/**
 * Reads the whole body and returns a response with the same content. If reading fails, the returned body yields the
 * same bytes and then the same error.
 */
async function bufferBody(response: Response): Promise<Response> {
  if (response.body === null) return response
  const chunks: Uint8Array[] = []
  let broken: { error: unknown } | null = null
  try {
    const reader = response.body.getReader()
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      chunks.push(read.value)
    }
  } catch (error) {
    broken = { error }
  }
  const body = new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk) controller.enqueue(chunk)
      else if (broken) controller.error(broken.error)
      else controller.close()
    },
  })
  return new Response(body, response)
}
