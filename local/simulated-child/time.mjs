/** The simulated time of this process, in milliseconds since the epoch, and the Date and the clocks that tell it. */
export const time = { now: 0, start: 0 }

const RealDate = Date
RealDate.now = () => time.now
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [time.now] : args, newTarget),
  apply: (target) => new target(time.now).toString(),
})
RealDate.prototype.constructor = globalThis.Date

const sinceStart = () => time.now - time.start + 50
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
