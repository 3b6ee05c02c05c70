import type { UnusableProxy } from '../../proxy.ts'
import type { FailedRequest } from '../codes.ts'
import { type EscapedText, escaped, joinTexts } from '../escaped-text.ts'
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
      ? escaped``
      : escaped`, and ${remaining} are left${shards > 1 ? escaped` for this shard` : escaped``}`
  return {
    title: escaped`rate limit reached`,
    what: escaped`The run stopped at the rate limit of Railway's ${by === 'edge' ? escaped`edge (Cloudflare)` : escaped`API`}, before it could ${describeActivity(interrupted)}.`,
    why: joinTexts([
      needed === null
        ? escaped`No requests are left${left}.`
        : escaped`The run needs about ${needed} more requests${left}.`,
      resetsAt
        ? escaped`The limit resets at ${shortTime(resetsAt)}, which is later than \`timeout\` allows.`
        : escaped`A longer wait would exceed \`timeout\`.`,
      escaped`The token is not the cause.`,
    ]),
    next: resetsAt
      ? escaped`Run the job again after ${shortTime(resetsAt)}, raise \`timeout\`, or select fewer services.`
      : escaped`Run the job again later, raise \`timeout\`, or select fewer services.`,
  }
}

export const apiUnavailable: Wording<'api-unavailable'> = (facts) => ({
  title: escaped`API unavailable`,
  ...('problem' in facts ? unusableProxy(facts) : withoutResponse(facts)),
})

function withoutResponse({
  detail,
  effect,
  proxy,
  untrusted,
  ...interrupted
}: FailedRequest): Omit<Message<EscapedText>, 'title'> {
  return {
    what: escaped`Railway's API gave no usable response to the request to ${describeActivity(interrupted)}. ${effectSentences[effect]}`,
    why: joinTexts([
      escaped`The last attempt ended with ${detail}.`,
      proxy !== undefined && escaped`Requests go through the proxy in \`${proxy}\`.`,
      escaped`The token is not the cause.`,
    ]),
    next: untrusted
      ? escaped`Set \`NODE_EXTRA_CA_CERTS\` to the file of the certificate authority, if the network of this runner has its own.`
      : joinTexts([
          proxy !== undefined &&
            escaped`Check this proxy, or add Railway's host to \`NO_PROXY\` if the runner reaches it directly.`,
          escaped`See https://status.railway.com, and run the job again when Railway is available.`,
        ]),
  }
}

function unusableProxy({ variable, problem }: UnusableProxy): Omit<Message<EscapedText>, 'title'> {
  const what = escaped`The proxy in \`${variable}\` cannot be used. Nothing was requested, and nothing was changed.`
  switch (problem.kind) {
    case 'unreadable':
      return {
        what,
        why: escaped`The value of the variable is not the URL of a proxy. It is not shown here, because it may contain a password.`,
        next: escaped`Set \`${variable}\` to \`http://host:port\`. Put credentials before the host as \`user:password@\`, with special characters percent-encoded (\`#\` as \`%23\`, \`@\` as \`%40\`, \`%\` as \`%25\`).`,
      }
    case 'unsupported-protocol':
      return {
        what,
        why: escaped`The protocol of the proxy is \`${problem.protocol}\`. Expected \`http\` or \`https\`.`,
        next: escaped`Set \`${variable}\` to a URL that begins with \`http://\` or \`https://\`.`,
      }
    case 'unsupported-node':
      return {
        what,
        why: escaped`The action runs on Node ${problem.version} here, which ignores the variable by default. An action can change this only on Node 24.14 or later.`,
        next: escaped`Under \`env:\` of the step, set \`NODE_USE_ENV_PROXY: 1\`, which Node 24 reads. Or update the runner.`,
      }
  }
}

export const apiIncompatible: Wording<'api-incompatible'> = ({ operation, field, detail }) => ({
  title: escaped`response not understood`,
  what: escaped`Railway's response to ${operation} does not have the expected form.`,
  why: escaped`At \`${field}\`: ${detail.replace(/^invalid input: /i, '')}. The token is not the cause.`,
  next: escaped`Use the newest version of this action. If that version fails too, open an issue for the action with this message.`,
})
