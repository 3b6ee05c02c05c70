import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { parseHttpDate } from '../../../src/railway/transport/http-date.ts'

const date = Date.UTC(2026, 0, 5, 9, 0, 30)

const forms: readonly (readonly [name: string, text: string, expected: number | null])[] = [
  ['IMF-fixdate', 'Mon, 05 Jan 2026 09:00:30 GMT', date],
  ['RFC 850', 'Monday, 05-Jan-26 09:00:30 GMT', date],
  ['asctime', 'Mon Jan  5 09:00:30 2026', date],
  ['no zone', 'Mon, 05 Jan 2026 09:00:30', date],
  ['an offset', 'Mon, 05 Jan 2026 05:30:30 -0330', date],
  ['an offset with a colon', 'Mon, 05 Jan 2026 11:00:30 +02:00', date],
  ['a zone by name', 'Mon, 05 Jan 2026 04:00:30 EST', date],
  ['ISO', '2026-01-05T09:00:30Z', date],
  ['ISO with a fraction', '2026-01-05T09:00:30.250Z', date + 250],
  ['ISO without a zone', '2026-01-05T09:00:30', date],
  ['ISO with a space', '2026-01-05 09:00:30', date],
  ['ISO with an offset', '2026-01-05T14:30:30+05:30', date],
  ['only a day', '2026-01-05', null],
  ['a number', '1767603630', null],
  ['text with a number', 'later 5', null],
  ['an impossible date', 'Mon, 99 Foo 2026 09:00:30 GMT', null],
  ['too long a text', `${' '.repeat(10)}${'x'.repeat(100)} 09:00:30`, null],
]

describe('a date', () => {
  it.each(forms)('is parsed or refused: %s', (_, text, expected) => {
    expect(parseHttpDate(text)).toBe(expected)
  })
})

describe('on a machine in another time zone', () => {
  /** The time zone of a process is fixed when it starts. */
  const readIn = (zone: string): unknown => {
    const source = fileURLToPath(
      new URL('../../../src/railway/transport/http-date.ts', import.meta.url),
    )
    const code = `import { parseHttpDate } from ${JSON.stringify(source)}
      const texts = ${JSON.stringify(forms.map(([, text]) => text))}
      console.log(JSON.stringify(texts.map(parseHttpDate)))`
    const options = { env: { ...process.env, TZ: zone }, encoding: 'utf8' } as const
    const flags = ['--import', 'tsx', '--input-type=module', '-e', code]
    return JSON.parse(execFileSync(process.execPath, flags, options))
  }

  it.each(['America/St_Johns', 'Pacific/Chatham'])('%s, dates mean the same', (zone) => {
    expect(readIn(zone)).toEqual(forms.map(([, , expected]) => expected))
  })
})
