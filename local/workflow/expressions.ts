import { data, Evaluator, Lexer, Parser } from '@actions/expressions'

/** The contexts of a workflow's expressions, such as `github`, `secrets` and `steps`, by name. */
export type Contexts = Readonly<Record<string, unknown>>

/** The result of the steps before the current one. */
export type JobStatus = 'success' | 'failure'

/** An expression of a workflow that cannot be evaluated. */
export class ExpressionError extends Error {}

/** Evaluates one expression with GitHub's own evaluator. */
function evaluate(text: string, contexts: Contexts, status: JobStatus): data.ExpressionData {
  try {
    return evaluateOrThrow(text, contexts, status)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ExpressionError(`Cannot evaluate \${{ ${text} }}: ${reason}`)
  }
}

function evaluateOrThrow(text: string, contexts: Contexts, status: JobStatus): data.ExpressionData {
  const results = {
    success: status === 'success',
    failure: status === 'failure',
    always: true,
    cancelled: false,
  }
  const functions = Object.entries(results).map(([name, result]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(result),
  }))
  const { tokens } = new Lexer(text).lex()
  const expression = new Parser(tokens, Object.keys(contexts), functions).parse()
  return new Evaluator(
    expression,
    toDictionary(contexts),
    new Map(functions.map((definition) => [definition.name, definition])),
  ).evaluate()
}

function toDictionary(contexts: Contexts): data.Dictionary {
  const values: unknown = JSON.parse(JSON.stringify(contexts), data.reviver)
  if (values instanceof data.Dictionary) return values
  throw new Error('Expected the contexts to be an object.')
}

/** Matches `${{ … }}`. A quoted string in the expression may contain `}}`. */
const expressionPattern = /\$\{\{((?:'[^']*'|(?!\}\})[\s\S])*)\}\}/g

/** Replaces every `${{ … }}` in a text with its value. Throws {@link ExpressionError}. */
export function evaluateText(text: string, contexts: Contexts): string {
  return text.replace(expressionPattern, (_, inner: string) =>
    evaluate(inner.trim(), contexts, 'success').coerceString(),
  )
}

/** Evaluates a text that is a single `${{ … }}`, such as `strategy.matrix`. The result may be an object. */
export function evaluateValue(text: string, contexts: Contexts): unknown {
  const inner = text.replace(expressionPattern, '$1').trim()
  return JSON.parse(JSON.stringify(evaluate(inner, contexts, 'success'), data.replacer))
}

/** Whether a job or step with this `if` runs. A condition without a status function also requires `success()`. */
export function isMet(
  condition: string | undefined,
  contexts: Contexts,
  status: JobStatus,
): boolean {
  if (condition === undefined) return status === 'success'
  const text = condition.replace(expressionPattern, '$1').trim()
  const hasStatusFunction = /\b(success|failure|always|cancelled)\(\)/.test(text)
  const result = evaluate(text, contexts, status).coerceString()
  return !['false', '', '0'].includes(result) && (hasStatusFunction || status === 'success')
}
