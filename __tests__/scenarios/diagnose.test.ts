import { describe, expect, it } from '@jest/globals'
import { alternatives, type Behaviour, faultCatalogue } from '../../local/railway/index.ts'
import { assumptions } from '../../src/railway/assumptions/index.ts'
import { probes } from '../../src/railway/diagnosis/diagnose.ts'
import { type Entry, setDiagnoseStage, type TokenKind } from './diagnose-stage.ts'
import { everyFault } from './project-per-fault.ts'

/** The token with which an assumption can be decided, if it is not a workspace token. */
const tokenFor: Readonly<Record<string, TokenKind>> = {
  'api-token-account': 'account',
  'api-token-oauth': 'oauth',
  'api-token-project': 'project',
  'own-projects': 'account',
  'projects-for-project': 'project',
  'oauth-without-profile': 'narrow',
  'sibling-deployments': 'project',
}

/** The results of readings that look the same as no data, or that end the run. */
const unseen = new Set([
  'pending-work/empty',
  'duplicate-names/refused',
  'oauth-without-profile/refused',
])

/** Readings that hide others or need more requests, so that they are tested one by one. */
const hiding = new RegExp(
  [
    '^(introspection|missing|rate-limit-headers|rate-limit-unit|root-fields|fields|objects)/',
    '^(log-lines|deployments-order)/',
    '-refused$|^page-maximum/20$|^rate-limit-reset/absent$',
    '^list-deleted/hidden$',
    '^deployment-meta/(commit-only|null)$',
  ].join('|'),
)

const decidable = assumptions.filter(({ decidedBy }) => 'probe' in decidedBy)
const known = new Set(alternatives.map(({ id }) => id))

/**
 * A reading of each assumption: the behaviour of the local Railway, and the verdict that a diagnosis must give on it.
 */
const cells = decidable.flatMap(({ id, variants }) =>
  variants.map((one) => {
    const cell = `${id}/${one.id}`
    const decided = {
      id,
      verdict: one.id === variants[0].id ? 'confirmed' : 'refuted',
      expected: variants[0].id,
      seen: one.id,
      reason: null,
    }
    const expected = unseen.has(cell) ? { id, verdict: 'undecided', seen: null } : decided
    const option = alternatives.find((alternative) => alternative.id === cell)?.option ?? {}
    return { cell, id, option, expected }
  }),
)

const withOption = cells.filter(({ cell }) => known.has(cell))
const usual = cells.filter(({ cell }) => !known.has(cell))
const ofWorkspaceToken = ({ id }: { id: string }) => !(id in tokenFor)

/** Worlds in which the n-th alternative of every assumption is true at the same time. */
const worlds = [0, 1, 2, 3].map((index) => {
  const chosen = decidable.flatMap(({ id }) => {
    const own = withOption.filter((one) => one.id === id && !hiding.test(one.cell))
    return ofWorkspaceToken({ id }) ? (own[index] ?? []) : []
  })
  const title = chosen.map(({ cell }) => cell).join(', ')
  return { title, chosen }
})

const entryOf = (entries: readonly Entry[], id: string) => entries.find((one) => one.id === id)

describe('a diagnosis', () => {
  it.each([{ title: 'the usual variants', chosen: [] }, ...worlds])(
    'gives the right verdict on every entry if Railway follows $title',
    async ({ chosen }) => {
      const option: Partial<Behaviour> = Object.assign({}, ...chosen.map((one) => one.option))
      const { diagnose } = await setDiagnoseStage(option)
      const { run, entries } = await diagnose()
      expect(run.errors).toEqual([])
      const other = new Map(chosen.map(({ id, expected }) => [id, expected]))
      const expected = usual
        .filter(ofWorkspaceToken)
        .map(({ id, expected: by }) => other.get(id) ?? by)
      const decided = new Set(expected.map(({ id }) => id))
      expect(entries.filter(({ id }) => decided.has(id))).toMatchObject(expected)
      const rest = entries.filter(({ id }) => !decided.has(id))
      expect(rest.filter(({ verdict }) => verdict !== 'undecided')).toEqual([])
      expect(entries).toHaveLength(assumptions.length)
    },
  )

  it.each(withOption.filter(({ cell, id }) => hiding.test(cell) || id in tokenFor))(
    'recognizes $cell',
    async ({ id, option, expected }) => {
      const { diagnose } = await setDiagnoseStage(option)
      const { run, entries } = await diagnose(tokenFor[id])
      expect(run.errors).toEqual([])
      expect(entryOf(entries, id)).toMatchObject(expected)
    },
  )

  it.each(['account', 'oauth', 'narrow', 'project'] as const)(
    'recognizes the usual variants with a token of the kind %s, in 25 requests',
    async (kind) => {
      const stage = await setDiagnoseStage()
      await stage.run({ command: 'check', token: stage.tokens[kind] })
      const before = stage.railway.requests.length
      const { run, entries } = await stage.diagnose(kind)
      expect(run.errors).toEqual([])
      expect(stage.railway.requests.length - 2 * before).toBeLessThanOrEqual(25)
      for (const { id, expected } of usual.filter((one) => tokenFor[one.id] === kind)) {
        expect(entryOf(entries, id)).toMatchObject(expected)
      }
    },
  )

  it('decides with its probes the assumptions that the register assigns to them', () => {
    const byProbes = probes.flatMap(({ name, decides }) => decides.map((id) => `${id}: ${name}`))
    const byRegister = decidable.map(
      ({ id, decidedBy }) => `${id}: ${'probe' in decidedBy ? decidedBy.probe : ''}`,
    )
    expect(byProbes.toSorted()).toEqual(byRegister.toSorted())
  })

  it('changes nothing, sends at most 25 requests, and shows no names, ids or values', async () => {
    const stage = await setDiagnoseStage()
    const plain = await stage.run({ command: 'check' })
    const before = stage.railway.requests.length
    const { run, entries } = await stage.diagnose()
    const sentRequests = stage.railway.requests.slice(before)
    expect(sentRequests.length - before).toBeLessThanOrEqual(25)
    expect(sentRequests.filter(({ kind }) => kind !== 'query')).toEqual([])
    expect(stage.world.newDeployments()).toEqual([])
    expect(run.exitCode).toBe(plain.exitCode)
    expect(run.leaked).toEqual([])
    const { world } = stage
    const entryText = JSON.stringify(entries)
    const names = [
      ...[...world.projects.values(), ...world.environments.values(), ...world.services.values()],
      ...world.workspaces,
    ].flatMap(({ id, name }) => [id, `"${name}"`])
    const values = ['SEALED_NAME', 'sealed-value', 'PLAIN_NAME', 'plain-value', 'it failed']
    expect([...names, ...values].filter((text) => entryText.includes(text))).toEqual([])
    const log = run.log.map(({ text }) => text).join('\n')
    expect(values.filter((text) => log.includes(text) || run.summary.includes(text))).toEqual([])
  })

  it('requests a report of the differences, in one warning, the log and the summary', async () => {
    const stage = await setDiagnoseStage({ traceIdIn: 'extensions' })
    const { run } = await stage.diagnose()
    const warning = run.warnings.filter((one) => one.includes('open an issue for this action'))
    expect(warning).toHaveLength(1)
    expect(warning[0]).toContain('trace-id (found: extensions)')
    expect(run.log.map(({ text }) => text)).toContainEqual(
      "refuted    trace-id: The trace id of an error is a field of the error's `extensions`. Expected: is a field of the error.",
    )
    expect(run.summary).toContain('### Diagnosis')
    expect(run.summary).toContain(
      '{"id":"trace-id","verdict":"refuted","expected":"error","seen":"extensions","reason":null}',
    )
  })

  it('is not made, and not mentioned, without the input', async () => {
    const { run } = await setDiagnoseStage()
    const transcript = await run({ command: 'check' })
    expect(transcript.summary).not.toContain('Diagnosis')
    expect(transcript.shown).not.toContain('refuted')
  })
})

/** The first request of a diagnosis, and all that come after it. */
const ofDiagnosis = ({ operationName }: { operationName: string | null }) =>
  operationName?.startsWith('Diagnose') ?? false

describe('a diagnosis under faults', () => {
  it.each(everyFault)('survives %s on every query', async (fault) => {
    const stage = await setDiagnoseStage(
      {},
      { faults: [{ matching: ofDiagnosis, times: Infinity, fault: faultCatalogue[fault] }] },
    )
    const { run, entries } = await stage.diagnose()
    expect(run.errors).toEqual([])
    expect(entries).toHaveLength(assumptions.length)
    expect(stage.railway.requests.filter(ofDiagnosis).length).toBeLessThanOrEqual(25)
  })

  it.each([3, 9, 17])('survives a response of another shape, response %s', async (nth) => {
    for (const fault of ['truncated', 'wrong-type', 'wrong-name', 'empty'] as const) {
      const stage = await setDiagnoseStage({}, { faults: [{ matching: ofDiagnosis, nth, fault }] })
      const { run, entries } = await stage.diagnose()
      expect(run.errors).toEqual([])
      expect(entries.filter(({ verdict }) => verdict === 'confirmed').length).toBeGreaterThan(15)
    }
  })

  it('sends nothing more after a limit, and does not wait for it', async () => {
    const stage = await setDiagnoseStage(
      {},
      { faults: [{ matching: ofDiagnosis, nth: 5, fault: 'rate-limited' }] },
    )
    const { run, entries } = await stage.diagnose()
    expect(stage.railway.requests.filter(ofDiagnosis)).toHaveLength(5)
    expect(entryOf(entries, 'nothing-staged')).toMatchObject({ reason: 'limited' })
    expect(entryOf(entries, 'introspection')).toMatchObject({ verdict: 'confirmed' })
    expect(run.exitCode).toBe(0)
    expect(run.seconds).toBeLessThan(9)
  })

  it('uses no more than the rest of the hourly budget', async () => {
    const limits = { perHour: 12, perSecond: null, edge: null }
    const stage = await setDiagnoseStage({}, { limits })
    const { run, entries } = await stage.diagnose()
    expect(run.errors).toEqual([])
    expect(stage.railway.requests).toHaveLength(12)
    expect(entryOf(entries, 'nothing-staged')).toMatchObject({ reason: 'no request left' })
  })

  it('ends when the job is cancelled', async () => {
    const stage = await setDiagnoseStage(
      {},
      { faults: [{ matching: ofDiagnosis, nth: 4, fault: 'slow' }] },
    )
    const { run, entries } = await stage.diagnose('workspace', {
      signals: [{ at: 3, signal: 'SIGINT' }],
    })
    expect(run.codes).toEqual(['cancelled'])
    expect(entryOf(entries, 'nothing-staged')).toMatchObject({ reason: 'stopped' })
  })

  it('ends by its time limit if every response is slow', async () => {
    const stage = await setDiagnoseStage(
      {},
      { faults: [{ matching: ofDiagnosis, times: Infinity, fault: 'slower-than-patience' }] },
    )
    const { run, entries } = await stage.diagnose()
    expect(run.exitCode).toBe(0)
    expect(run.seconds).toBeLessThan(150)
    expect(entries.some(({ verdict }) => verdict === 'refuted')).toBe(false)
  })
})
