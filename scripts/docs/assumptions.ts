import { type Assumption, type Topic, topics } from '../../src/railway/assumptions/index.ts'

/** Renders the assumptions in Markdown: a section for each topic, and in it a list for each assumption. */
export const assumptionsText = (all: readonly Topic[] = topics): string =>
  all
    .map(({ title, assumptions }) => `## ${title}\n\n${assumptions.map(entry).join('\n\n')}`)
    .join('\n\n')

function entry(assumption: Assumption): string {
  const { id, about, evidence, variants } = assumption
  const [assumed, ...others] = variants
  return [
    `### \`${id}\``,
    '',
    `- Assumed (${evidence}), \`${assumed.id}\`: ${about} **${assumed.is}**. ${assumed.then}`,
    ...others.map((one) => `- Or \`${one.id}\`: … ${one.is}. ${one.then}`),
    `- ${affected(assumption)} ${test(assumption)}`,
  ].join('\n')
}

function affected({ operations }: Assumption): string {
  if (operations === 'all') return 'Affects every operation.'
  if (operations.length === 0) return 'Affects no operation.'
  return `Affects ${operations.map((name) => `\`${name}\``).join(', ')}.`
}

function test({ decidedBy }: Assumption): string {
  if ('probe' in decidedBy) return `Tested by the probe \`${decidedBy.probe}\`.`
  return `Not tested by the diagnosis, because ${untested[decidedBy.needs]}.`
}

const untested = {
  'a change': 'a test would change something in Railway',
  'another token': 'a test needs a token of another type',
  'a limit': 'a test would exceed the request limit',
} as const
