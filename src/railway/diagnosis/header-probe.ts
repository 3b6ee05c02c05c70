import { readRateHeaders } from '../transport/rate-limit-headers.ts'
import {
  type DiagnosisProbe,
  type Finding,
  nothingToTest,
  observed,
  sameFinding,
  undecided,
} from './probe.ts'

/** The probe of the rate limit headers. It reads the last response to another probe, and sends no request. */
export const headers: DiagnosisProbe = {
  name: 'headers',
  decides: ['rate-limit-headers', 'rate-limit-reset', 'rate-limit-policy', 'rate-limit-hour'],
  async run({ client, now }) {
    const { header } = client
    if (header === null)
      return sameFinding(this.decides, undecided(client.stopReason ?? 'no usable response'))
    const policy = header('ratelimit-policy')
    const counts = header('x-ratelimit-limit') ?? header('x-ratelimit-remaining')
    const reset = header('x-ratelimit-reset')
    const { resetsAt } = readRateHeaders(header, now())
    return {
      'rate-limit-headers': observed(
        counts !== null ? 'all' : policy !== null ? 'policy-only' : 'none',
      ),
      'rate-limit-reset': resetForm(reset),
      'rate-limit-policy': policyForm(policy),
      'rate-limit-hour': resetsAt === null ? nothingToTest : observed(hourForm(resetsAt)),
    }
  },
}

function resetForm(text: string | null): Finding {
  if (text === null) return observed('absent')
  if (/^\d{4}-\d{2}-\d{2}T/.test(text)) return observed('iso')
  if (!/^\d{1,16}$/.test(text)) return observed('other')
  const number = Number(text)
  if (number < 1e9) return observed('delta')
  if (number < 1e11) return observed('seconds')
  return observed(number < 1e14 ? 'milliseconds' : 'other')
}

function policyForm(text: string | null): Finding {
  if (text === null) return observed('none')
  const policies = text.split(',').map((part) => part.trim())
  const unit = /;\s*qu=(?!"?requests"?(?:;|$))/
  if (policies.some((policy) => unit.test(policy))) return observed('foreign-units')
  if (policies.every((policy) => /^\d+\s*;\s*w=\d+$/.test(policy))) return observed('plain')
  const isNamed = policies.every((policy) => /^"[^"]*"(?:;\s*\w+="?[\w-]+"?)+$/.test(policy))
  if (!isNamed) return observed('other')
  if (policies.length > 1) return observed('structured')
  return observed(/;\s*w=3600\b/.test(text) ? 'hour-only' : 'other')
}

/** The maximum distance of a time from the full hour to count as the full hour, in milliseconds. */
const tolerance = 2_000

function hourForm(resetsAt: number): string {
  const past = resetsAt % 3_600_000
  return Math.min(past, 3_600_000 - past) <= tolerance ? 'clock' : 'first-request'
}
