import { reading, type Topic } from './assumption.ts'

const planned =
  'The budget is known, and a run that needs more requests is rejected before it changes anything.'
const understood = 'It is understood.'

/** Assumptions about limits. */
export const limits: Topic = {
  title: 'Limits',
  assumptions: [
    {
      id: 'rate-limit-headers',
      evidence: 'reported',
      about: 'The headers about the request limit',
      readings: [
        reading('all', 'are on every answer', planned),
        reading(
          'policy-only',
          'are `RateLimit-Policy` alone',
          'The run takes the limit from that header; the number of requests left is unknown.',
        ),
        reading('none', 'are missing', 'A careful pace is kept, and a 429 is obeyed.'),
      ],
      operations: 'all',
      decidedBy: { probe: 'headers' },
    },
    {
      id: 'rate-limit-reset',
      evidence: 'unknown',
      about: '`X-RateLimit-Reset`',
      readings: [
        reading('seconds', 'counts seconds since the epoch', understood),
        reading('milliseconds', 'counts milliseconds since the epoch', understood),
        reading('iso', 'is an ISO date', understood),
        reading('delta', 'counts seconds from now', understood),
        reading('absent', 'is missing', 'Only `Retry-After` of a 429 tells when to go on.'),
      ],
      operations: 'all',
      decidedBy: { probe: 'headers' },
    },
    {
      id: 'rate-limit-policy',
      evidence: 'reported',
      about: '`RateLimit-Policy`',
      readings: [
        reading('hour-only', 'names the hour only: `"default";q=1000;w=3600`', understood),
        reading('plain', 'is written `1000;w=3600, 10;w=1`', understood),
        reading('structured', 'names each window', understood),
        reading(
          'foreign-units',
          'has a policy that counts no requests',
          'The run ignores that policy.',
        ),
        reading('none', 'is missing', 'The other headers are enough.'),
      ],
      operations: 'all',
      decidedBy: { probe: 'headers' },
    },
    {
      id: 'rate-limit-hour',
      evidence: 'reported',
      about: 'The hour of the limit',
      readings: [
        reading('clock', 'is an hour of the clock', 'The header tells its end.'),
        reading('first-request', 'begins with the first request', 'The header tells its end.'),
      ],
      operations: 'all',
      decidedBy: { probe: 'headers' },
    },
    {
      id: 'rate-limit-unit',
      evidence: 'reported',
      about: 'A document with many root fields',
      readings: [
        reading('request', 'counts once', 'Batches save requests.'),
        reading(
          'root-field',
          'counts once for each root field',
          'The run reads the number of requests left from every response, so the budget stays right; batches save no requests.',
        ),
      ],
      operations: 'all',
      decidedBy: { probe: 'root-fields' },
    },
    {
      id: 'rate-limit-scope',
      evidence: 'unknown',
      about: 'The limit',
      readings: [
        reading('token', 'is counted for each token', planned),
        reading('everybody', 'is shared by several tokens', 'A 429 is obeyed.'),
      ],
      operations: 'all',
      decidedBy: { needs: 'another token' },
    },
    {
      id: 'rate-limited-body',
      evidence: 'unknown',
      about: 'The JSON of a 429',
      readings: [
        reading('errors', 'is an error of GraphQL', 'The status decides.'),
        reading('message', 'is a message alone', 'The status decides.'),
      ],
      operations: 'all',
      decidedBy: { needs: 'a limit' },
    },
    {
      id: 'retry-after',
      evidence: 'reported',
      about: '`Retry-After` of a 429',
      readings: [
        reading('seconds', 'counts seconds', understood),
        reading('date', 'is a date', understood),
        reading('absent', 'is missing', 'The wait grows with each attempt.'),
      ],
      operations: 'all',
      decidedBy: { needs: 'a limit' },
    },
  ],
}
