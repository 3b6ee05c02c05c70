/**
 * Loaded into a child process before its main module (`node --import <this file>?…`): puts the child on
 * simulated time and tells the parent's SimulatedClock, over the IPC channel, when the child has nothing
 * left to do but wait. The protocol is described in simulated-clock-child.ts.
 *
 * Simulated: timers, Date, performance.now, process.hrtime, AbortSignal.timeout, timers/promises.setTimeout.
 * Real: setImmediate, the timers of `node:timers`, and everything inside Node itself but undici.
 */
import { observe, touch } from './simulated-child/quiet.mjs'
import {
  letGo,
  nameRequests,
  requestsAreQueued,
  requestsAreSettled,
  requestsInFlight,
  settleRequests,
} from './simulated-child/requests.mjs'
import { time } from './simulated-child/time.mjs'
import { catchUpOnUpkeep, countDue, earliest, processIsHeld } from './simulated-child/timeout.mjs'
import './simulated-child/timers.mjs'
import { workGoingOn } from './simulated-child/work.mjs'

const parameters = new URL(import.meta.url).searchParams
nameRequests(parameters.get('name'))
time.start = Number(parameters.get('now'))
time.now = time.start

const channel = process.channel
const send = process.send.bind(process)
process.send = undefined // on a runner there is none

// ---------------------------------------------------------------------------------- what the parent is told

/** Number of the last message that was acted on. */
let seen = 0
let lastReport = ''

observe({
  work: () => [
    ...workGoingOn(),
    ...(timersToFire > 0 ? ['timers due'] : []),
    ...(signalsUnderWay > 0 ? ['signal'] : []),
  ],
  whenQuiet: report,
  whenStuck: (work) => post({ type: 'busy', work }),
})

function report() {
  // Nothing keeps this process: it is about to exit, as it would on a runner. Timers without ref do not fire.
  if (!processIsHeld() && requestsInFlight().length === 0) return
  if (requestsAreSettled() && letGo()) return
  const inFlight = requestsInFlight().map(({ id }) => id)
  const next = requestsAreQueued() ? time.now : nextDue()
  const message = { type: 'idle', seen, inFlight, next }
  const text = JSON.stringify(message)
  if (text === lastReport) return
  lastReport = text
  post(message)
}

/** undici gives up a request that was not answered for 300 s. */
const PATIENCE_OF_UNDICI = 299_000

/** When the next timer is due that anybody could notice. */
function nextDue() {
  const visible = earliest((timer) => !timer.isConnectionUpkeep)?.due ?? null
  const tick = earliest((timer) => timer.isConnectionUpkeep)?.due
  const requests = requestsInFlight()
  if (tick === undefined || requests.length === 0) return visible
  const oldest = Math.min(...requests.map(({ since }) => since))
  const noticeable = Math.max(tick, oldest + PATIENCE_OF_UNDICI)
  return visible === null ? noticeable : Math.min(visible, noticeable)
}

function post(message) {
  if (process.connected) send(message, undefined, undefined, () => {})
}

process.on('exit', () => post({ type: 'exit', maxRss: process.resourceUsage().maxRSS }))

// -------------------------------------------------------------------------------------- what the parent says

process.on('message', (message) => {
  time.now = message.now
  catchUpOnUpkeep()
  handlers[message.type](message)
  if (message.type === 'time') return
  seen = message.seq
  touch()
})

const handlers = {
  time: ({ seq }) => post({ type: 'ack', seq }),
  check: () => {},
  advance: () => {
    settleRequests() // Time goes on only when all requests are held.
    if (!letGo()) fireDue()
  },
  signal: ({ signal }) => deliver(signal),
}

let timersToFire = 0

/** All in one turn of the event loop, and what each one resolved is carried on with before the next: as in Node. */
function fireDue() {
  timersToFire = countDue()
  for (let i = 0; i < timersToFire; i += 1) setImmediate(fireNext)
}

function fireNext() {
  timersToFire -= 1
  touch()
  earliest((timer) => timer.due <= time.now)?.fire()
}

let signalsUnderWay = 0

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

process.on('disconnect', () => {
  process.stderr.write('The simulated clock is gone.\n')
  process.exit(70)
})

// ---------------------------------------------------------------------------------------------------- start

// The main module starts when the parent says `advance` for the first time: children start one after the other.
const mayStart = new Promise((resolve) => process.once('message', resolve))
post({ type: 'idle', seen, inFlight: [], next: time.now })
await mayStart
channel.unref()
