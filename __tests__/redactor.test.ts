import { inspect } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { isDistinctive, Redactor } from '../src/redactor.ts'
import { cpuMilliseconds } from './cpu-time.ts'

const token = '3f9c1b7e-5a2d-4c80-9e61-7d0b2f4a6c18'

function knowing(values: readonly string[], names: readonly (string | null)[] = []): Redactor {
  const redactor = new Redactor()
  redactor.addValues(values)
  redactor.addNames(names)
  return redactor
}

describe('text from outside', () => {
  it.each([
    ['as it is', 'p4ss/w0rd"', 'no p4ss/w0rd" here', 'no *** here'],
    ['JSON-escaped', 'p4ss"w0rd', String.raw`{"k":"p4ss\"w0rd"}`, '{"k":"***"}'],
    [
      'JSON in JSON',
      'p4ss"w0rd',
      String.raw`"{\"k\":\"p4ss\\\"w0rd\"}"`,
      String.raw`"{\"k\":\"***\"}"`,
    ],
    ['with escaped slashes', 'abc/def/ghi', String.raw`abc\/def\/ghi`, '***'],
    ['URL-encoded', 'p4ss&w0rd', 'x=p4ss%26w0rd&y', 'x=***&y'],
    ['URL-encoded in lower case', 'p4ss/w0rd', 'x=p4ss%2fw0rd', 'x=***'],
    ['as a form', 'pass word 1', 'x=pass+word+1', 'x=***'],
    ['URL-encoded in full', "p4ss!(w0rd)*'", 'x=p4ss%21%28w0rd%29%2A%27&y', 'x=***&y'],
    ['URL-encoded as a whole address', 'a b?c=d#é-word', 'x=a%20b?c=d#%C3%A9-word', 'x=***'],
    ['as a form of a browser', 'pass word~1!', 'x=pass+word%7E1%21', 'x=***'],
    ['JSON-escaped by Go', 'p4ss&w0rd<>', String.raw`p4ss\u0026w0rd\u003c\u003e`, '***'],
    ['JSON-escaped by Python', 'pässwörd', String.raw`p\u00e4ssw\u00f6rd`, '***'],
    ['JSON-escaped by PHP', 'pä/sswörd', String.raw`p\u00e4\/ssw\u00f6rd`, '***'],
    ['JSON-escaped by .NET', 'p4ss"w0rd+é', String.raw`p4ss\u0022w0rd\u002B\u00E9`, '***'],
    ['in HTML', `p4ss<&>"w0rd'`, 'p4ss&lt;&amp;&gt;&quot;w0rd&#39;', '***'],
    ['in HTML of Python', `p4ss&"w0rd'`, 'p4ss&amp;&quot;w0rd&#x27;', '***'],
    ['in HTML of Go', `p4ss&"w0rd'`, 'p4ss&amp;&#34;w0rd&#39;', '***'],
    ['as hexadecimal digits', 'p4ssw0rd', 'at 7034737377307264.', 'at ***.'],
    ['as hexadecimal digits in capitals', 'k3y-zulu', 'at 6B33792D7A756C75.', 'at ***.'],
    ['digits and signs', '83#29!77', 'pin 83#29!77', 'pin ***'],
    ['digits in groups', '4242 4242 4242', 'card 4242 4242 4242.', 'card ***.'],
    ['signs only', '!@#$%^&*', 'is !@#$%^&*', 'is ***'],
    ['letters only', 'hunter', 'user hunter, no', 'user ***, no'],
    ['seven characters', 'hunter2', 'user hunter2, no', 'user ***, no'],
    ['one line of several', 'first-line-1\nsecond-line-2', 'at second-line-2.', 'at ***.'],
    ['a text in a JSON value', '{"private_key":"k3y-0f-gold"}', 'k3y-0f-gold', '***'],
    ['the password of a URL', 'postgres://app:s3cr3t-pw@db/x', 'login s3cr3t-pw', 'login ***'],
    ['beside itself', 'abcabc1', 'abcabc1abcabc1', '***'],
    ['overlapping', 'abcdabcd', 'abcdabcdabcd', '***'],
    ['within a longer secret', 'secret', 'my secrets', 'my ***s'],
  ])('shows no value %s', (_, value, text, expected) => {
    expect(knowing([value]).redact(text)).toBe(expected)
  })

  it('is searched for the longest secret first', () => {
    expect(knowing(['secret', 'secret-and-more']).redact('a secret-and-more b')).toBe('a *** b')
  })

  it.each([0, 1, 2])('shows no value in base64 after %i other bytes', (before) => {
    const secret = 'correct horse battery'
    const text = Buffer.from(`${'x'.repeat(before)}${secret}!`).toString('base64')
    const shown = Buffer.from(knowing([secret]).redact(text).replace('***', ''), 'base64')
    expect(shown.toString()).not.toContain('horse')
    expect(knowing([secret]).redact(text)).toContain('***')
  })

  it('shows no password of a URL that is not a known secret', () => {
    expect(new Redactor().redact('at redis://default:abc@host:6379/0')).toBe(
      'at redis://default:***@host:6379/0',
    )
  })

  it.each([
    ['under six characters', 'abcde'],
    ['a number', '1234567'],
    ['a decimal', '12345.678'],
    ['a number with an exponent', '-1.5e-10'],
    ['a line of one character', '----------'],
    ['a boolean', 'false'],
    ['a region', 'us-east-1'],
    ['a region of Railway', 'europe-west4-drams3a'],
    ['a reference', `\${{Postgres.DATABASE_URL}}`],
  ])('keeps %s', (_, value) => {
    expect(knowing([value]).redact(`it says ${value}`)).toBe(`it says ${value}`)
  })

  it('keeps the names that the run shows, in any case', () => {
    const redactor = knowing(['production', 'web-api'], ['Production', 'web-api', null])
    expect(redactor.redact('web-api in production')).toBe('web-api in production')
  })

  it('never keeps a credential, not even one that is a name', () => {
    const redactor = knowing([], [token])
    redactor.addCredential(token)
    expect(redactor.redact(`token ${token}`)).toBe('token ***')
    expect(redactor.redactOwn(`token ${token}`)).toBe('token ***')
  })

  it('shows no part of a long value that fills a line', () => {
    const value = Array.from({ length: 4_000 }, (_, index) => (index * 7919).toString(36)).join('')
    const shown = knowing([value]).redact(`<${value.slice(0, 640)}>`)
    expect(shown).toBe('<***>')
    expect(knowing([value]).redact(`<${value}>`)).toBe('<***>')
  })

  it.each([
    ['one letter', 'a'.repeat(4_000_000)],
    ['colons', '://a:'.repeat(800_000)],
    ['beginnings of a secret', 'secret-valu'.repeat(400_000)],
  ])('takes linear time: %s', (_, text) => {
    const redactor = knowing([`${'a'.repeat(30_000)}b`, 'secret-value-1', 'a'.repeat(63)])
    expect(cpuMilliseconds(() => redactor.redact(text))).toBeLessThan(5_000)
  })
})

describe('our own text', () => {
  it.each(['railway', 'production', 'failed', 'postgres', 'example.com', 'https://example.com'])(
    'is not distorted by the value %s',
    (value) => {
      const text = `failed in production: https://railway.com postgres https://example.com ${value}`
      expect(knowing([value]).redactOwn(text)).toBe(text)
    },
  )

  it.each(['k3y-0f-gold', 'Tr0ub4dor&3', token, 'abcdefghijklmnopqrstuvwx'])(
    'does not show %s',
    (value) => {
      expect(isDistinctive(value)).toBe(true)
      expect(knowing([value]).redactOwn(`shop/${value} is live`)).toBe('shop/*** is live')
    },
  )

  it('is redacted throughout plain data, with references that stay equal', () => {
    const redactor = knowing(['k3y-0f-gold'])
    const step = { name: 'k3y-0f-gold', id: 7 }
    const data = { step, all: [step], map: new Map([['k3y-0f-gold', new Set(['k3y-0f-gold'])]]) }
    const copy = redactor.redactData(data)
    expect(copy).toEqual({
      step: { name: '***', id: 7 },
      all: [{ name: '***', id: 7 }],
      map: new Map([['***', new Set(['***'])]]),
    })
    expect(copy.all[0]).toBe(copy.step)
    expect(step.name).toBe('k3y-0f-gold')
  })

  it.each([
    ['an object', { name: 'web', of: { id: 7, tags: ['a', null, undefined] } }],
    ['a list', ['web', ['api']]],
    ['a map', new Map([['web', { id: 1 }]])],
    ['a set', new Set(['web'])],
    ['an own key that objects have anyway', JSON.parse('{"__proto__": {"name": "web"}}')],
  ])('does not copy %s that holds no secret', (_, data) => {
    expect(knowing(['k3y-0f-gold']).redactData(data)).toBe(data)
  })

  it.each([
    ['a value of an object', { kept: { id: 1 }, shown: { name: 'k3y-0f-gold' } }],
    ['a key of an object', { kept: { id: 1 }, shown: { 'k3y-0f-gold': 1 } }],
    ['a list', { kept: { id: 1 }, shown: ['a', 'k3y-0f-gold'] }],
    ['a key of a map', { kept: { id: 1 }, shown: new Map([['k3y-0f-gold', 1]]) }],
    ['a value of a map', { kept: { id: 1 }, shown: new Map([['name', 'k3y-0f-gold']]) }],
    ['a set', { kept: { id: 1 }, shown: new Set(['a', 'k3y-0f-gold']) }],
    [
      'an own key that objects have anyway',
      { kept: {}, shown: JSON.parse('{"__proto__": "k3y-0f-gold"}') },
    ],
  ])('copies only objects that contain a secret: %s', (_, data) => {
    const shown = knowing(['k3y-0f-gold']).redactData(data)
    expect(shown.kept).toBe(data.kept)
    expect(shown.shown).not.toBe(data.shown)
    expect(inspect(shown, { depth: null })).not.toContain('k3y-0f-gold')
    expect(inspect(shown, { depth: null })).toContain('***')
    expect(inspect(data, { depth: null })).toContain('k3y-0f-gold')
  })
})

describe('any secret in any text', () => {
  const secret = fc
    .string({ minLength: 6, maxLength: 300, unit: 'grapheme' })
    .filter((value) => value.trim() === value && /\p{L}/u.test(value) && !/\p{Cs}/u.test(value))
    .filter((value) => new Redactor().redact(value) === value)

  it('is never shown, in any of its forms', () => {
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        const redactor = new Redactor()
        redactor.addCredential(value)
        const json = JSON.stringify(value).slice(1, -1)
        for (const form of [value, json, encodeURIComponent(value)]) {
          expect(redactor.redact(before + form + after).includes(form)).toBe(false)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('the masks that the runner receives', () => {
  it.each([
    ['a key', 'sk_live_51Hxyz', ['sk_live_51Hxyz']],
    ['an address with a password', 'postgres://u:pa55@db/main', ['postgres://u:pa55@db/main']],
    [
      'each line of a key that is one',
      '-----BEGIN KEY-----\nMIIE12345\nx\n-----END KEY-----',
      ['MIIE12345'],
    ],
    ['text that would be a command', '::error::1\n##[group]2', ['::error::1', '##[group]2']],
    ['nothing for a short one', 'a1b2c3', []],
    ['text that is not a plain word', 'production', []],
    ['no number', '1234567890', []],
    ['no date', '2026-11-26', []],
    ['no time', '12:30:00', []],
    ['no address of a machine', '127.0.0.1:8080', []],
    ['digits and signs that are neither', '83#29!77', ['83#29!77']],
    ['no reference', `$\{{Postgres.DATABASE_URL}}`, []],
    ['no address that the summary may link to', 'https://shop.example.com/a', []],
    ['no host name', 'shop.example.com', []],
    ['nothing for an empty one', '', []],
    ['nothing for seven characters', 'hunter2', []],
    ['no region', 'us-east-1', []],
    ['no name that the run shows', 'api-gateway-2', []],
    ['no version', '2026.11.26-rc1', []],
  ])('is %s', (_, value, masks) => {
    expect(knowing([value], ['api-gateway-2']).masks()).toEqual(masks)
  })
})
