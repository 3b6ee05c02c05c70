import type { Shard } from '../inputs/fields.ts'

/**
 * Tells whether a project belongs to a part of the workspace. A project stays in its part whatever other projects
 * come and go, and every project belongs to exactly one part.
 */
export function isInShard(projectId: string, shard: Shard | null): boolean {
  return shard === null || hash(projectId) % shard.of === shard.part - 1
}

/** FNV-1a over UTF-16 units, with the bits mixed once more at the end: ids that are alike spread evenly. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
