import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'

/** A certificate authority for tests, and a server certificate that it issued. */
export interface TestAuthority {
  /** Path of the authority's certificate, a value for `NODE_EXTRA_CA_CERTS`. */
  file: string
  /** The server certificate, as PEM. */
  certificate: Buffer
  /** The private key of the server certificate, as PEM. */
  key: Buffer
  /** Deletes the files. */
  remove(): void
}

/** Creates an authority and a server certificate for these hosts. Requires `openssl` on the `PATH`. */
export function makeAuthority(hosts: readonly string[]): TestAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'))
  const path = (name: string) => join(folder, name)
  const openssl = (...words: string[]) =>
    execFileSync('openssl', words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  writeFileSync(
    path('ca.cnf'),
    '[req]\ndistinguished_name=dn\nx509_extensions=ca\nprompt=no\n[dn]\nCN=Test authority\n[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n',
  )
  writeFileSync(
    path('leaf.cnf'),
    `[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=Test server\n[leaf]\nbasicConstraints=CA:FALSE\nsubjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}\n`,
  )
  openssl(
    ...['req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2'],
    ...['-config', 'ca.cnf'],
  )
  openssl('req', ...key, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-config', 'leaf.cnf')
  openssl(
    ...['x509', '-req', '-in', 'leaf.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-out', 'leaf.pem', '-days', '2', '-extfile', 'leaf.cnf', '-extensions', 'leaf'],
  )
  return {
    file: path('ca.pem'),
    certificate: readFileSync(path('leaf.pem')),
    key: readFileSync(path('leaf.key')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export interface TlsFront {
  port: number
  close(): Promise<void>
}

/**
 * Starts a TLS server on loopback that forwards each connection to a plain HTTP server.
 *
 * @param upstreamUrl the address of the plain HTTP server
 */
export async function startTlsFront(
  upstreamUrl: string,
  { certificate: cert, key }: Pick<TestAuthority, 'certificate' | 'key'>,
): Promise<TlsFront> {
  const { hostname, port } = new URL(upstreamUrl)
  const sockets = new Set<Socket>()
  const server = createServer({ cert, key }, (client) => {
    const upstream = connect(Number(port), hostname)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
