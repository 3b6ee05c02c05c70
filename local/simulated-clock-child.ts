import type { ChildProcess } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { Participant, Surroundings } from './simulated-clock-participant.ts'

/**
 * What a child tells (simulated-clock-preload.mjs). `idle`: nothing left to do but wait for the requests in
 * flight and for its next timer, after everything up to the message number `seen` was acted on.
 */
const fromChild = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('idle'),
    seen: z.number(),
    inFlight: z.array(z.string()),
    next: z.number().nullable(),
  }),
  z.object({ type: z.literal('ack'), seq: z.number() }),
  z.object({ type: z.literal('busy'), work: z.array(z.string()) }),
  z.object({ type: z.literal('exit'), maxRss: z.number() }),
])

/**
 * What it is told. `time`: note the time, answer at once. `advance`: note the time and run the timers that
 * are due. `check`: say again whether you are idle. `signal`: send yourself this signal.
 */
type ToChild =
  | { type: 'time' }
  | { type: 'advance' }
  | { type: 'check' }
  | { type: 'signal'; signal: NodeJS.Signals }

type Idle = { inFlight: string[]; next: number | null }

/**
 * A child process as a participant of a simulated clock. It has its place, and time waits for it, from before
 * the process is started: of several children that are started together none runs ahead of the others.
 */
export class ChildParticipant implements Participant {
  readonly name: string
  /** Peak resident memory in bytes, known once the process has exited in an orderly way. */
  peakRss: number | undefined

  #child: ChildProcess | undefined
  #surroundings: Surroundings
  #sent = 0
  /** Number of the last message that the child must have acted on before its word counts. */
  #mustHaveSeen = 0
  #told = 0
  #idle: Idle | undefined
  #busyWith: string[] = []
  #acknowledged: (() => void) | undefined
  #failure: Error | undefined
  #onFailure: (error: Error) => void = () => {}

  constructor(name: string, surroundings: Surroundings) {
    this.name = name
    this.#surroundings = surroundings
  }

  /** The arguments for Node that put the process on this clock. Spawn it with `'ipc'` in `stdio`. */
  nodeArguments(): string[] {
    const preload = new URL('simulated-clock-preload.mjs', pathToFileURL(import.meta.filename))
    const now = String(this.#surroundings.now())
    preload.search = new URLSearchParams({ name: this.name, now }).toString()
    return ['--import', preload.href]
  }

  /** The process that was spawned with `nodeArguments`; it leaves when it exits. */
  attach(child: ChildProcess, onFailure: (error: Error) => void): void {
    this.#child = child
    this.#onFailure = onFailure
    this.#told = this.#surroundings.now()
    child.on('message', (message) => this.#hear(fromChild.parse(message)))
    child.once('exit', () => this.leave())
    child.once('error', () => this.leave())
    if (this.#failure) this.fail(this.#failure)
  }

  /** Gives up its place. */
  leave(): void {
    this.#acknowledged?.()
    this.#surroundings.leave(this)
  }

  /** Makes the child receive a signal; it counts as busy until it has dealt with it. */
  signal(signal: NodeJS.Signals): void {
    if (signal === 'SIGKILL' || signal === 'SIGSTOP') this.#child?.kill(signal)
    else this.#tell({ type: 'signal', signal })
  }

  present(): boolean {
    return true
  }

  inFlight(): string[] | undefined {
    return this.#idle?.inFlight
  }

  next(): number | null {
    return this.#idle?.next ?? null
  }

  async noteTime(): Promise<void> {
    const needed = this.#told < this.#surroundings.now() && (this.#idle?.inFlight.length ?? 0) > 0
    if (!needed) return
    await new Promise<void>((resolve) => {
      this.#acknowledged = resolve
      this.#send({ type: 'time' })
    })
  }

  advance(): void {
    this.#tell({ type: 'advance' })
  }

  recheck(): void {
    this.#tell({ type: 'check' })
  }

  fail(error: Error): void {
    this.#failure = error
    this.#onFailure(error)
    this.#child?.kill('SIGKILL')
  }

  describe(): string {
    if (!this.#child) return 'not yet started'
    if (this.#idle) return 'idle'
    return this.#busyWith.length > 0 ? `busy with ${this.#busyWith.join(', ')}` : 'busy'
  }

  #hear(message: z.infer<typeof fromChild>): void {
    switch (message.type) {
      case 'idle':
        if (message.seen < this.#mustHaveSeen) return
        this.#idle = { inFlight: message.inFlight, next: message.next }
        this.#busyWith = []
        this.#surroundings.touch()
        return
      case 'ack':
        this.#acknowledged?.()
        return
      case 'busy':
        this.#busyWith = message.work
        return
      case 'exit':
        this.peakRss = message.maxRss * 1024
    }
  }

  #tell(message: ToChild): void {
    this.#send(message)
    this.#mustHaveSeen = this.#sent
    this.#idle = undefined
    this.#surroundings.touch()
  }

  #send(message: ToChild): void {
    this.#told = this.#surroundings.now()
    const numbered = { ...message, seq: ++this.#sent, now: this.#told }
    // A child that is gone has nothing to be told; its exit is noticed by itself.
    if (this.#child?.connected) this.#child.send(numbered, () => {})
    else this.#acknowledged?.()
  }
}
