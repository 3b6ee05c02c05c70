/** The parts of a step that its name depends on. */
export interface StepHead {
  readonly id: string | null
  readonly uses: string | null
}

const maxNameLength = 100

/**
 * Returns the names that GitHub gives to the steps of a job and passes as `GITHUB_ACTION`. A step with an `id` has that
 * name. Every other is named after what it runs: `__owner_repository`, `__self` for an action of the checkout, `__run`
 * for a script. From the second of a name on, a number is added: `__owner_repository_2`. Ids are reserved first,
 * wherever they are (`ConvertToSteps` in actions/runner, `convertSteps` in actions/languageservices).
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
