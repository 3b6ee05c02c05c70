/** Follows the requests of this process, marks them for the local servers, and keeps them in order. */
import { subscribe } from 'node:diagnostics_channel'
import { touch } from './quiet.mjs'
import { time } from './time.mjs'
import { holdProcess, releaseProcess } from './timeout.mjs'

const HEADER = 'x-simulated-request'
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/

/** Of requests under way: id, and since when. */
const inFlight = new Map()
/** Requests of which it is not known that they were held. */
const unsettled = new Set()
/** Calls of `fetch` that wait for their turn. */
const queue = []
/** Stands for the request that was let go last, until it is on its way. */
let launching
let prefix = ''
let count = 0

/** Ids of requests are this prefix and a number. */
export function nameRequests(newPrefix) {
  prefix = newPrefix
}

export const requestsInFlight = () => [...inFlight.values()]
export const requestsAreQueued = () => queue.length > 0
export const requestsAreSettled = () => unsettled.size === 0

/** All requests under way are held by their servers. */
export function settleRequests() {
  unsettled.clear()
}

/** Lets the next request go, if there is one. */
export function letGo() {
  const go = queue.shift()
  if (!go) return false
  releaseProcess()
  launching = go
  go()
  touch()
  return true
}

function started(request) {
  count += 1
  const id = `${prefix}-${count}`
  inFlight.set(request, { id, since: time.now })
  unsettled.add(request)
  launching = undefined
  touch()
  return id
}

function ended(request) {
  unsettled.delete(request)
  if (inFlight.delete(request)) touch()
}

// Requests that are made at the same moment go out one after the other, each when the one before it was
// answered or held, so that they reach the servers in the same order every time.
const realFetch = globalThis.fetch
globalThis.fetch = async function fetch(input, init) {
  if (launching || !requestsAreSettled() || requestsAreQueued()) {
    holdProcess()
    await new Promise((resolve) => queue.push(resolve))
  }
  const me = {}
  launching = me
  try {
    return await realFetch(input, init)
  } finally {
    if (launching === me) launching = undefined
    touch()
  }
}

// Node's fetch, and any undici that was bundled with the action.
subscribe('undici:request:create', ({ request }) => {
  const id = started(request)
  if (LOOPBACK.test(new URL(request.origin).hostname)) request.addHeader(HEADER, id)
})
subscribe('undici:request:headers', touch)
subscribe('undici:request:trailers', ({ request }) => ended(request))
subscribe('undici:request:error', ({ request }) => ended(request))

// node:http and node:https.
subscribe('http.client.request.created', ({ request }) => {
  const id = started(request)
  if (LOOPBACK.test(request.host) && !request.headersSent) request.setHeader(HEADER, id)
  request.once('close', () => ended(request))
})
