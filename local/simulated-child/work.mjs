/** Names what this process is doing, as against what it waits for. */

/** Handles that wait for somebody else. Whatever else Node lists is work of this process. */
const WAITING = new Set(
  'PipeWrap TCPSocketWrap TCPServerWrap TTYWrap TLSWrap SignalWrap UDPWrap UDPWRAP'.split(' '),
)
const compressing = new Set()

export function workGoingOn() {
  const kinds = process.getActiveResourcesInfo().filter((kind) => !WAITING.has(kind))
  const zlib = [...compressing].some(
    (stream) => !stream.destroyed && stream.readableLength < stream.readableHighWaterMark,
  )
  return zlib ? [...kinds, 'zlib'] : kinds
}

// Node does not list what zlib does in its threads.
const zlib = process.getBuiltinModule('node:zlib')
const compression = Object.getPrototypeOf(Object.getPrototypeOf(zlib.Gzip.prototype))
const { _transform: transform } = compression
compression._transform = function _transform(chunk, encoding, callback) {
  compressing.add(this)
  transform.call(this, chunk, encoding, (...result) => {
    compressing.delete(this)
    callback(...result)
  })
}
