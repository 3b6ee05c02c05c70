import { createServer, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'

/** One `CONNECT` as tests look back on it. */
export interface Tunnel {
  /** `host:port`, as the client wrote it. */
  target: string
  /** The answer: 200 opens the tunnel. */
  status: number
}

export interface ConnectProxy {
  /** The address, without credentials. */
  url: string
  host: string
  tunnels: Tunnel[]
  close(): Promise<void>
}

export interface ConnectProxyOptions {
  /** `user:password`, which clients have to present. */
  credentials?: string
  /** The port on loopback behind each target, such as `api.example.test:443`. Other targets get a 403. */
  targets: Record<string, number>
}

/** Starts a proxy on loopback that only opens tunnels, as proxies of companies do for https. */
export async function startConnectProxy(options: ConnectProxyOptions): Promise<ConnectProxy> {
  const tunnels: Tunnel[] = []
  const sockets = new Set<Socket>()
  const server = createServer((_, response) => response.writeHead(405).end())
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  }
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    const target = request.url ?? ''
    const status = judge(request, options)
    tunnels.push({ target, status })
    keep(client)
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    const upstream = connect(options.targets[target] ?? 0, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client)
      client.pipe(upstream)
    })
    keep(upstream)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const host = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  return {
    url: `http://${host}`,
    host,
    tunnels,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function judge(
  { url = '', headers }: IncomingMessage,
  { credentials, targets }: ConnectProxyOptions,
): number {
  const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`
  if (expected && headers['proxy-authorization'] !== expected) return 407
  return targets[url] === undefined ? 403 : 200
}
