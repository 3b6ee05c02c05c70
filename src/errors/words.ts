/**
 * A sentence, or a part of one, of this action. Backticks in it mark code. It is only made by {@link words},
 * {@link ownWords} and {@link joinWords}, so text from outside is always escaped.
 */
export class Words {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  /** Builds words from the template of {@link words}. */
  static fromTemplate(literals: readonly string[], values: readonly Part[]): Words {
    const parts = literals.map(
      (literal, index) => `${index > 0 ? shown(values[index - 1]) : ''}${literal}`,
    )
    return new Words(parts.join(''))
  }

  /** Returns whether there is nothing to read. */
  get isEmpty(): boolean {
    return this.text === ''
  }
}

/** A part of a template of {@link words}: the action's own words, or foreign text. */
type Part = Words | string | number | null | undefined

/** Text from outside loses its backticks, so that every pair of them is ours. */
function shown(part: Part): string {
  if (part instanceof Words) return part.text
  return typeof part === 'string' ? part.replaceAll('`', "'") : `${part ?? ''}`
}

/** Builds words: the template is ours, and what is interpolated is escaped unless it is words, too. */
export const words = (literals: TemplateStringsArray, ...values: readonly Part[]): Words =>
  Words.fromTemplate(literals, values)

/** Takes a text of this action for words, such as the description of a value that an input accepts. */
export const ownWords = (text: string): Words => Words.fromTemplate([text], [])

/** Joins words, and leaves out what is empty or false. */
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
