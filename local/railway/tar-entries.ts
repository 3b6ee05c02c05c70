import { Writable } from 'node:stream'
import type { UploadEntry } from './model.ts'

const block = 512

/** A stream that parses a tar archive. It collects the names, types, sizes and modes of the entries, not their contents. */
export class TarEntries extends Writable {
  readonly entries: UploadEntry[] = []
  #pending = Buffer.alloc(0)
  /** Unread bytes of the current entry, including its padding. */
  #left = 0
  /** The extended header that is being read; `null` while the content of a file is skipped. */
  #extension: { type: 'pax' | 'name'; size: number; chunks: Buffer[] } | null = null
  #pax: { path?: string; size?: number } = {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    try {
      this.#read(this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk)
      done()
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  }

  override _final(done: (error?: Error) => void): void {
    done(this.#left > 0 ? new Error('The archive ends in the middle of a file.') : undefined)
  }

  #read(data: Buffer): void {
    let offset = 0
    while (offset < data.length) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, data.length - offset)
        this.#extension?.chunks.push(Buffer.from(data.subarray(offset, offset + taken)))
        this.#left -= taken
        offset += taken
        if (this.#left === 0) this.#endExtension()
      } else if (data.length - offset >= block) {
        this.#header(data.subarray(offset, offset + block))
        offset += block
      } else break
    }
    this.#pending = Buffer.from(data.subarray(offset))
  }

  #header(header: Buffer): void {
    if (header.every((byte) => byte === 0)) return
    const sum = header.reduce(
      (total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte),
      0,
    )
    if (sum !== number(header, 148, 8)) throw new Error('The data is not a tar archive.')
    const size = this.#pax.size ?? number(header, 124, 12)
    const type = String.fromCharCode(header[156] ?? 0)
    this.#left = Math.ceil(size / block) * block
    if (type === 'x' || type === 'L') {
      this.#extension = { type: type === 'x' ? 'pax' : 'name', size, chunks: [] }
      if (this.#left === 0) this.#endExtension()
      return
    }
    if (type === 'g') return
    const prefix = text(header, 345, 155)
    const name = text(header, 0, 100)
    const isUstar = text(header, 257, 5) === 'ustar'
    this.entries.push({
      path: this.#pax.path ?? (isUstar && prefix ? `${prefix}/${name}` : name),
      type: types[type] ?? 'other',
      bytes: size,
      mode: number(header, 100, 8),
    })
    this.#pax = {}
  }

  #endExtension(): void {
    if (!this.#extension) return
    const { type, size, chunks } = this.#extension
    const content = Buffer.concat(chunks).subarray(0, size)
    this.#extension = null
    if (type === 'name') this.#pax.path = content.toString().replace(/\0+$/, '')
    else Object.assign(this.#pax, paxOf(content))
  }
}

const types: Record<string, UploadEntry['type']> = {
  '0': 'file',
  '\0': 'file',
  '5': 'directory',
  '1': 'link',
  '2': 'link',
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.subarray(0, end < 0 ? length : end).toString()
}

const number = (header: Buffer, start: number, length: number): number =>
  Number.parseInt(text(header, start, length).trim() || '0', 8)

/** Parses the `path` and the `size` of a pax header, which has records of the form `<length> <key>=<value>\n`. */
function paxOf(content: Buffer): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {}
  let offset = 0
  while (offset < content.length) {
    const space = content.indexOf(32, offset)
    const length = Number(content.subarray(offset, space).toString())
    if (space < 0 || !(length > 0)) break
    const record = content.subarray(space + 1, offset + length - 1).toString()
    const [key = '', ...value] = record.split('=')
    if (key === 'path') found.path = value.join('=')
    if (key === 'size') found.size = Number(value.join('='))
    offset += length
  }
  return found
}
