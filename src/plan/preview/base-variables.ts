import { isRailwayProvided } from '../../variables/names.ts'
import { referencesIn } from '../../variables/references.ts'
import type { VariableState } from '../variables/state.ts'
import { hasPassword } from './passwords.ts'

/** The variables of one service of a base, as a clone has them with the values that it is given. */
export interface ClonedService {
  /** Its id and its name: both can be referred to. */
  readonly id: string
  readonly name: string
  readonly state: VariableState
  /** Values that the preview is given, by name. */
  readonly given: ReadonlyMap<string, string>
}

/** The variable that a value comes from. */
export interface Literal {
  /** The name as references have it: `Postgres.PASSWORD`. */
  readonly name: string
  /** `true` if the value is a reference next to a password. */
  readonly isPassword: boolean
}

/** The source of a variable's value, as far as the variable itself shows it. */
interface Variable {
  readonly name: string
  readonly kind: 'literal' | 'password' | 'address' | 'other'
  /** Keys of the variables that it refers to. */
  readonly references: readonly string[]
}

/** Returns whether Railway provides a variable with an address of a service in the same environment. */
const isAddress = (name: string) => isRailwayProvided(name) && /_(DOMAIN|URL)$/.test(name)

const sharedOwner = 'shared'
const keyOf = (owner: string, name: string) => `${owner}\0${name}`

/** The variables that a clone of a base has, with what they refer to. */
export class ClonedVariables {
  readonly #variables = new Map<string, Variable>()
  readonly #owners = new Map<string, string>()
  /** The keys of variables that hold an address of the preview itself. */
  readonly #local: ReadonlySet<string>

  constructor(shared: VariableState, services: readonly ClonedService[]) {
    // An exact name comes before the name of another service in other capitals.
    const aliases = [
      ...services.map(({ id }) => [id, id] as const),
      ...services.map(({ id, name }) => [name, id] as const),
      ...services.map(({ id, name }) => [name.toLowerCase(), id] as const),
    ]
    for (const [alias, id] of aliases) {
      if (!this.#owners.has(alias)) this.#owners.set(alias, id)
    }
    this.#owners.set(sharedOwner, sharedOwner)
    this.#addAll(sharedOwner, sharedOwner, shared, new Map())
    for (const { id, name, state, given } of services) this.#addAll(id, name, state, given)
    this.#local = this.#leadingToAddresses()
  }

  /** Returns the literal of the base behind a variable; `null` if there is none. Shared variables have no service. */
  literalOf(serviceId: string | null, name: string): Literal | null {
    const start = keyOf(serviceId ?? sharedOwner, name)
    const seen = new Set([start])
    // Iterating a set includes what is added to it: every variable is visited once, so cycles end.
    for (const key of seen) {
      const variable = this.#variables.get(key)
      if (variable?.kind === 'literal' || variable?.kind === 'password') {
        return { name: variable.name, isPassword: variable.kind === 'password' }
      }
      if (!variable || this.#local.has(key)) continue
      for (const next of variable.references) seen.add(next)
    }
    return null
  }

  #addAll(
    owner: string,
    label: string,
    state: VariableState,
    given: ReadonlyMap<string, string>,
  ): void {
    for (const [name, { value, references, provided }] of state) {
      const text = value?.reveal() ?? null
      const kind = provided || text === null ? 'other' : kindOf(text)
      this.#add(owner, label, name, kind, provided ? [] : references)
    }
    for (const [name, text] of given) this.#add(owner, label, name, 'other', referencesIn(text))
  }

  #add(
    owner: string,
    label: string,
    name: string,
    kind: Variable['kind'],
    references: readonly string[],
  ): void {
    this.#variables.set(keyOf(owner, name), {
      name: `${label}.${name}`,
      kind: kind === 'other' && isAddress(name) ? 'address' : kind,
      references: references.map((reference) => this.#resolve(owner, reference)),
    })
  }

  /** Returns the key of a variable that one of an owner refers to. The name of a service may contain dots. */
  #resolve(owner: string, reference: string): string {
    const dot = reference.lastIndexOf('.')
    if (dot < 0) return keyOf(owner, reference)
    const alias = reference.slice(0, dot).trim()
    const found = this.#owners.get(alias) ?? this.#owners.get(alias.toLowerCase()) ?? alias
    return keyOf(found, reference.slice(dot + 1).trim())
  }

  #leadingToAddresses(): ReadonlySet<string> {
    const users = new Map<string, string[]>()
    const local = new Set<string>()
    for (const [key, { kind, references }] of this.#variables) {
      if (kind === 'address') local.add(key)
      for (const used of references) {
        const known = users.get(used)
        if (known) known.push(key)
        else users.set(used, [key])
        // What Railway provides is not always listed.
        const isListed = this.#variables.has(used)
        if (!isListed && isAddress(used.slice(used.indexOf('\0') + 1))) local.add(used)
      }
    }
    for (const key of local) {
      for (const user of users.get(key) ?? []) {
        if (this.#variables.get(user)?.kind === 'other') local.add(user)
      }
    }
    return local
  }
}

const kindOf = (text: string): Variable['kind'] => {
  if (referencesIn(text).length === 0) return 'literal'
  return hasPassword(text) ? 'password' : 'other'
}
