/**
 * A sentence of this action, or a part of one. Backticks in it mark code. Only {@link words}, {@link ownWords} and
 * {@link joinWords} create it, so text from outside is always escaped.
 */
export class Words {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  /** Builds words from the parts of a template. */
  static fromTemplate(literals: readonly string[], values: readonly Part[]): Words {
    const parts = literals.map(
      (literal, index) => `${index > 0 ? shown(values[index - 1]) : ''}${literal}`,
    )
    return new Words(parts.join(''))
  }

  /** Returns whether the text is empty. */
  get isEmpty(): boolean {
    return this.text === ''
  }
}

/** A value in a template of {@link words}: words of this action, or text from outside. */
type Part = Words | string | number | null | undefined

/** Returns the text of a value. In text from outside, backticks are replaced, so that it cannot mark or end code. */
function shown(part: Part): string {
  if (part instanceof Words) return part.text
  return typeof part === 'string' ? part.replaceAll('`', "'") : `${part ?? ''}`
}

/** Builds words from a template. A value in it is escaped, unless it consists of words itself. */
export const words = (literals: TemplateStringsArray, ...values: readonly Part[]): Words =>
  Words.fromTemplate(literals, values)

/** Converts a text of this action into words, such as the description of the values that an input accepts. */
export const ownWords = (text: string): Words => Words.fromTemplate([text], [])

/** Joins words with a separator. Parts that are empty or `false` are left out. */
export function joinWords(
  parts: readonly (Words | false | null | undefined)[],
  separator = ' ',
): Words {
  const present = parts.filter((part) => part instanceof Words).filter((part) => !part.isEmpty)
  return Words.fromTemplate(
    ['', ...present.map((_, index) => (index < present.length - 1 ? separator : ''))],
    present,
  )
}
