import { readRateHeaders } from '../transport/rate-limit-headers.ts'
import { all, type DiagnosisProbe, type Finding, nothing, seen, undecided } from './probe.ts'

/** The probe of the headers of the answers so far. It sends nothing itself. */
export const headers: DiagnosisProbe = {
  name: 'headers',
  decides: ['rate-limit-headers', 'rate-limit-reset', 'rate-limit-policy', 'rate-limit-hour'],
  async run({ queries, now }) {
    const { header } = queries
    if (header === null) return all(this.decides, undecided(queries.ended ?? 'no usable answer'))
    const policy = header('ratelimit-policy')
    const counts = header('x-ratelimit-limit') ?? header('x-ratelimit-remaining')
    const reset = header('x-ratelimit-reset')
    const { resetsAt } = readRateHeaders(header, now())
    return {
      'rate-limit-headers': seen(
        counts !== null ? 'all' : policy !== null ? 'policy-only' : 'none',
      ),
      'rate-limit-reset': resetForm(reset),
      'rate-limit-policy': policyForm(policy),
      'rate-limit-hour': resetsAt === null ? nothing : seen(hourForm(resetsAt)),
    }
  },
}

function resetForm(text: string | null): Finding {
  if (text === null) return seen('absent')
  if (/^\d{4}-\d{2}-\d{2}T/.test(text)) return seen('iso')
  if (!/^\d{1,16}$/.test(text)) return seen('other')
  const number = Number(text)
  if (number < 1e9) return seen('delta')
  if (number < 1e11) return seen('seconds')
  return seen(number < 1e14 ? 'milliseconds' : 'other')
}

function policyForm(text: string | null): Finding {
  if (text === null) return seen('none')
  const policies = text.split(',').map((part) => part.trim())
  const unit = /;\s*qu=(?!"?requests"?(?:;|$))/
  if (policies.some((policy) => unit.test(policy))) return seen('foreign-units')
  if (policies.every((policy) => /^\d+\s*;\s*w=\d+$/.test(policy))) return seen('plain')
  const isNamed = policies.every((policy) => /^"[^"]*"(?:;\s*\w+="?[\w-]+"?)+$/.test(policy))
  if (!isNamed) return seen('other')
  if (policies.length > 1) return seen('structured')
  return seen(/;\s*w=3600\b/.test(text) ? 'hour-only' : 'other')
}

/** The distance to the full hour up to which a time is one, in milliseconds. */
const tolerance = 2_000

function hourForm(resetsAt: number): string {
  const past = resetsAt % 3_600_000
  return Math.min(past, 3_600_000 - past) <= tolerance ? 'clock' : 'first-request'
}
