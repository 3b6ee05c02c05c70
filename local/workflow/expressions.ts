import { data, Evaluator, Lexer, Parser } from '@actions/expressions'

/** What the expressions of a workflow may read, such as `github`, `secrets` and `steps`. */
export type Contexts = Readonly<Record<string, unknown>>

/** How the steps before this one ended. */
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
  const answers = {
    success: status === 'success',
    failure: status === 'failure',
    always: true,
    cancelled: false,
  }
  const functions = Object.entries(answers).map(([name, answer]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(answer),
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
  throw new Error('Contexts are an object.')
}

/** An expression; a quoted text in it may hold the signs that end one. */
const marked = /\$\{\{((?:'[^']*'|(?!\}\})[\s\S])*)\}\}/g

/** Replaces the expressions of a text. */
export function fillIn(text: string, contexts: Contexts): string {
  return text.replace(marked, (_, inner: string) =>
    evaluate(inner.trim(), contexts, 'success').coerceString(),
  )
}

/** Reads a value that is one expression and answers an object, as `strategy.matrix` does. */
export function readValue(text: string, contexts: Contexts): unknown {
  const inner = text.replace(marked, '$1').trim()
  return JSON.parse(JSON.stringify(evaluate(inner, contexts, 'success'), data.replacer))
}

/** Says whether a job or step with this `if` runs. Without a function of the status, it wants success. */
export function isMet(
  condition: string | undefined,
  contexts: Contexts,
  status: JobStatus,
): boolean {
  if (condition === undefined) return status === 'success'
  const text = condition.replace(marked, '$1').trim()
  const asks = /\b(success|failure|always|cancelled)\(\)/.test(text)
  const met = evaluate(text, contexts, status).coerceString()
  return !['false', '', '0'].includes(met) && (asks || status === 'success')
}
