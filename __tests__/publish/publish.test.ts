import { describe, expect, it } from '@jest/globals'
import { failure } from '../../src/errors/codes.ts'
import { publish, type ReportSink } from '../../src/publish/publish.ts'
import { Redactor } from '../../src/redactor.ts'
import { initialReport, type RunReport } from '../../src/run-state.ts'

const secret = 'k3y-0f-g0ld'

/** Everything that was written, in order, as `<sink> <text>`. The named sinks refuse. */
function sinks(refusing: readonly string[] = []) {
  const written: string[] = []
  const redactor = new Redactor()
  redactor.addValues([secret])
  const write = (name: string, text: string) => {
    if (refusing.includes(name)) {
      throw Object.assign(new Error(`ENOSPC: no space left, write '/home/secret/${name}'`), {
        code: 'ENOSPC',
      })
    }
    written.push(`${name} ${text}`)
  }
  const sink: ReportSink = {
    redactor,
    line: (text) => write('line', text),
    startGroup: (title) => write('group', title),
    endGroup: () => write('endgroup', ''),
    annotate: ({ level, message }) => write(level, message),
    output: (name, value) => write('output', `${name}=${value}`),
    summary: async (markdown) => write('summary', markdown),
    reportFile: (content) => {
      write('report', content)
      return '/tmp/report.json'
    },
    step: async () => {
      write('step', '')
      return { kind: 'unknown' }
    },
    fail: () => written.push('fail'),
  }
  return { sink, written }
}

const failed: RunReport = {
  ...initialReport,
  failures: [
    failure('input-invalid', {
      input: 'timeout',
      given: 'soon',
      problem: { kind: 'format', expected: 'a duration' },
    }),
  ],
}

const named = (written: readonly string[], name: string) =>
  written.filter((entry) => entry.split(' ')[0] === name)

const docs = 'https://example.com/errors.md'

describe('a report', () => {
  it('fails the job and annotates before any file is written', async () => {
    const { sink, written } = sinks()
    await publish(failed, sink, docs)
    const order = written.map((entry) => entry.split(' ')[0])
    expect(order.slice(0, 4)).toEqual(['fail', 'step', 'error', 'report'])
    expect(order.at(-1)).toBe('summary')
  })

  it.each([
    ['report', 'report file not written'],
    ['output', 'outputs not written'],
    ['summary', 'job summary not written'],
  ])('is published except for the %s that cannot be written', async (name, title) => {
    const { sink, written } = sinks([name])
    const titles: string[] = []
    await publish(
      failed,
      {
        ...sink,
        annotate: (one) => {
          titles.push(one.title)
          sink.annotate(one)
        },
      },
      docs,
    )
    expect(written).toContain('fail')
    expect(named(written, 'error')).toHaveLength(1)
    expect(titles).toContain(`Railway: ${title}`)
    expect(named(written, 'warning').join()).toContain('ENOSPC')
    expect(written.join()).not.toContain('/home/secret')
    for (const other of ['report', 'output', 'summary'].filter((one) => one !== name)) {
      expect(named(written, other)).not.toEqual([])
    }
  })

  it('fails the job even if nothing can be written', async () => {
    const all = [
      'line',
      'group',
      'endgroup',
      'error',
      'warning',
      'output',
      'summary',
      'report',
      'step',
    ]
    const { sink, written } = sinks(all)
    await publish(failed, sink, docs)
    expect(written).toEqual(['fail'])
  })

  it('does not fail the job because of a file', async () => {
    const { sink, written } = sinks(['report', 'output', 'summary'])
    await publish(initialReport, sink, docs)
    expect(written).not.toContain('fail')
  })

  it('reports the status although the outputs cannot be computed', async () => {
    const { sink, written } = sinks()
    const report: RunReport = {
      ...initialReport,
      scope: {
        kind: 'workspace',
        uncertainties: [],
        get workspace(): never {
          throw new TypeError('a bug')
        },
      },
    }
    await publish(report, sink, docs)
    const text = written.join('\n')
    expect(text).toMatch(/^line Status: [a-z]+\. Railway API requests: 0\.$/m)
    expect(text).not.toContain('undefined')
    expect(text).toContain('the action failed to compute them (TypeError)')
    expect(written).not.toContain('fail')
  })

  it('has all errors as an output, with the object of each', async () => {
    const { sink, written } = sinks()
    const where = { project: 'shop', environment: 'production', service: 'web' }
    const report: RunReport = {
      ...failed,
      failures: [...failed.failures, failure('rollback-unavailable', { ...where, read: 3 })],
    }
    await publish(report, sink, docs)
    const [text = ''] = named(written, 'output').filter((entry) => entry.includes(' errors='))
    expect(JSON.parse(text.replace('output errors=', ''))).toEqual([
      {
        code: 'input-invalid',
        title: 'input cannot be used',
        message: expect.stringContaining('"soon"'),
        project: null,
        environment: null,
        service: null,
      },
      {
        code: 'rollback-unavailable',
        title: 'nothing to roll back to',
        message: expect.stringContaining('[rollback-unavailable]'),
        ...where,
      },
    ])
    const [file = ''] = named(written, 'report')
    expect(JSON.parse(file.replace('report ', ''))).toMatchObject({
      schemaVersion: 1,
      errors: [{ code: 'input-invalid' }, { code: 'rollback-unavailable' }],
    })
  })

  it('shows no secret that a name or a warning contains', async () => {
    const { sink, written } = sinks()
    const where = { project: secret, environment: `x${secret}`, service: `${secret}*` }
    await publish(
      {
        ...initialReport,
        failures: [failure('rollback-unavailable', { ...where, read: 3 })],
        warnings: [{ title: secret, message: `a \`${secret}\` in it` }],
        notices: [{ title: secret, message: secret }],
      },
      sink,
      docs,
    )
    expect(written.join('\n')).not.toContain('0f-g0ld')
    expect(written.length).toBeGreaterThan(10)
  })
})
