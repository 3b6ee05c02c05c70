import { createHash } from 'node:crypto'
import {
  type FaultName,
  type FaultSource,
  faultCatalogue,
  type InjectedFault,
  injection,
  type RequestFacts,
} from './faults.ts'

export interface SeededFaultsOptions {
  seed: string | number
  /** Chance of each request, between 0 and 1. */
  rate: number
  /** By default all of the catalogue that a patient client survives. */
  kinds?: FaultName[]
  /** The same request, repeated, meets at most so many in a row. By default 2. */
  inARow?: number
  matching?: (request: RequestFacts) => boolean
}

const survivable: FaultName[] = [
  'reset-before-effect',
  'reset-after-effect',
  'silence-before-effect',
  'silence-after-effect',
  'status-500',
  'status-500-after-effect',
  'status-502-html',
  'status-502-html-after-effect',
  'status-503-retry-after',
  'status-504-after-effect',
  'slow',
  'truncated',
  'cut',
  'empty',
  'rate-limited',
  'edge-limited',
  'list-lag',
]

/**
 * Faults drawn from a seed. Whether a request meets one follows from the seed, from what it asks and from
 * how often it was asked before, so that the order in which parallel requests arrive changes nothing.
 */
export function seededFaults(options: SeededFaultsOptions): FaultSource {
  const { seed, rate, kinds = survivable, inARow = 2, matching = () => true } = options
  const asked = new Map<string, { times: number; row: number }>()
  const injected: InjectedFault[] = []
  return {
    injected,
    next(request) {
      if (!matching(request)) return undefined
      const key = `${request.operationName}\n${JSON.stringify(request.variables)}`
      const history = asked.get(key) ?? { times: 0, row: 0 }
      asked.set(key, history)
      history.times++
      const draw = (what: string) => hash(`${seed}\n${what}\n${history.times}\n${key}`)
      const name = kinds[Math.floor(draw('kind') * kinds.length)]
      if (draw('whether') >= rate || history.row >= inARow || !name) {
        history.row = 0
        return undefined
      }
      history.row++
      injected.push(injection(request, name))
      return { name, fault: faultCatalogue[name] }
    },
  }
}

/** A number in [0, 1). */
function hash(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32
}
