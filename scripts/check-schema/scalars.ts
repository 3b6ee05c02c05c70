import type { Random } from './random.ts'

/** Returns a random JSON value that a scalar with this name may have. It is never `null`. */
export function scalarValue(name: string, random: Random): unknown {
  return (scalars[name] ?? json)(random)
}

const text = (random: Random) =>
  random.pick(['', 'text', 'ÄÖ 漢字 🚆', 'two\nlines', '0', 'null', ' '])

const scalars: { readonly [name: string]: (random: Random) => unknown } = {
  ID: (random) => random.pick(['9f6c1a52-1f0e-4c7e-9f37-2f1f6f1c2b7a', 'id', '42']),
  String: text,
  Boolean: (random) => random.chance(0.5),
  Int: (random) => random.pick([0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]),
  Float: (random) => random.pick([0, 1, -1.5, 1e-9, 1e21]),
  DateTime: (random) => random.pick(['2026-08-21T12:34:56.789Z', '1970-01-01T00:00:00Z']),
  BigInt: (random) => random.pick(['0', '9007199254740993', 0, 2 ** 40]),
  // The only scalar of Railway's schema with a known JSON format: a flat map of strings.
  EnvironmentVariables: (random) =>
    random.pick<unknown>([{}, { NAME: '' }, { A: 'a', B_2: text(random) }]),
}

/** Returns a random value of a scalar for untyped JSON, or of one that is not in the list. */
function json(random: Random): unknown {
  return random.pick<unknown>([
    {},
    [],
    '',
    'text',
    0,
    false,
    { text: 'text', number: 1, nothing: null },
    { list: [null, { deep: [1, 'a', { deeper: true }] }] },
    [1, 'a', null, { key: 'value' }],
  ])
}
