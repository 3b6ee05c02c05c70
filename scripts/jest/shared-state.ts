/** Global objects whose functions a test may replace. */
const objects: readonly (readonly [name: string, object: object])[] = [
  ['globalThis', globalThis],
  ['process', process],
  ['process.stdout', process.stdout],
  ['process.stderr', process.stderr],
  ['Date', Date],
  ['Math', Math],
  ['JSON', JSON],
  ['Object', Object],
  ['Promise', Promise],
]

/** Matches properties that Node itself changes, and those that `environment.ts` restores. */
const ignored = /^process\.(exit|domain|_.+)$|^process\.std(out|err)\.(?!write$)/

/** A copy of the global state that the test files of a worker share: environment, directory, exit code and functions. */
export class SharedState {
  readonly #environment = { ...process.env }
  readonly #directory = process.cwd()
  readonly #exitCode = process.exitCode
  readonly #functions = objects.map(([name, object]) => ({
    name,
    object,
    before: functionsOf(name, object),
  }))

  /** Restores the state at the construction of this object. Returns the names of the parts that had changed. */
  restore(): string[] {
    return [
      ...this.#restoreEnvironment(),
      ...this.#restoreProcess(),
      ...this.#functions.flatMap(restoreFunctions),
    ].sort()
  }

  #restoreEnvironment(): string[] {
    const names = new Set([...Object.keys(this.#environment), ...Object.keys(process.env)])
    const changed = [...names].filter((name) => process.env[name] !== this.#environment[name])
    for (const name of changed) {
      const value = this.#environment[name]
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    return changed.map((name) => `process.env.${name}`)
  }

  #restoreProcess(): string[] {
    const changed: string[] = []
    if (process.cwd() !== this.#directory) {
      process.chdir(this.#directory)
      changed.push('process.cwd()')
    }
    if (process.exitCode !== this.#exitCode) {
      process.exitCode = this.#exitCode
      changed.push('process.exitCode')
    }
    return changed
  }
}

type Functions = ReadonlyMap<string, PropertyDescriptor>

function functionsOf(name: string, object: object): Functions {
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(object))
  return new Map(
    descriptors.filter(
      ([key, { value }]) => typeof value === 'function' && !ignored.test(`${name}.${key}`),
    ),
  )
}

function restoreFunctions(one: { name: string; object: object; before: Functions }): string[] {
  const { name, object, before } = one
  const after = functionsOf(name, object)
  const keys = new Set([...before.keys(), ...after.keys()])
  const changed = [...keys].filter((key) => before.get(key)?.value !== after.get(key)?.value)
  for (const key of changed) {
    const descriptor = before.get(key)
    if (descriptor) Object.defineProperty(object, key, descriptor)
    else Reflect.deleteProperty(object, key)
  }
  return changed.map((key) => `${name}.${key}`)
}
