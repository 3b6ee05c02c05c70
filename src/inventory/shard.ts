import type { Shard } from '../inputs/fields.ts'

/**
 * Returns whether a project belongs to a shard; `null` means all projects. Every project belongs to exactly one shard,
 * and other projects do not change which one.
 */
export function isInShard(projectId: string, shard: Shard | null): boolean {
  return shard === null || hash(projectId) % shard.of === shard.part - 1
}

/** Hashes text with FNV-1a over UTF-16 units. The bits are mixed at the end, so that similar ids spread evenly. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
