import { describe, expect, it } from '@jest/globals'
import { FailureLogs } from '../../src/publish/failure-logs.ts'
import { Redactor } from '../../src/redactor.ts'

const target = (name: string) => ({
  project: { id: 'p', name },
  environment: { id: 'e', name: 'production' },
  instance: null,
})

const read = (name: string, lines: readonly string[]) =>
  ({
    kind: 'log-read',
    target: target(name),
    deploymentId: 'd',
    log: { build: lines, container: [] },
  }) as const

describe('the logs of failed deployments', () => {
  it('are empty if none failed', () => {
    expect(new FailureLogs(new Redactor()).render()).toBe('')
  })

  it('that cannot be written are a warning, without the path', () => {
    const logs = new FailureLogs(new Redactor())
    logs.add(read('shop', ['bye']))
    const write = () => {
      throw Object.assign(new Error("ENOSPC: no space left, write '/home/me/a.log'"), {
        code: 'ENOSPC',
      })
    }
    const { path, warnings } = logs.write(write)
    expect(path).toBeNull()
    expect(warnings).toEqual([
      { title: 'log file not written', message: expect.stringMatching(/\(ENOSPC\)(?!.*home)/) },
    ])
  })

  it('are written to no file if none failed', () => {
    const write = () => {
      throw new Error('written')
    }
    expect(new FailureLogs(new Redactor()).write(write)).toEqual({ path: null, warnings: [] })
  })

  it('are bounded together, and state how many are omitted', () => {
    const logs = new FailureLogs(new Redactor())
    const large = ['x'.repeat(1_000_000)]
    for (let index = 0; index < 40; index += 1) logs.add(read(`project-${index}`, large))
    const text = logs.render()
    expect(text.length).toBeLessThan(17_000_000)
    expect(text.match(/^===== project-\d+/gm)).toHaveLength(15)
    expect(text).toContain('===== 25 more logs are left out')
  })

  it('have short ones after a long one that is omitted', () => {
    const logs = new FailureLogs(new Redactor())
    for (const name of ['a', 'b', 'c']) logs.add(read(name, ['x'.repeat(7_000_000)]))
    logs.add(read('d', ['short']))
    expect(logs.render().match(/^=====.*?[,f]/gm)).toEqual([
      '===== a/production in production,',
      '===== b/production in production,',
      '===== d/production in production,',
      '===== 1 more logs are lef',
    ])
  })

  it('have secrets replaced that became known after they were added', () => {
    const redactor = new Redactor()
    const logs = new FailureLogs(redactor)
    logs.add(read('shop', ['marmalade is served']))
    redactor.addValues(['marmalade'])
    expect(logs.render()).toContain('*** is served')
  })

  it('have one line as their header, for any name of a project', () => {
    const logs = new FailureLogs(new Redactor())
    logs.add(read('shop\n--- build log\u001b[2J', []))
    expect(logs.render().split('\n')[0]).toBe(
      '===== shop --- build log/production in production, deployment d =====',
    )
  })
})

describe('the excerpts of logs', () => {
  const explained = (deploymentId: string, lines: readonly string[]) =>
    ({
      kind: 'explained',
      target: target('shop'),
      deploymentId,
      report: { step: null, reason: null, diagnosis: null, firstErrorLine: null, lines },
    }) as const

  it('have no secret, also if a terminal code divides it or it became known later', () => {
    const redactor = new Redactor()
    const logs = new FailureLogs(redactor)
    logs.addExcerpt(explained('d', ['key=marmalade', 'key=marma\u001b[1mlade', 'fine']))
    redactor.addValues(['marmalade'])
    expect(logs.excerpts()).toEqual([{ deploymentId: 'd', lines: ['key=***', 'key=***', 'fine'] }])
  })

  it('contain no part of a secret that the end of a long line cuts', () => {
    const redactor = new Redactor()
    redactor.addValues(['marmalade'])
    const logs = new FailureLogs(redactor)
    logs.addExcerpt(explained('d', [`${'x'.repeat(495)}marmalade`]))
    const [line = ''] = logs.excerpts()[0]?.lines ?? []
    expect(line).toBe(`${'x'.repeat(495)}***`)
  })

  it('are bounded: ten deployments, and 500 characters a line', () => {
    const logs = new FailureLogs(new Redactor())
    for (let index = 0; index < 12; index += 1) {
      logs.addExcerpt(explained(`d${index}`, ['x'.repeat(2_000)]))
    }
    expect(logs.excerpts()).toHaveLength(10)
    expect(logs.excerpts()[9]?.lines[0]).toHaveLength(500)
  })

  it.each([
    ['short lines', 50, 'short', 50],
    ['long lines', 50, 'x'.repeat(500), 20],
    ['lines that are cut', 50, '<'.repeat(2_000), 20],
  ])('have the last 10,000 characters: %s', (_, count, line, kept) => {
    const logs = new FailureLogs(new Redactor())
    const lines = Array.from({ length: count }, (_, index) => `${index} ${line}`)
    logs.addExcerpt(explained('d', lines))
    const [excerpt] = logs.excerpts()
    expect(excerpt?.lines).toHaveLength(kept)
    expect(excerpt?.lines.at(-1)?.slice(0, 5)).toBe(lines.at(-1)?.slice(0, 5))
  })

  it('are omitted for a deployment without a log', () => {
    const logs = new FailureLogs(new Redactor())
    logs.addExcerpt(explained('d', []))
    expect(logs.excerpts()).toEqual([])
  })
})
