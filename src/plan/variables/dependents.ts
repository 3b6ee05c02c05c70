import type { VariableState } from './state.ts'

/** The variables of one environment, in which references are followed. */
export interface ReferenceScope<Service> {
  readonly shared: VariableState
  readonly services: readonly {
    readonly service: Service
    readonly name: string
    readonly state: VariableState
  }[]
}

/** The names of changed variables. `owner`: the name of the service, or `shared`. */
export interface ChangedVariables {
  readonly owner: string
  readonly names: readonly string[]
}

/** Lists the services with a variable that refers to a changed variable, directly or through other variables. */
export function dependentsOf<Service>(
  { owner: changedOwner, names }: ChangedVariables,
  { shared, services }: ReferenceScope<Service>,
): Service[] {
  const places = [
    { owner: 'shared', state: shared, service: null },
    ...services.map(({ name, state, service }) => ({ owner: name, state, service })),
  ]
  const touched = new Set(names.map((name) => `${changedOwner}.${name}`))
  const users = new Set<Service>()
  for (let size = -1; size !== touched.size; ) {
    size = touched.size
    for (const { owner, state, service } of places) {
      for (const [name, { references }] of state) {
        const uses = references.some((one) =>
          touched.has(one.includes('.') ? one : `${owner}.${one}`),
        )
        if (!uses) continue
        touched.add(`${owner}.${name}`)
        if (service !== null) users.add(service)
      }
    }
  }
  return services.map(({ service }) => service).filter((service) => users.has(service))
}
