/** Faults between a client and Railway, and the requests that they happen to. */

export type Fault =
  /** The connection is reset. */
  | { kind: 'reset'; effect: boolean }
  /** No answer ever comes. */
  | { kind: 'silence'; effect: boolean }
  /** An error of the server or of something in front of it. */
  | {
      kind: 'status'
      status: number
      body: 'json' | 'html' | 'text'
      effect: boolean
      retryAfter?: number
    }
  /** The answer comes late; the change happens at once. */
  | { kind: 'slow'; seconds: number }
  /** The change happens late, even if nobody waits for the answer any more. */
  | { kind: 'late'; seconds: number }
  /** A complete HTTP answer with half of the JSON. */
  | { kind: 'truncated' }
  /** The connection ends in the middle of the body. */
  | { kind: 'cut' }
  /** HTTP 200 and nothing in it. */
  | { kind: 'empty' }
  /** A field, by default the first root field, has another name, another type, or is null. */
  | { kind: 'shape'; field?: string; change: 'rename' | 'retype' | 'null' }
  /** A nullable field is null wherever it occurs, with an error each time, as where a resolver fails. */
  | { kind: 'gap'; field: string }
  /** The API's own limit. */
  | { kind: 'rate-limited'; retryAfter: number }
  /** The limit of the network in front: HTML. */
  | { kind: 'edge-limited'; retryAfter?: number }
  /**
   * HTTP 200 with a message such as those of throttles and cooldowns. Nothing happened, unless it has an effect.
   */
  | {
      kind: 'error'
      message: string
      code?: string
      path?: boolean
      extensions?: object
      effect?: boolean
    }
  /** Everything works, but what was made shows up in lists only later. */
  | { kind: 'list-lag'; seconds: number }
  | { kind: 'redirect'; location: string }
  /** HTTP 200 with this data whatever was asked for. Nothing happened. */
  | { kind: 'says'; data: Record<string, unknown> }

/** Every fault under a name, as tests go through them. */
export const faultCatalogue = {
  'reset-before-effect': { kind: 'reset', effect: false },
  'reset-after-effect': { kind: 'reset', effect: true },
  'silence-before-effect': { kind: 'silence', effect: false },
  'silence-after-effect': { kind: 'silence', effect: true },
  'status-500': { kind: 'status', status: 500, body: 'json', effect: false },
  'status-500-after-effect': { kind: 'status', status: 500, body: 'json', effect: true },
  'status-502-html': { kind: 'status', status: 502, body: 'html', effect: false },
  'status-502-html-after-effect': { kind: 'status', status: 502, body: 'html', effect: true },
  'status-503-retry-after': {
    kind: 'status',
    status: 503,
    body: 'text',
    effect: false,
    retryAfter: 7,
  },
  'status-504-after-effect': { kind: 'status', status: 504, body: 'html', effect: true },
  slow: { kind: 'slow', seconds: 20 },
  'slower-than-patience': { kind: 'slow', seconds: 600 },
  'late-effect': { kind: 'late', seconds: 45 },
  truncated: { kind: 'truncated' },
  cut: { kind: 'cut' },
  empty: { kind: 'empty' },
  'wrong-name': { kind: 'shape', change: 'rename' },
  'wrong-type': { kind: 'shape', change: 'retype' },
  'rate-limited': { kind: 'rate-limited', retryAfter: 9 },
  'edge-limited': { kind: 'edge-limited' },
  throttled: { kind: 'error', message: 'Service deployment rate limit exceeded' },
  cooldown: {
    kind: 'error',
    message:
      'You are creating environments too quickly. This workspace allows 1 environment per 30 seconds',
  },
  problem: { kind: 'error', message: 'Problem processing request', path: false },
  'problem-after-effect': {
    kind: 'error',
    message: 'Problem processing request',
    path: false,
    effect: true,
  },
  refused: { kind: 'error', message: 'Not Authorized' },
  'list-lag': { kind: 'list-lag', seconds: 30 },
  redirect: { kind: 'redirect', location: 'https://elsewhere.example/graphql/v2' },
} satisfies Record<string, Fault>

export type FaultName = keyof typeof faultCatalogue

/** The facts of a request by which a fault is chosen. */
export interface RequestFacts {
  index: number
  kind: 'query' | 'mutation' | 'subscription' | 'unreadable' | 'upload' | 'oauth'
  operationName: string | null
  roots: string[]
  variables: Record<string, unknown>
}

export interface InjectedFault {
  request: number
  operationName: string | null
  name: string
}

/** Decides request by request, in the order in which they arrive. */
export interface FaultSource {
  next(request: RequestFacts): { name: string; fault: Fault } | undefined
  /** The faults injected so far. */
  readonly injected: InjectedFault[]
}

/** A fault for the requests that match all that is given. */
export interface FaultRule {
  operation?: string
  /** Name of a root field; uploads have the root `up`. */
  root?: string
  kind?: RequestFacts['kind']
  matching?: (request: RequestFacts) => boolean
  /** The first of the matching requests that it happens to, counted from 1. */
  nth?: number
  /** To how many in a row, by default one. */
  times?: number
  fault: Fault | FaultName
}

export function scriptedFaults(rules: FaultRule[]): FaultSource & { add(rule: FaultRule): void } {
  const counted = rules.map((rule) => ({ rule, seen: 0 }))
  const injected: InjectedFault[] = []
  return {
    injected,
    add: (rule) => counted.push({ rule, seen: 0 }),
    next(request) {
      let chosen: { name: string; fault: Fault } | undefined
      for (const entry of counted) {
        const { rule } = entry
        if (!matches(rule, request)) continue
        entry.seen++
        const { nth = 1, times = 1 } = rule
        if (!chosen && entry.seen >= nth && entry.seen < nth + times) chosen = named(rule.fault)
      }
      if (chosen) injected.push(injection(request, chosen.name))
      return chosen
    },
  }
}

function matches({ operation, root, kind, matching }: FaultRule, request: RequestFacts): boolean {
  return (
    (operation === undefined || operation === request.operationName) &&
    (root === undefined || request.roots.includes(root)) &&
    (kind === undefined || kind === request.kind) &&
    (matching === undefined || matching(request))
  )
}

export function injection({ index, operationName }: RequestFacts, name: string): InjectedFault {
  return { request: index, operationName, name }
}

function named(fault: Fault | FaultName): { name: string; fault: Fault } {
  if (typeof fault === 'string') return { name: fault, fault: faultCatalogue[fault] }
  const known = Object.entries(faultCatalogue).find(
    ([, one]) => JSON.stringify(one) === JSON.stringify(fault),
  )
  const effect = 'effect' in fault ? (fault.effect ? '-after-effect' : '-before-effect') : ''
  return { name: known?.[0] ?? `${fault.kind}${effect}`, fault }
}
