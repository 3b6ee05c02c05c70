/** Finds the moments when this process has nothing left to do but wait for timers and answers. */

/** So many turns of the event loop without anything happening are taken for "nothing left to do". */
const QUIET_TURNS = 3
const BUSY_TURNS_BEFORE_SLOWING_DOWN = 500

const realSetImmediate = globalThis.setImmediate
const realSetTimeout = globalThis.setTimeout

/**
 * `work` names what is going on, `whenQuiet` is called when nothing has for some turns, `whenStuck` when there
 * has been work for unusually long.
 */
let observer = { work: () => [], whenQuiet: () => {}, whenStuck: () => {} }
let watching = false
let quietTurns = 0
let busyTurns = 0

export function observe(newObserver) {
  observer = newObserver
}

/** Something happened: look again for the moment when nothing does. */
export function touch() {
  quietTurns = 0
  if (watching) return
  watching = true
  realSetImmediate(turn)
}

function turn() {
  const work = observer.work()
  if (work.length > 0) {
    stayBusy(work)
    return
  }
  busyTurns = 0
  quietTurns += 1
  if (quietTurns < QUIET_TURNS) {
    realSetImmediate(turn)
    return
  }
  watching = false
  observer.whenQuiet()
}

function stayBusy(work) {
  quietTurns = 0
  busyTurns += 1
  if (busyTurns === BUSY_TURNS_BEFORE_SLOWING_DOWN) observer.whenStuck(work)
  if (busyTurns < BUSY_TURNS_BEFORE_SLOWING_DOWN) realSetImmediate(turn)
  else realSetTimeout(turn, 1).unref()
}
