import type { ErrorCode, Facts } from '../codes.ts'
import type { EscapedText } from '../escaped-text.ts'

/** The message of an error. The title has no full stop; the other parts are whole sentences. */
export interface Message<Text = string> {
  /** The title after `Railway: ` in the annotation. It is short, and the same for the same cause. */
  readonly title: Text
  /** The event and its object. */
  readonly what: Text
  readonly why: Text
  /** The next step for the reader, with the name of the input, setting or page. */
  readonly next: Text
}

/** A function that returns the message for the facts of one code. */
export type Wording<Code extends ErrorCode> = (facts: Facts[Code]) => Message<EscapedText>
