import { isRailwayProvided } from '../../variables/names.ts'
import { referencesIn } from '../../variables/references.ts'
import type { VariableState } from '../variables/state.ts'
import { hasPassword } from './passwords.ts'

/** The variables of one service in a preview: those of its base, and the values that the inputs give. */
export interface ClonedService {
  /** The id and the name of the service. A reference may contain either of them. */
  readonly id: string
  readonly name: string
  readonly state: VariableState
  /** The values that the inputs give to the preview, by the name of the variable. */
  readonly given: ReadonlyMap<string, string>
}

/** A variable with a literal value, which other variables may get through references. */
export interface Literal {
  /** The name with its service, as in a reference: `Postgres.PASSWORD`. */
  readonly name: string
  /** `true` if the value is not only text, but a reference with a password beside it. */
  readonly isPassword: boolean
}

/**
 * A variable in a preview, by the kind of its value.
 * - `literal`: text without a reference.
 * - `password`: a reference with a password beside it.
 * - `address`: an address that Railway provides.
 * - `other`: only references, a value that the inputs give, or a value that cannot be read.
 */
interface Variable {
  readonly name: string
  readonly kind: 'literal' | 'password' | 'address' | 'other'
  /** The keys of the variables that the value refers to. */
  readonly references: readonly string[]
}

/** Returns whether Railway sets a variable of this name to an address of a service in the same environment. */
const isAddress = (name: string) => isRailwayProvided(name) && /_(DOMAIN|URL)$/.test(name)

const sharedOwner = 'shared'
const keyOf = (owner: string, name: string) => `${owner}\0${name}`

/** The variables of a preview, for finding the literal value behind a reference. */
export class ClonedVariables {
  readonly #variables = new Map<string, Variable>()
  readonly #owners = new Map<string, string>()
  /** The keys of variables whose value leads to an address in the preview itself. */
  readonly #local: ReadonlySet<string>

  constructor(shared: VariableState, services: readonly ClonedService[]) {
    // An exact name takes precedence over the name of another service that differs only in case.
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

  /**
   * Returns the variable of the base from which a variable gets a literal value: the variable itself, or one that it
   * refers to, directly or through other variables. Returns `null` if there is none. `serviceId`: `null` for a shared
   * variable.
   */
  literalOf(serviceId: string | null, name: string): Literal | null {
    const start = keyOf(serviceId ?? sharedOwner, name)
    const seen = new Set([start])
    // The loop also visits entries that are added during it. Each entry is visited once, so a cycle of references ends.
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

  /** Returns the key of the variable that a reference of an owner means. The name of a service may contain dots. */
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
        // Railway does not list every variable that it provides.
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
