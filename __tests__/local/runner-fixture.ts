import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../local/clock.ts'
import { type BundleOptions, runBundle } from '../../local/runner/index.ts'

/** Runs a script as if it were the action, without this project's action.yml unless one is passed. */
export async function runScript(script: string, options: BundleOptions & { yaml?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'action-'))
  const { yaml, ...rest } = options
  try {
    const main = join(folder, 'index.mjs')
    const metadata = join(folder, 'action.yml')
    writeFileSync(main, script)
    if (yaml !== undefined) writeFileSync(metadata, yaml)
    return await runBundle({ main, metadata, killAfter: 20, ...rest })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export interface TestServer {
  url: string
  /** The path of every request, with its simulated second. */
  seen: string[]
  close(): Promise<void>
}

/**
 * A server on simulated time. `/hold/90` responds after 90 simulated seconds, `/never` not at all, `/slow/10` with its
 * body in two parts 10 s apart, `/cut/5` cuts the connection after 5 s, `/part/5` sends a part of its body and cuts the
 * connection after 5 s, any other path responds immediately.
 */
export async function startServer(clock: Clock): Promise<TestServer> {
  const start = clock.now()
  const seen: string[] = []
  const server = http.createServer(async (request, response) => {
    const [, kind, seconds] = (request.url ?? '').split('/')
    seen.push(`${(clock.now() - start) / 1000} ${request.url}`)
    request.resume()
    const header = request.headers['x-simulated-request']
    const wait = async () => {
      const release = clock.hold(typeof header === 'string' ? header : undefined)
      await clock.sleepUntil(clock.now() + Number(seconds) * 1000)
      release()
    }
    if (kind === 'never') {
      clock.hold(String(header))
      return
    }
    if (kind === 'hold') await wait()
    if (kind === 'part') response.write('first,')
    if (kind === 'cut' || kind === 'part') {
      await wait()
      response.destroy()
      return
    }
    if (kind === 'slow') {
      await wait()
      response.write('first,')
      await wait()
    }
    response.end(`answered at ${(clock.now() - start) / 1000}`)
  })
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
