import { setImmediate as nextTurn } from 'node:timers'

/** The part of a simulated clock that a participant uses. */
export interface Surroundings {
  now(): number
  /** Whether a server keeps this request waiting on purpose. */
  isHeld(requestId: string): boolean
  /** Reports that something has happened. */
  touch(): void
  leave(): void
}

interface Sleep {
  due: number
  wake: () => void
}

/** The header that tells a local server which request it holds. */
const HEADER = 'x-simulated-request'

/**
 * Code that runs on simulated time. It uses the participant's `now`, `sleep` and `fetch` instead of the machine's, and
 * so the clock knows what the code is waiting for.
 */
export class Participant {
  readonly name: string
  readonly #surroundings: Surroundings
  readonly #sleeps = new Set<Sleep>()
  /** Requests on their way, and how to abort each. */
  readonly #requests = new Map<string, AbortController>()
  /** Requests that wait for their turn. */
  readonly #queue: (() => void)[] = []
  readonly #failed = new AbortController()
  #whenIdle: (() => void)[] = []
  #count = 0
  #working = 0
  #isRunning = false
  #hasLeft = false

  constructor(name: string, surroundings: Surroundings) {
    this.name = name
    this.#surroundings = surroundings
  }

  now = (): number => this.#surroundings.now()

  /** Resolves after `milliseconds`, or at once when the signal aborts. It never rejects. */
  sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    this.#sleepUntil(this.now() + Math.max(1, Math.trunc(milliseconds)), signal)

  /** Resolves when all who started earlier wait. */
  turn(): Promise<void> {
    return this.#sleepUntil(this.now())
  }

  /**
   * Node's `fetch`. Requests that are made at the same moment go out one after the other, each when the one before it
   * was answered or held, so that they always reach the servers in the same order.
   */
  fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    if (this.#queue.length > 0 || !this.#allHeld) {
      await new Promise<void>((resolve) => this.#queue.push(resolve))
    }
    if (this.#hasLeft || this.#failed.signal.aborted) return never()
    return this.#send(request)
  }

  /** Does work of which the clock cannot see that it is still going on, such as compression. */
  async work<Result>(perform: () => Promise<Result>): Promise<Result> {
    const end = this.beginWork()
    try {
      return await perform()
    } finally {
      end()
    }
  }

  /** Makes time wait until the returned function is called. */
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

  /** From now on time waits for it even if it waits for nothing, which is a deadlock. */
  start(): void {
    this.#isRunning = true
  }

  /** Resolves as soon as it has nothing to wait for any more. */
  finish(): Promise<void> {
    this.#isRunning = false
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve)
      this.#touch()
    })
  }

  /** Ends the participation: its sleeps never end, its requests are aborted and never answered. */
  close = (): void => {
    this.#hasLeft = true
    this.#sleeps.clear()
    for (const request of this.#requests.values()) request.abort()
    this.#requests.clear()
    this.#surroundings.leave()
  }

  /** Calls back when the clock has stopped for good. */
  onFailure(callback: (error: Error) => void): void {
    const { signal } = this.#failed
    if (signal.aborted) callback(signal.reason)
    else signal.addEventListener('abort', () => callback(signal.reason), { once: true })
  }

  // ---------------------------------------------------------------------------------------- for the clock

  get isWaitedFor(): boolean {
    return this.#isRunning || this.#working > 0 || this.#waitsForSomething
  }

  get isIdle(): boolean {
    return this.#working === 0 && this.#allHeld
  }

  get inFlight(): string[] {
    return [...this.#requests.keys()]
  }

  /** When its next sleep ends. */
  get next(): number | null {
    return this.#sleeps.size === 0 ? null : Math.min(...[...this.#sleeps].map(({ due }) => due))
  }

  /** Sends the next request of the queue if it is its turn. */
  letGo(): boolean {
    const go = this.#allHeld ? this.#queue.shift() : undefined
    go?.()
    if (go) this.#touch()
    return go !== undefined
  }

  /** Ends the sleeps that are due, as Node does: one after the other, in one turn of the event loop. */
  advance(): void {
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

  describe(): string {
    if (this.#working > 0) return 'busy'
    return this.#waitsForSomething ? 'idle' : 'not waiting for anything'
  }

  // ---------------------------------------------------------------------------------------------- private

  get #allHeld(): boolean {
    return this.inFlight.every((id) => this.#surroundings.isHeld(id))
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

  /** Sends a request and receives the whole answer, which is when the request is over. */
  async #send(request: Request): Promise<Response> {
    const id = `${this.name}-${++this.#count}`
    const abort = new AbortController()
    this.#requests.set(id, abort)
    this.#touch()
    try {
      request.headers.set(HEADER, id)
      const signal = AbortSignal.any([request.signal, abort.signal])
      const response = await received(await globalThis.fetch(request, { signal }))
      return this.#hasLeft ? never() : response
    } catch (error) {
      if (this.#hasLeft) return never()
      throw error
    } finally {
      this.#requests.delete(id)
      this.#touch()
    }
  }

  #touch(): void {
    if (!this.#isRunning && this.#working === 0 && !this.#waitsForSomething) {
      for (const resolve of this.#whenIdle.splice(0)) resolve()
    }
    this.#surroundings.touch()
  }
}

/** Promises nothing: the code that waits for it is never run again. */
const never = (): Promise<never> => new Promise(() => {})

/** Reads an answer to its end, and returns one with the same content. A body that breaks off breaks off there, too. */
async function received(response: Response): Promise<Response> {
  if (response.body === null) return response
  const chunks: Uint8Array[] = []
  let broken: { error: unknown } | null = null
  try {
    for await (const chunk of response.body) chunks.push(chunk)
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
