import { type Failure, failure } from '../../errors/codes.ts'
import type { Pattern } from '../../inputs/fields.ts'
import type { Environment } from '../../inventory/inventory.ts'
import { nameMatcher } from '../../inventory/patterns.ts'
import { labelOf, type Named } from '../../named.ts'
import type { ListedVariable } from '../ports.ts'
import type { ServiceChange } from './spec.ts'

/**
 * What a preview would share with its base as a literal value though `require-overrides` forbids it. A
 * variable is fine that the preview is given a value of its own for, that refers to something, or that is
 * sealed, which clones do not get.
 */
export function inheritedVariables(
  { project, base, preview }: { project: Named; base: Environment; preview: string },
  variables: readonly ListedVariable[],
  patterns: readonly Pattern[],
  changes: readonly ServiceChange[],
): Failure[] {
  const services = new Map(base.instances.map(({ service }) => [service.id, service.name]))
  const patternOf = nameMatcher(patterns.some(({ exclude }) => !exclude) ? patterns : [])
  const overridden = new Map(changes.map(({ service, variables }) => [service.id, variables]))
  return variables.flatMap(({ name, sealed, isReference, serviceId }) => {
    const pattern = patternOf(name)?.text
    if (!pattern || sealed || isReference) return []
    if (serviceId !== null && !services.has(serviceId)) return []
    if (serviceId !== null && overridden.get(serviceId)?.includes(name)) return []
    const service = serviceId === null ? null : (services.get(serviceId) ?? null)
    const place = { project: labelOf(project), environment: preview, service }
    return [failure('inherited-variable', { ...place, variable: name, pattern })]
  })
}

/** Names of sealed variables of the base that the preview is given no value for, by service. */
export function missingSealed(
  base: Environment,
  variables: readonly ListedVariable[],
  changes: readonly ServiceChange[],
): string[] {
  const given = new Map(changes.map(({ service, variables }) => [service.id, variables]))
  return base.instances.flatMap(({ service }) =>
    variables
      .filter(({ sealed, serviceId }) => sealed && serviceId === service.id)
      .filter(({ name }) => !given.get(service.id)?.includes(name))
      .map(({ name }) => `${service.name}.${name}`),
  )
}
