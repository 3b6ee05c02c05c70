import { createServer, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'

/** A `CONNECT` request that the proxy received. */
export interface Tunnel {
  /** `host:port`, as in the request. */
  target: string
  /** Status of the response. The tunnel is open if it is 200. */
  status: number
}

/** A running proxy. */
export interface ConnectProxy {
  /** The address of the proxy, without credentials. */
  url: string
  /** `address:port` of the proxy. */
  host: string
  /** Every `CONNECT` request until now, oldest first. */
  tunnels: Tunnel[]
  close(): Promise<void>
}

export interface ConnectProxyOptions {
  /** `user:password`. A client that does not send them receives a 407. */
  credentials?: string
  /** Loopback port for each target, such as `api.example.test:443`. Other targets receive a 403. */
  targets: Record<string, number>
}

/** Starts a proxy on loopback that accepts `CONNECT` and refuses every other method. */
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
    const status = connectStatus(request, options)
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

function connectStatus(
  { url = '', headers }: IncomingMessage,
  { credentials, targets }: ConnectProxyOptions,
): number {
  const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`
  if (expected && headers['proxy-authorization'] !== expected) return 407
  return targets[url] === undefined ? 403 : 200
}
