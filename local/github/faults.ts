/**
 * A fault of a request to GitHub. `effect`: the server makes the requested change, although the client does not
 * receive its response.
 */
export type GitHubFault =
  /** The server closes the connection. */
  | { kind: 'reset'; effect: boolean }
  /** The server never responds. */
  | { kind: 'silence'; effect: boolean }
  /** The server responds with this status and body instead of its own. */
  | {
      kind: 'status'
      status: number
      body: unknown
      headers?: Record<string, string>
      effect: boolean
    }
  /** The change is made. The second half of the response body is missing. */
  | { kind: 'truncated' }
  /** The change is made, and the response follows after this number of seconds. */
  | { kind: 'slow'; seconds: number }
  /** The change is made, and the response is JSON that does not match GitHub's documentation. */
  | { kind: 'shape' }

/** Every fault that tests inject, by name. */
export const gitHubFaults = {
  'reset-before-effect': { kind: 'reset', effect: false },
  'reset-after-effect': { kind: 'reset', effect: true },
  'silence-before-effect': { kind: 'silence', effect: false },
  'silence-after-effect': { kind: 'silence', effect: true },
  'status-500': { kind: 'status', status: 500, body: { message: 'Server Error' }, effect: false },
  'status-502-after-effect': { kind: 'status', status: 502, body: 'Bad Gateway', effect: true },
  'status-404': { kind: 'status', status: 404, body: { message: 'Not Found' }, effect: false },
  'status-422': {
    kind: 'status',
    status: 422,
    body: { message: 'Validation Failed' },
    effect: false,
  },
  'missing-permission': {
    kind: 'status',
    status: 403,
    body: { message: 'Resource not accessible by integration' },
    effect: false,
  },
  'rate-limited': {
    kind: 'status',
    status: 403,
    body: { message: 'API rate limit exceeded for installation' },
    headers: { 'x-ratelimit-remaining': '0', 'retry-after': '5' },
    effect: false,
  },
  'secondary-limit': {
    kind: 'status',
    status: 429,
    body: { message: 'You have exceeded a secondary rate limit' },
    headers: { 'retry-after': '4' },
    effect: false,
  },
  truncated: { kind: 'truncated' },
  slow: { kind: 'slow', seconds: 5 },
  'slower-than-patience': { kind: 'slow', seconds: 600 },
  'wrong-shape': { kind: 'shape' },
} satisfies Record<string, GitHubFault>

export type GitHubFaultName = keyof typeof gitHubFaults
