/** The properties of a step from which GitHub makes its name. */
export interface StepHead {
  readonly id: string | null
  readonly uses: string | null
}

/** The maximum number of characters of a generated name. */
const maxNameLength = 100

/**
 * Returns the names of the steps of a job, as GitHub passes them in `GITHUB_ACTION`. The name of a step is its `id`.
 * Without an `id`, it is generated: `__owner_repository` for an action, `__self` for an action of the checkout, `__run`
 * for a script. If a name repeats, a number is added: `__owner_repository_2`. A generated name is never the `id` of
 * another step (`ConvertToSteps` in actions/runner, `convertSteps` in actions/languageservices).
 */
export function stepNames(steps: readonly StepHead[]): string[] {
  const taken = new Set(steps.flatMap(({ id }) => (id ? id.toLowerCase() : [])))
  return steps.map(({ id, uses }) => id || unique(plainName(`__${sourceName(uses)}`), taken))
}

function sourceName(uses: string | null): string {
  if (uses === null) return 'run'
  if (uses.startsWith('docker://')) return uses.slice('docker://'.length)
  if (/^(\.[\\/]|\$\/)/.test(uses)) return 'self'
  const [path = '', ref, ...more] = uses.split('@')
  const [owner, repository] = path.split(/[\\/]/).filter((part) => part !== '')
  return owner && repository && ref && more.length === 0 ? `${owner}/${repository}` : 'run'
}

const plainName = (name: string) => name.replace(/[^A-Za-z0-9_-]/g, '_')

function unique(name: string, taken: Set<string>): string {
  for (let attempt = 1; ; attempt += 1) {
    const suffix = attempt === 1 ? '' : `_${attempt}`
    const candidate = name.slice(0, maxNameLength - suffix.length) + suffix
    if (taken.has(candidate.toLowerCase())) continue
    taken.add(candidate.toLowerCase())
    return candidate
  }
}
