import type { Secret } from '../secret.ts'
import type { Meaning, Problem } from './problem.ts'

/** Refusals whose words are about the request as a whole, and not about what was in it. */
const general: ReadonlySet<Meaning> = new Set([
  'not-authorized',
  'not-found',
  'throttled',
  'cooldown',
])

/**
 * A refusal of something that holds secrets, without words that may quote them: an API that does not take
 * a value likes to say which. What stays are words that are known, and quote none of the values.
 */
export function withoutValues(problem: Problem, values: Iterable<Secret>): Problem {
  if (problem.kind !== 'refused') return problem
  const { said, meaning } = problem
  const known = general.has(meaning) || /^problem processing request\.?$/i.test(said)
  const quotes = [...values].some((value) => isQuoted(value.reveal(), said))
  if (known && !quotes) return problem
  return { ...problem, said: '(its words are not shown, because they may quote a value)' }
}

const isQuoted = (value: string, said: string) =>
  value
    .split(/[\r\n]+/)
    .flatMap((line) => [line.trim(), JSON.stringify(line.trim()).slice(1, -1)])
    .some((part) => part.length > 2 && said.includes(part))
