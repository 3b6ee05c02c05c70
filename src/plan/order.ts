import { type Failure, failure } from '../errors/codes.ts'
import { listNames } from '../errors/list-names.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Warning } from '../errors/warning.ts'
import { expandBraces } from '../glob.ts'
import type { Pattern } from '../inputs/fields.ts'
import { itemFinder } from '../inventory/patterns.ts'
import { type Named, uniqueById } from '../named.ts'
import type { WaveOptions } from './canary.ts'
import type { Plan } from './plan.ts'

/** The assignment of services to the lines of `order`. */
export interface ServiceOrder {
  /** Returns the index of the line that a service matches. A service that matches no line comes after the last line. */
  lineOf(service: Named): number
  readonly warnings: readonly Warning[]
}

/**
 * Assigns the services of a plan to the lines of `order`; the first line that matches wins. A name that no selected
 * service has, in this shard or another one, is an error. A line before others that has services only in other shards
 * is a warning.
 */
export function orderServices(
  { steps }: Plan,
  lines: readonly Pattern[],
  { otherShards = [], keywords }: WaveOptions = {},
): Result<ServiceOrder> {
  const own = steps.flatMap(({ target }) => target.instance?.service ?? [])
  const services = uniqueById([...own, ...otherShards.map(({ service }) => service)])
  const find = itemFinder(services, (service) => service, keywords)
  const lineById = new Map<string, number>()
  const failures: Failure[] = []
  const unmatched: string[] = []
  for (const [index, { text }] of lines.entries()) {
    const { literal, items } = find(text)
    for (const { id } of items) if (!lineById.has(id)) lineById.set(id, index)
    if (literal && items.length === 0) failures.push(noService(text, services))
    else if (!literal) {
      unmatched.push(...alternativesOf(text).filter((one) => find(one).items.length === 0))
    }
  }
  if (failures.length > 0) return err(failures)
  const lineOf = ({ id }: Named) => lineById.get(id) ?? lines.length
  const ownLines = new Set(own.map(lineOf))
  const working = steps.filter(({ action }) => action !== 'keep')
  const last = Math.max(
    ...working.flatMap(({ target: { instance } }) => (instance ? lineOf(instance.service) : [])),
  )
  const linesOfOthers = new Set(otherShards.map(({ service }) => lineOf(service)))
  const elsewhere = lines.filter(
    (_, index) => index < last && linesOfOthers.has(index) && !ownLines.has(index),
  )
  return ok({
    lineOf,
    warnings: [
      ...(steps.length > 0 ? withoutService(unmatched) : []),
      ...inAnotherShard(elsewhere.map(({ text }) => text)),
    ],
  })
}

function inAnotherShard(lines: readonly string[]): Warning[] {
  if (lines.length === 0) return []
  return [
    {
      title: 'earlier services in another shard',
      message: `All services of these lines of \`order\` belong to another shard: ${listNames(lines, 20)}. This job deploys the services of later lines without waiting for them, because the jobs of a matrix do not wait for each other. To deploy them first, deploy them in a job of their own, and name that job in \`needs:\` of this job.`,
    },
  ]
}

/** Returns the names and globs that the braces of a line expand to. */
const alternativesOf = (text: string): readonly string[] => expandBraces(text) ?? [text]

const noService = (given: string, services: readonly Named[]): Failure =>
  failure('input-invalid', {
    input: 'order',
    given,
    problem: {
      kind: 'no-match',
      of: 'services',
      available: [...new Set(services.map(({ name }) => name))],
    },
  })

function withoutService(patterns: readonly string[]): Warning[] {
  if (patterns.length === 0) return []
  return [
    {
      title: 'nothing to put in order',
      message: `\`order\` has names that no selected service matches: ${listNames(patterns, 20)}. Services that match no line of \`order\` are deployed last. Correct the names in \`order\`, or select the services with \`services\`.`,
    },
  ]
}
