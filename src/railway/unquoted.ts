import { type Meaning, type Problem, RailwayError } from './problem.ts'

/** Refusals whose words are about the request as a whole, and not about what was in it. */
const general: ReadonlySet<Meaning> = new Set([
  'not-authorized',
  'not-found',
  'throttled',
  'cooldown',
])

/**
 * The refusal of a request that held secrets, without words that may quote them: an API that does not take
 * a value likes to say which, and may cut it short. Only words that are known, and that quote nothing of
 * what was sent, are passed on.
 */
export function withoutQuotes(refusal: RailwayError, sent: unknown): RailwayError {
  const { problem } = refusal
  if (problem.kind !== 'refused') return refusal
  const { said, meaning } = problem
  const isKnown = general.has(meaning) || /^problem processing request\.?$/i.test(said)
  if (isKnown && !textsIn(sent).some((text) => isQuoted(text, said))) return refusal
  const silent: Problem = { ...problem, said: '(its words are not shown: they may quote a value)' }
  return new RailwayError(silent)
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}

const isQuoted = (value: string, said: string) =>
  value
    .split(/[\r\n]+/)
    .flatMap((line) => [line.trim(), JSON.stringify(line.trim()).slice(1, -1)])
    .some((part) => part.length > 2 && said.includes(part))
