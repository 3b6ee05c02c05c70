import type {
  StepFinding,
  WorkflowCall,
  WorkflowInput,
  WorkflowStep,
} from '../../inputs/workflow-step.ts'
import { type JobInFile, parseWorkflow, type StepInFile } from './parse-workflow.ts'
import { stepNames } from './step-names.ts'

/** The running step, by the variables of the runner. */
export interface RunningStep {
  /** The path of the run's workflow file in the repository. */
  readonly workflow: string
  /** The id of the job in its workflow file (`GITHUB_JOB`). */
  readonly job: string
  /** The name of the step, in the form of {@link stepNames} (`GITHUB_ACTION`). */
  readonly name: string
  /** The repository of the action, as `owner/name`; `null` for an action of the checkout (`uses: ./`). */
  readonly repository: string | null
  /** The text after the `@` of `uses:`. */
  readonly ref: string | null
  /** Returns the value of an input of the running step. */
  input(name: string): string
}

/** The maximum depth of calls between reusable workflows. */
const maxCallDepth = 10

/**
 * Finds the running step in the workflow files of a checkout. `read` returns the text of a file by its path in the
 * repository. A step matches if its job, its name and its action are the same, and if each input without an expression
 * has the value of the running step. If several steps match, the result is `unknown` with these steps, because a wrong
 * line would mislead.
 */
export function locateStep(
  running: RunningStep,
  read: (path: string) => string | null,
): StepFinding {
  const search: Search = {
    running,
    read,
    places: new Map(),
    remoteCalls: [],
    files: 0,
    jobFound: false,
  }
  searchFile(search, running.workflow, null, 0)
  if (search.files === 0) return { kind: 'unknown' }
  const [place, ...others] = search.places.values()
  if (place && others.length === 0 && (search.remoteCalls.length === 0 || place.certain)) {
    return { kind: 'found', step: place.step }
  }
  // If a file of the checkout has a job of this id, the step may be in it although it was not found.
  if (!place && search.remoteCalls.length > 0 && !search.jobFound) {
    return { kind: 'elsewhere', calls: search.remoteCalls }
  }
  if (others.length === 0 || search.remoteCalls.length > 0) return { kind: 'unknown' }
  return { kind: 'unknown', candidates: [...search.places.values()].map(({ step }) => step) }
}

/** The state of a search. */
interface Search {
  readonly running: RunningStep
  readonly read: (path: string) => string | null
  /** The matching steps by file and line. `certain`: at least one input was compared. */
  readonly places: Map<string, { step: WorkflowStep; certain: boolean }>
  /** The calls of reusable workflows that are not in the checkout. The running step may be in one of them. */
  readonly remoteCalls: WorkflowCall[]
  files: number
  /** `true` if a file of the checkout has the running job, with steps. */
  jobFound: boolean
}

/** The maximum number of workflow files that are read, with the reusable workflows that they call. */
const maxFiles = 100

function searchFile(search: Search, path: string, call: WorkflowCall | null, depth: number): void {
  const text = depth > maxCallDepth || search.files >= maxFiles ? null : search.read(path)
  const workflow = text === null ? null : parseWorkflow(text)
  if (!workflow) {
    if (call) search.remoteCalls.push(call)
    return
  }
  search.files += 1
  for (const job of workflow.jobs) {
    if (job.calls !== null) followCall(search, path, job, depth)
    else if (job.id.toLowerCase() === search.running.job.toLowerCase()) {
      search.jobFound = true
      searchJob(search, path, job, { call, variables: workflow.variables })
    }
  }
}

function followCall(search: Search, file: string, job: JobInFile, depth: number): void {
  const call: WorkflowCall = { file, job: job.id, secrets: job.secrets }
  const local = /^(?:\.|\$)\/(\.(?:github|gitea|forgejo)\/workflows\/[^/@]+\.ya?ml)$/.exec(
    job.calls ?? '',
  )?.[1]
  if (local) searchFile(search, local, call, depth + 1)
  else search.remoteCalls.push(call)
}

function searchJob(
  { running, places }: Search,
  file: string,
  job: JobInFile,
  around: { call: WorkflowCall | null; variables: ReadonlyMap<string, string> },
): void {
  const mayBe = nameTest(job.steps, running.name)
  job.steps.forEach((step, index) => {
    if (!mayBe(step, index)) return
    if (step.line === null || !runsThis(step.uses, running)) return
    const literals = [...step.inputs].filter(([, { text }]) => !text.includes('${{'))
    if (!literals.every(([name, given]) => arrived(given, running.input(name)))) return
    const key = `${file}:${step.line}`
    const before = places.get(key)
    const calls = [...(before?.step.calls ?? []), ...(around.call ? [around.call] : [])]
    const variables = new Map([...around.variables, ...job.variables, ...step.variables])
    places.set(key, {
      step: { file, line: step.line, inputs: step.inputs, variables, calls },
      certain: literals.length > 0,
    })
  })
}

/**
 * Returns a test for steps that may have the name of the running step. If the job has groups of steps, the names that
 * the runner generates are not known. A step without an id then matches, unless the name is the id of another step.
 */
function nameTest(
  steps: readonly StepInFile[],
  name: string,
): (step: StepInFile, index: number) => boolean {
  const isName = (text: string | null | undefined) => text?.toLowerCase() === name.toLowerCase()
  if (!steps.some(({ inGroup }) => inGroup)) {
    const names = stepNames(steps)
    return (_, index) => isName(names[index])
  }
  const isId = steps.some(({ id }) => isName(id))
  return ({ id }) => (isId ? isName(id) : !id)
}

function runsThis(uses: StepInFile['uses'], { repository, ref }: RunningStep): boolean {
  if (uses === null) return false
  if (repository === null) return /^(\.[\\/]|\$\/)/.test(uses)
  const [path = '', usedRef = ''] = uses.split('@')
  const used = path.split('/').slice(0, 2).join('/')
  return used.toLowerCase() === repository.toLowerCase() && (ref === null || ref === usedRef)
}

const arrived = ({ text }: WorkflowInput, value: string) =>
  text.replace(/\r\n/g, '\n').trim() === value.replace(/\r\n/g, '\n').trim()
