/** Objects of the process of which a test may replace a function. */
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

/** What Node changes itself, and what `environment.ts` takes back. */
const ignored = /^process\.(exit|domain|_.+)$|^process\.std(out|err)\.(?!write$)/

/** What the test files of a worker share beside the modules, as it was when this was made. */
export class SharedState {
  readonly #environment = { ...process.env }
  readonly #directory = process.cwd()
  readonly #exitCode = process.exitCode
  readonly #functions = objects.map(([name, object]) => ({
    name,
    object,
    before: functionsOf(name, object),
  }))

  /** Restores what has changed since then, and returns its names. */
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
