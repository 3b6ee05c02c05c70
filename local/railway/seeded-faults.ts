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
  /** Probability of a fault for each request, between 0 and 1. */
  rate: number
  /** Names of the possible faults; by default all that a client can recover from. */
  kinds?: FaultName[]
  /** Largest number of consecutive faults for the same request; 2 by default. */
  inARow?: number
  /** Whether a request may have a fault; by default every request. */
  matching?: (request: RequestFacts) => boolean
}

const recoverable: FaultName[] = [
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
 * Returns a source that generates faults from a seed. The fault of a request depends on the seed, on its operation and
 * variables, and on the number of equal requests before it. It does not depend on the order of parallel requests.
 */
export function seededFaults(options: SeededFaultsOptions): FaultSource {
  const { seed, rate, kinds = recoverable, inARow = 2, matching = () => true } = options
  const histories = new Map<string, { times: number; row: number }>()
  const injected: InjectedFault[] = []
  return {
    injected,
    next(request) {
      if (!matching(request)) return undefined
      const key = `${request.operationName}\n${JSON.stringify(request.variables)}`
      const history = histories.get(key) ?? { times: 0, row: 0 }
      histories.set(key, history)
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

/** Returns a number in [0, 1) that depends on the text only. */
function hash(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32
}
