import { afterEach, describe, expect, it } from '@jest/globals'
import {
  type Behaviour,
  createWorld,
  type LocalRailway,
  startLocalRailway,
} from '../../local/railway/index.ts'
import { SimulatedClock } from '../../local/simulated-clock.ts'
import { diagnoseFromTerminal } from '../../scripts/diagnose/terminal.ts'
import { type Entry, fillEverything, type TokenKind } from '../scenarios/diagnose-stage.ts'

const open: LocalRailway[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((railway) => railway.close()))
})

/** Runs the script against a local Railway with this behaviour. */
async function diagnose(
  behaviour: Partial<Behaviour>,
  environment: (tokens: Partial<Record<TokenKind, string>>) => Record<string, string | undefined>,
  words: string[] = [],
) {
  const clock = new SimulatedClock({ start: Date.UTC(2026, 0, 5, 9, 17) })
  const world = createWorld({ clock, behaviour })
  const tokens: Partial<Record<TokenKind, string>> = {}
  fillEverything(world, tokens)
  const railway = await startLocalRailway({ world, clock })
  open.push(railway)
  const participant = clock.participant()
  participant.start()
  const lines: string[] = []
  try {
    const exitCode = await diagnoseFromTerminal({
      environment: environment(tokens),
      words: ['--api-url', railway.url, ...words],
      fetch: participant.fetch,
      clock: participant,
      stop: new AbortController().signal,
      print: (line) => lines.push(line),
    })
    await participant.finish()
    const text = lines.at(-1) ?? ''
    const read = (): { diagnosis: Entry[] } => JSON.parse(text)
    return { exitCode, lines, railway, tokens, read }
  } finally {
    participant.close()
  }
}

const byWorkspaceToken = ({ workspace }: Partial<Record<TokenKind, string>>) => ({
  RAILWAY_API_TOKEN: workspace,
})

const seenIn = (entries: readonly Entry[]) =>
  Object.fromEntries(
    entries.flatMap(({ id, verdict, seen }) =>
      seen === null ? [] : [[id, `${verdict}: ${seen}`]],
    ),
  )

describe('npm run diagnose', () => {
  it('confirms everything if Railway behaves as assumed, and exits with 0', async () => {
    const asAssumed = { rateLimitPolicy: 'hour-only', rateLimitHour: 'clock-hour' } as const
    const { exitCode, lines, railway, read } = await diagnose(asAssumed, byWorkspaceToken)
    const { diagnosis } = read()
    expect(diagnosis.filter(({ verdict }) => verdict === 'refuted')).toEqual([])
    expect(diagnosis.filter(({ verdict }) => verdict === 'confirmed').length).toBeGreaterThan(30)
    expect(lines[0]).toMatch(/^81 assumptions about Railway's API: 0 refuted, \d+ confirmed/)
    expect(exitCode).toBe(0)
    expect(railway.requests.filter(({ kind }) => kind === 'mutation')).toEqual([])
  })

  it('lists the assumptions that the world refutes, and exits with 1', async () => {
    const { exitCode, read } = await diagnose(
      {
        sealedVariables: 'null',
        nothingStaged: 'empty-id-staged',
        rateLimitReset: 'iso',
      },
      ({ workspace }) => ({ RAILWAY_TOKEN: workspace }),
    )
    expect(seenIn(read().diagnosis)).toMatchObject({
      'sealed-variables': 'refuted: null',
      'nothing-staged': 'refuted: empty-id-staged',
      'rate-limit-reset': 'refuted: iso',
      'rate-limit-policy': 'refuted: plain',
      'log-lines': 'confirmed: one-more',
    })
    expect(exitCode).toBe(1)
  })

  it.each([[['--help']], [['-h']], [['--workspace', 'Acme', '--help']]])(
    'prints its help with %j and sends no request, with a token or without',
    async (words) => {
      const { exitCode, lines, railway } = await diagnose({}, () => ({}), words)
      expect(exitCode).toBe(0)
      expect(lines.join('\n')).toContain('npm run diagnose -- [--api-url <address>]')
      expect(lines.join('\n')).toContain('exit code')
      expect(railway.requests).toEqual([])
    },
  )

  it.each([[['--wrkspace', 'Acme']], [['--workspace']], [['help']]])(
    'prints its usage with %j, before it looks for a token',
    async (words) => {
      await expect(diagnose({}, () => ({}), words)).rejects.toThrow('usage: npm run diagnose')
    },
  )

  it('sends no request without a token, and gives the reason for refusing a bad one', async () => {
    const without = await diagnose({}, () => ({}))
    expect([without.exitCode, without.railway.requests]).toEqual([2, []])
    const bad = await diagnose({}, () => ({ RAILWAY_API_TOKEN: 'nobody-knows-this-token' }))
    expect(bad.exitCode).toBe(2)
    expect(bad.lines.join()).not.toContain('nobody-knows-this-token')
  })

  it('never prints the token', async () => {
    const { lines, tokens } = await diagnose({}, byWorkspaceToken)
    expect(lines.join('\n')).not.toContain(tokens.workspace)
  })

  it('knows its options', async () => {
    await expect(diagnose({}, byWorkspaceToken, ['--verbose', 'yes'])).rejects.toThrow('usage')
  })
})
