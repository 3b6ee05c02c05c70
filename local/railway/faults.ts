/** Faults of requests to Railway, and rules that select the requests. */

/** A fault of a request. `effect`: the server makes the requested change, although the client gets no valid response. */
export type Fault =
  /** The server resets the connection. */
  | { kind: 'reset'; effect: boolean }
  /** The server never responds. */
  | { kind: 'silence'; effect: boolean }
  /** The response is an HTTP error of the server or of a proxy in front of it. */
  | {
      kind: 'status'
      status: number
      body: 'json' | 'html' | 'text'
      effect: boolean
      retryAfter?: number
    }
  /** The change is made immediately, and the response follows after this number of seconds. */
  | { kind: 'slow'; seconds: number }
  /** The change is made after this number of seconds, even if the client has closed the connection. */
  | { kind: 'late'; seconds: number }
  /** The HTTP response is complete, and its body is the first half of the JSON. */
  | { kind: 'truncated' }
  /** The connection ends in the middle of the body. */
  | { kind: 'cut' }
  /** The response is HTTP 200 with an empty body. */
  | { kind: 'empty' }
  /** A field, by default the first root field, has another name, another type, or is null. */
  | { kind: 'shape'; field?: string; change: 'rename' | 'retype' | 'null' }
  /** A nullable field is null wherever it occurs, each time with an error, as if its resolver had failed. */
  | { kind: 'gap'; field: string }
  /** The rate limit of the API. */
  | { kind: 'rate-limited'; retryAfter: number }
  /** The rate limit of the network in front of Railway, with an HTML page. */
  | { kind: 'edge-limited'; retryAfter?: number }
  /**
   * The response is HTTP 200 with a GraphQL error, such as that of a cooldown. `path` is the key of the root field that
   * the error names; by default `true`, the name of the first one; `false` for none. `effect` is false by default.
   */
  | {
      kind: 'error'
      message: string
      code?: string
      path?: boolean | string
      extensions?: object
      effect?: boolean
    }
  /** The request succeeds. The objects that it creates appear in lists after this number of seconds. */
  | { kind: 'list-lag'; seconds: number }
  | { kind: 'redirect'; location: string }
  /** The response is HTTP 200 with this data, and no change is made. */
  | { kind: 'fixed-data'; data: Record<string, unknown> }

/** Every fault that tests inject, by name. */
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

/** The properties of a request that determine its fault. */
export interface RequestFacts {
  index: number
  kind: 'query' | 'mutation' | 'subscription' | 'unreadable' | 'upload' | 'oauth'
  operationName: string | null
  roots: string[]
  variables: Record<string, unknown>
}

/** A fault that occurred. `request` is the index of the request. */
export interface InjectedFault {
  request: number
  operationName: string | null
  name: string
}

/** A source of faults. The server calls `next` once for each request, in the order of their arrival. */
export interface FaultSource {
  /** Returns the fault of this request, if it has one. */
  next(request: RequestFacts): { name: string; fault: Fault } | undefined
  /** The faults that occurred until now. */
  readonly injected: InjectedFault[]
}

/** A fault and its conditions. A request has the fault if it meets all conditions. */
export interface FaultRule {
  /** Name of the operation. */
  operation?: string
  /** Name of a root field; uploads have the root `up`. */
  root?: string
  kind?: RequestFacts['kind']
  matching?: (request: RequestFacts) => boolean
  /** The first matching request with the fault, counted from 1; 1 by default. */
  nth?: number
  /** Number of consecutive matching requests with the fault; 1 by default. */
  times?: number
  fault: Fault | FaultName
}

/** Returns a source that applies the rules. If several rules match a request, the first one applies. */
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

/** Returns the record of a fault that occurred in this request. */
export function injection({ index, operationName }: RequestFacts, name: string): InjectedFault {
  return { request: index, operationName, name }
}

function named(fault: Fault | FaultName): { name: string; fault: Fault } {
  if (typeof fault === 'string') return { name: fault, fault: faultCatalogue[fault] }
  const listed = Object.entries(faultCatalogue).find(
    ([, one]) => JSON.stringify(one) === JSON.stringify(fault),
  )
  const effect = 'effect' in fault ? (fault.effect ? '-after-effect' : '-before-effect') : ''
  return { name: listed?.[0] ?? `${fault.kind}${effect}`, fault }
}
