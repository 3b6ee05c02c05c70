/** The minimum number of characters of a text that is searched. */
export const minLength = 6

/**
 * The number of characters of the pieces into which a longer text is divided. Each piece is searched separately, so
 * that a part of the text is found as well.
 */
const pieceLength = 64

/**
 * A search for many texts at once. Its time depends on the length of the searched text, and hardly on the number of
 * texts.
 */
export class TextMatcher {
  /** The texts, by their first {@link minLength} characters. The longest comes first. */
  readonly #byStart = new Map<string, string[]>()
  /**
   * Marks the hashes of the first two characters of all texts. It excludes most positions of a searched text quickly.
   */
  readonly #starts = new Uint8Array(65_536)

  /** Creates a search for texts. Texts shorter than {@link minLength} are ignored. */
  constructor(texts: readonly string[]) {
    const pieces = new Set(texts.flatMap(piecesOf))
    for (const piece of pieces) {
      if (piece.length < minLength) continue
      const start = piece.slice(0, minLength)
      const others = this.#byStart.get(start)
      if (others) others.push(piece)
      else this.#byStart.set(start, [piece])
      this.#starts[hash(piece.charCodeAt(0), piece.charCodeAt(1))] = 1
    }
    for (const list of this.#byStart.values()) list.sort((a, b) => b.length - a.length)
  }

  /** Replaces all matches in a text. Matches that overlap or touch are replaced once. */
  replace(text: string, replacement: string): string {
    if (this.#byStart.size === 0) return text
    const starts = this.#starts
    let result = ''
    let copied = 0
    let start = -1
    let end = -1
    for (let at = 0; at + minLength <= text.length; at += 1) {
      if (starts[hash(text.charCodeAt(at), text.charCodeAt(at + 1))] === 0) continue
      const length = this.#lengthAt(text, at)
      if (length === 0) continue
      if (start >= 0 && at > end) {
        result += text.slice(copied, start) + replacement
        copied = end
        start = at
      } else if (start < 0) start = at
      end = Math.max(end, at + length)
    }
    if (start < 0) return text
    return result + text.slice(copied, start) + replacement + text.slice(end)
  }

  /** Returns the length of the longest match that starts at a position, or 0 if there is none. */
  #lengthAt(text: string, at: number): number {
    const candidates = this.#byStart.get(text.slice(at, at + minLength))
    return candidates?.find((candidate) => text.startsWith(candidate, at))?.length ?? 0
  }
}

const hash = (first: number, second: number): number => (first ^ (second << 5)) & 0xffff

/** Splits a long text into pieces of the same length. The last piece may overlap the piece before it. */
function piecesOf(text: string): string[] {
  if (text.length <= pieceLength) return [text]
  const pieces: string[] = []
  for (let at = 0; at + pieceLength <= text.length; at += pieceLength) {
    pieces.push(text.slice(at, at + pieceLength))
  }
  return [...pieces, text.slice(-pieceLength)]
}
