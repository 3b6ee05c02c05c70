/**
 * A text of this action in which text from outside is escaped. Backticks in it mark code. Only {@link escaped},
 * {@link trustedText} and {@link joinTexts} create it.
 */
export class EscapedText {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  /** Builds a text from the parts of a template. */
  static fromTemplate(literals: readonly string[], values: readonly Part[]): EscapedText {
    const parts = literals.map(
      (literal, index) => `${index > 0 ? shown(values[index - 1]) : ''}${literal}`,
    )
    return new EscapedText(parts.join(''))
  }

  /** Returns whether the text is empty. */
  get isEmpty(): boolean {
    return this.text === ''
  }
}

/** A value in a template of {@link escaped}: an escaped text, or text from outside. */
type Part = EscapedText | string | number | null | undefined

/** Returns the text of a value. In text from outside, backticks are replaced, so that it cannot mark or end code. */
function shown(part: Part): string {
  if (part instanceof EscapedText) return part.text
  return typeof part === 'string' ? part.replaceAll('`', "'") : `${part ?? ''}`
}

/** Builds a text from a template. Each value in it is escaped, unless it is an {@link EscapedText}. */
export const escaped = (literals: TemplateStringsArray, ...values: readonly Part[]): EscapedText =>
  EscapedText.fromTemplate(literals, values)

/** Converts a text of this action without escaping, such as the description of the values that an input accepts. */
export const trustedText = (text: string): EscapedText => EscapedText.fromTemplate([text], [])

/** Joins texts with a separator. Parts that are empty or `false` are left out. */
export function joinTexts(
  parts: readonly (EscapedText | false | null | undefined)[],
  separator = ' ',
): EscapedText {
  const present = parts
    .filter((part) => part instanceof EscapedText)
    .filter((part) => !part.isEmpty)
  return EscapedText.fromTemplate(
    ['', ...present.map((_, index) => (index < present.length - 1 ? separator : ''))],
    present,
  )
}
