import type { Clock } from '../../src/clock.ts'
import { messageFor } from '../../src/errors/messages/message-for.ts'
import type { Result } from '../../src/errors/result.ts'
import { chooseToken, parseInputs } from '../../src/inputs/read-inputs.ts'
import { parseContext } from '../../src/inputs/run-context.ts'
import { FatalFailure } from '../../src/railway/fatal-failure.ts'
import { Railway } from '../../src/railway/railway.ts'
import type { Fetch } from '../../src/railway/transport/http.ts'
import { Redactor } from '../../src/redactor.ts'
import { diagnosisLines, diagnosisValue } from '../../src/report/diagnosis.ts'
import { detectToken } from '../../src/scope/detect-token.ts'
import { resolveScope } from '../../src/scope/resolve-scope.ts'

/** The environment of a diagnosis: environment variables, arguments, network, clock and output. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The arguments: `--api-url <address>`, `--workspace <name>`, `--help`. */
  readonly words: readonly string[]
  readonly fetch: Fetch
  readonly clock: Clock
  readonly stop: AbortSignal
  readonly print: (line: string) => void
}

/** The time limit of the whole diagnosis, in milliseconds. */
const timeLimit = 10 * 60_000

const usage = 'npm run diagnose -- [--api-url <address>] [--workspace <name>]'

const helpText = `${usage}

Checks this action's assumptions about Railway's API with read-only requests. The token is in RAILWAY_API_TOKEN, or else in
RAILWAY_TOKEN. Prints a line for each assumption, and then the results as JSON, without names, ids and values.

  --api-url address   address of the API, instead of Railway's
  --workspace name    name or id of the workspace; required for an account token that has access to several
  -h, --help          prints this text

The exit code is 0 if no assumption is refuted, 1 if one is refuted, and 2 if the requests to Railway fail.`

/** Diagnoses the API with the token of the environment. Returns the exit code: 0, 1 if an assumption is refuted, or 2. */
export async function diagnoseFromTerminal(terminal: Terminal): Promise<number> {
  try {
    return await diagnose(terminal)
  } catch (error) {
    if (!(error instanceof FatalFailure)) throw error
    terminal.print(sentenceOf(error.failure))
    return 2
  }
}

async function diagnose(terminal: Terminal): Promise<number> {
  const { environment, fetch, clock, stop, print } = terminal
  if (terminal.words.some((word) => word === '--help' || word === '-h')) {
    print(helpText)
    return 0
  }
  const given = options(terminal.words)
  const token = chooseToken([
    { source: 'RAILWAY_API_TOKEN', value: environment.RAILWAY_API_TOKEN ?? '' },
    { source: 'RAILWAY_TOKEN', value: environment.RAILWAY_TOKEN ?? '' },
  ])
  if (!token) {
    print('Set RAILWAY_API_TOKEN or RAILWAY_TOKEN to a token of Railway.')
    return 2
  }
  const raw = { command: 'check', diagnose: 'true', ...given }
  const inputs = required(parseInputs(raw, token, parseContext({}, {})))
  const end = clock.now() + timeLimit
  const redactor = new Redactor()
  redactor.addValues([token.secret.reveal()])
  const railway = new Railway({
    url: inputs.apiUrl,
    token: token.secret,
    fetch,
    clock,
    random: Math.random,
    stop,
    abandon: stop,
    deadline: () => end,
    redactor,
    onRequest: () => {},
    onWait: () => {},
    onProjects: () => {},
  })
  const requirements = { token, ...inputs }
  const scope = required(
    resolveScope(await detectToken(railway.probes, requirements), requirements),
  )
  const inventory = await railway.as(scope, requirements).inventory()
  const diagnosis = await railway.diagnose(scope, inventory)
  for (const line of diagnosisLines(diagnosis)) print(line)
  print('')
  print(JSON.stringify(diagnosisValue({ diagnosis }), null, 2))
  return diagnosis.some(({ verdict }) => verdict === 'refuted') ? 1 : 0
}

function options(words: readonly string[]): Record<string, string> {
  const given: Record<string, string> = {}
  for (let index = 0; index < words.length; index += 2) {
    const [name = '', value] = [words[index], words[index + 1]]
    if (!['--api-url', '--workspace'].includes(name) || value === undefined) {
      throw new Error(`usage: ${usage}`)
    }
    given[name.slice(2)] = value
  }
  return given
}

function required<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value
  const [first] = result.failures
  if (!first) throw new Error('The failed result has no failure.')
  throw new FatalFailure(first, {})
}

function sentenceOf(failure: FatalFailure['failure']): string {
  const { what, why, next } = messageFor(failure)
  return [what, why, next].filter(Boolean).join(' ')
}
