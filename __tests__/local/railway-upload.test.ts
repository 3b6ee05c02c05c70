import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { FaultRule } from '../../local/railway/index.ts'
import { bench, closeAll } from './railway-harness.ts'

afterEach(closeAll)

function header(name: string, size: number, type = '0'): Buffer {
  const block = Buffer.alloc(512)
  block.write(name, 0)
  block.write('0000644\0', 100)
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  block.write('        ', 148)
  block.write(type, 156)
  block.write('ustar\u000000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

function entry(name: string, content: string, type?: string): Buffer {
  const data = Buffer.from(content)
  const padding = Buffer.alloc((512 - (data.length % 512)) % 512)
  return Buffer.concat([header(name, data.length, type), data, padding])
}

function pax(path: string): Buffer {
  const body = ` path=${path}\n`
  let length = body.length + 1
  while (`${length}${body}`.length !== length) length++
  return entry('PaxHeader', `${length}${body}`, 'x')
}

const long = `./${'deep/'.repeat(40)}file.txt`
const archive = gzipSync(
  Buffer.concat([
    entry('./', '', '5'),
    entry('./index.js', 'console.log(1)'),
    pax(long),
    entry('short', 'x'.repeat(1000)),
    Buffer.alloc(1024),
  ]),
)

async function shop(faults: FaultRule[] = [], maxUploadBytes = Infinity) {
  const started = await bench({ faults, maxUploadBytes })
  const { railway, world } = started
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  const { id } = world.environmentOf(project, 'production')
  const service = world.service(project, 'web', { domain: true })
  const token = world.workspaceToken(acme)
  const up = async (
    options: { serviceId?: string; body?: Buffer; headers?: Record<string, string> } = {},
  ) => {
    const { serviceId = service.id, body = archive, headers } = options
    const path = `/project/${project.id}/environment/${id}/up?serviceId=${serviceId}&message=hello%20there`
    const answer = await fetch(new URL(path, railway.url), {
      method: 'POST',
      headers: {
        'content-type': 'application/gzip',
        ...(headers ?? { authorization: `Bearer ${token}` }),
      },
      body,
    })
    return { status: answer.status, text: await answer.text() }
  }
  return { ...started, project, service, token, up }
}

describe('an upload', () => {
  it('becomes a deployment of the archive', async () => {
    const { clock, railway, service, up, world } = await shop()
    const { status, text } = await up()
    expect(status).toBe(200)
    const [deployment] = world.newDeployments()
    expect(JSON.parse(text)).toMatchObject({
      deploymentId: deployment?.id,
      logsUrl: expect.stringContaining(`?id=${deployment?.id}`),
      deploymentDomain: 'web-production.up.railway.app',
    })
    expect(world.uploads).toMatchObject([
      {
        serviceId: service.id,
        createdService: null,
        message: 'hello there',
        bytes: archive.length,
        sha256: createHash('sha256').update(archive).digest('hex'),
        entries: [
          { path: './', type: 'directory' },
          { path: './index.js', type: 'file', bytes: 14 },
          { path: long, type: 'file', bytes: 1000 },
        ],
      },
    ])
    await clock.pass(60)
    expect(world.snapshot()['shop/production/web']?.archive).toBe(world.uploads[0]?.sha256)
    expect(railway.requests[0]).toMatchObject({ kind: 'upload', roots: ['up'], effect: true })
  })

  it('without a service makes one', async () => {
    const { project, up, world } = await shop()
    expect((await up({ serviceId: '' })).status).toBe(200)
    expect(project.services).toHaveLength(2)
    expect(world.uploads[0]?.createdService?.name).toBe('service-2')
  })

  it.each([
    ['too large', { maxUploadBytes: 10 }, {}, 413],
    ['not an archive', {}, { body: Buffer.from('hello') }, 400],
    ['not a tar archive', {}, { body: gzipSync(Buffer.alloc(1024, 'x')) }, 400],
    ['for a service that does not exist', {}, { serviceId: 'x' }, 400],
    ['without a token', {}, { headers: {} }, 401],
  ])(
    '%s: makes no deployment',
    async (_, { maxUploadBytes = Infinity }: { maxUploadBytes?: number }, options, expected) => {
      const { up, world } = await shop([], maxUploadBytes)
      expect((await up(options)).status).toBe(expected)
      expect(world.newDeployments()).toEqual([])
    },
  )

  it('works with a project token', async () => {
    const { project, up, world } = await shop()
    const headers = { 'project-access-token': world.projectToken(project, 'production') }
    expect((await up({ headers })).status).toBe(200)
  })

  it.each([
    ['reset-after-effect', 1],
    ['reset-before-effect', 0],
  ] as const)('can meet faults: %s', async (fault, made) => {
    const { up, world } = await shop([{ kind: 'upload', fault }])
    await expect(up()).rejects.toThrow()
    expect(world.newDeployments()).toHaveLength(made)
  })
})
