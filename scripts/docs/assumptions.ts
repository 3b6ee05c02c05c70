import { type Assumption, type Topic, topics } from '../../src/railway/assumptions/index.ts'

/** Renders the register of assumptions: a section for each topic, a list for each entry. */
export const assumptionsText = (all: readonly Topic[] = topics): string =>
  all
    .map(({ title, assumptions }) => `## ${title}\n\n${assumptions.map(entry).join('\n\n')}`)
    .join('\n\n')

function entry(assumption: Assumption): string {
  const { id, about, evidence, readings } = assumption
  const [assumed, ...others] = readings
  return [
    `### \`${id}\``,
    '',
    `- Assumed (${evidence}), \`${assumed.id}\`: ${about} **${assumed.is}**. ${assumed.then}`,
    ...others.map((one) => `- Or \`${one.id}\`: … ${one.is}. ${one.then}`),
    `- ${dependents(assumption)} ${decision(assumption)}`,
  ].join('\n')
}

/** Names the requests that depend on the assumption. */
function dependents({ operations }: Assumption): string {
  if (operations === 'all') return 'Every request rests on it.'
  if (operations.length === 0) return 'No request rests on it.'
  return `Requests that rest on it: ${operations.map((name) => `\`${name}\``).join(', ')}.`
}

function decision({ decidedBy }: Assumption): string {
  if ('probe' in decidedBy) return `The probe \`${decidedBy.probe}\` can decide it.`
  return `No read-only request can decide it: that takes ${decidedBy.needs}.`
}
