import { type Topic, variant } from './assumption.ts'

const enough =
  'The run compares the number of requests that it needs with the number that is left. If too few are left, it ends before the first change.'
const reads = 'The run reads this format.'
const readsReset = 'The run reads the end of the hour from `X-RateLimit-Reset`.'
const readsStatus = 'The run recognizes the rejection by its status, HTTP 429.'

/** Assumptions about limits. */
export const limits: Topic = {
  title: 'Limits',
  assumptions: [
    {
      id: 'rate-limit-headers',
      evidence: 'reported',
      about: 'The headers that describe the request limit',
      variants: [
        variant('all', 'are part of every response', enough),
        variant(
          'policy-only',
          'are reduced to `RateLimit-Policy`',
          'The run reads the limit from this header. The number of requests that are left is unknown.',
        ),
        variant(
          'none',
          'are missing',
          'The run sends requests at a low rate. If Railway responds with HTTP 429, it waits.',
        ),
      ],
      operations: 'all',
      decidedBy: { probe: 'headers' },
    },
    {
      id: 'rate-limit-reset',
      evidence: 'unknown',
      about: 'The header `X-RateLimit-Reset`',
      variants: [
        variant('seconds', 'contains seconds since the epoch', reads),
        variant('milliseconds', 'contains milliseconds since the epoch', reads),
        variant('iso', 'contains an ISO date', reads),
        variant('delta', 'contains the number of seconds from now', reads),
        variant(
          'absent',
          'is missing',
          'After HTTP 429, the run waits as long as the header `Retry-After` says.',
        ),
      ],
      operations: 'all',
      decidedBy: { probe: 'headers' },
    },
    {
      id: 'rate-limit-policy',
      evidence: 'reported',
      about: 'The header `RateLimit-Policy`',
      variants: [
        variant('hour-only', 'contains only the hourly limit, as `"default";q=1000;w=3600`', reads),
        variant('plain', 'has the form `1000;w=3600, 10;w=1`', reads),
        variant('structured', 'contains several limits with names', reads),
        variant(
          'foreign-units',
          'contains a limit of another unit than requests',
          'The run ignores this limit.',
        ),
        variant('none', 'is missing', 'The run uses the other headers.'),
      ],
      operations: 'all',
      decidedBy: { probe: 'headers' },
    },
    {
      id: 'rate-limit-hour',
      evidence: 'reported',
      about: 'The hour for which requests are counted',
      variants: [
        variant('clock', 'starts at the full hour', readsReset),
        variant('first-request', 'starts with the first request', readsReset),
      ],
      operations: 'all',
      decidedBy: { probe: 'headers' },
    },
    {
      id: 'rate-limit-unit',
      evidence: 'reported',
      about: 'A request with many GraphQL root fields',
      variants: [
        variant('request', 'counts as one request', 'One batch replaces many requests.'),
        variant(
          'root-field',
          'counts as one request for each root field',
          'A batch saves no requests. The run reads the number of requests that are left from every response, so its budget is still right.',
        ),
      ],
      operations: 'all',
      decidedBy: { probe: 'root-fields' },
    },
    {
      id: 'rate-limit-scope',
      evidence: 'unknown',
      about: 'The request limit',
      variants: [
        variant('token', 'is counted for each token', enough),
        variant(
          'everybody',
          'is shared by several tokens',
          'If other tokens use up the limit, Railway responds with HTTP 429, and the run waits.',
        ),
      ],
      operations: 'all',
      decidedBy: { needs: 'another token' },
    },
    {
      id: 'rate-limited-body',
      evidence: 'unknown',
      about: 'The body of a response with HTTP 429',
      variants: [
        variant('errors', 'contains a GraphQL error', readsStatus),
        variant('message', 'contains only a message', readsStatus),
      ],
      operations: 'all',
      decidedBy: { needs: 'a limit' },
    },
    {
      id: 'retry-after',
      evidence: 'reported',
      about: 'The header `Retry-After` of a response with HTTP 429',
      variants: [
        variant('seconds', 'contains a number of seconds', reads),
        variant('date', 'contains a date', reads),
        variant(
          'absent',
          'is missing',
          'The run retries after a delay that grows with each attempt.',
        ),
      ],
      operations: 'all',
      decidedBy: { needs: 'a limit' },
    },
  ],
}
