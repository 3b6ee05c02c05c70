import type { UnusableProxy } from '../../proxy.ts'
import type { FailedRequest } from '../codes.ts'
import { joinWords, type Words, words } from '../words.ts'
import { describeActivity, effectSentences } from './activities.ts'
import type { Message, Wording } from './message.ts'
import { shortTime } from './phrases.ts'

export const rateLimited: Wording<'rate-limited'> = ({
  by,
  needed,
  remaining,
  shards = 1,
  resetsAt,
  ...interrupted
}) => {
  const left =
    remaining === null
      ? words``
      : words`, and ${remaining} are left${shards > 1 ? words` for this shard` : words``}`
  return {
    title: words`rate limit reached`,
    what: words`The run stopped at the rate limit of Railway's ${by === 'edge' ? words`edge (Cloudflare)` : words`API`}, before it could ${describeActivity(interrupted)}.`,
    why: joinWords([
      needed === null
        ? words`No requests are left${left}.`
        : words`The run needs about ${needed} more requests${left}.`,
      resetsAt
        ? words`The limit resets at ${shortTime(resetsAt)}, which is later than \`timeout\` allows.`
        : words`A longer wait would exceed \`timeout\`.`,
      words`The token is not the cause.`,
    ]),
    next: resetsAt
      ? words`Run the job again after ${shortTime(resetsAt)}, raise \`timeout\`, or select fewer services.`
      : words`Run the job again later, raise \`timeout\`, or select fewer services.`,
  }
}

export const apiUnavailable: Wording<'api-unavailable'> = (facts) => ({
  title: words`API unavailable`,
  ...('problem' in facts ? unusableProxy(facts) : withoutResponse(facts)),
})

function withoutResponse({
  detail,
  effect,
  proxy,
  untrusted,
  ...interrupted
}: FailedRequest): Omit<Message<Words>, 'title'> {
  return {
    what: words`Railway's API gave no usable response to the request to ${describeActivity(interrupted)}. ${effectSentences[effect]}`,
    why: joinWords([
      words`The last attempt ended with ${detail}.`,
      proxy !== undefined && words`Requests go through the proxy in \`${proxy}\`.`,
      words`The token is not the cause.`,
    ]),
    next: untrusted
      ? words`Set \`NODE_EXTRA_CA_CERTS\` to the file of the certificate authority, if the network of this runner has its own.`
      : joinWords([
          proxy !== undefined &&
            words`Check this proxy, or add Railway's host to \`NO_PROXY\` if the runner reaches it directly.`,
          words`See https://status.railway.com, and run the job again when Railway is available.`,
        ]),
  }
}

function unusableProxy({ variable, problem }: UnusableProxy): Omit<Message<Words>, 'title'> {
  const what = words`The proxy in \`${variable}\` cannot be used. Nothing was requested, and nothing was changed.`
  switch (problem.kind) {
    case 'unreadable':
      return {
        what,
        why: words`The value of the variable is not the URL of a proxy. It is not shown here, because it may contain a password.`,
        next: words`Set \`${variable}\` to \`http://host:port\`. Put credentials before the host as \`user:password@\`, with special characters percent-encoded (\`#\` as \`%23\`, \`@\` as \`%40\`, \`%\` as \`%25\`).`,
      }
    case 'unsupported-protocol':
      return {
        what,
        why: words`The protocol of the proxy is \`${problem.protocol}\`. Expected \`http\` or \`https\`.`,
        next: words`Set \`${variable}\` to a URL that begins with \`http://\` or \`https://\`.`,
      }
    case 'unsupported-node':
      return {
        what,
        why: words`The action runs on Node ${problem.version} here, which ignores the variable by default. An action can change this only since Node 24.14.`,
        next: words`Set \`NODE_USE_ENV_PROXY: 1\` under \`env:\` of the step, which Node 24 reads, or update the runner.`,
      }
  }
}

export const apiIncompatible: Wording<'api-incompatible'> = ({ operation, field, detail }) => ({
  title: words`response not understood`,
  what: words`Railway's response to ${operation} does not have the expected form.`,
  why: words`At \`${field}\`: ${detail.replace(/^invalid input: /i, '')}. The token is not the cause.`,
  next: words`Use the newest version of this action. If that version fails too, open an issue for the action with this message.`,
})
