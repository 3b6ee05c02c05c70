import type { ServiceChangeValues } from '../../execute/preview/ports.ts'

/** Service configurations by service id, as Railway's type `EnvironmentConfig` has them. */
export type ServiceConfigs = Readonly<Record<string, unknown>>

/**
 * Returns the configuration that stages changes of services. It has only the fields to change. The values of variables
 * are revealed in it.
 */
export const toServiceConfigs = (changes: readonly ServiceChangeValues[]): ServiceConfigs =>
  Object.fromEntries(
    changes.map(({ service, branch, image, variables }) => [
      service.id,
      {
        ...((branch || image) && {
          source: { ...(branch && { branch }), ...(image && { image }) },
        }),
        ...(variables && { variables: toVariables(variables) }),
      },
    ]),
  )

const toVariables = (variables: NonNullable<ServiceChangeValues['variables']>) =>
  Object.fromEntries([...variables].map(([name, value]) => [name, { value: value.reveal() }]))

/**
 * Returns the configuration that adds a copy of a service to another environment. It lacks domains and volumes, which
 * belong to one environment, and sealed variables, whose values Railway does not return.
 */
export function toCopiedConfig(config: Record<string, unknown>): Record<string, unknown> {
  const copied = ['source', 'build', 'deploy', 'configFile'].filter((key) => key in config)
  const { variables } = config
  const readable =
    typeof variables === 'object' && variables !== null
      ? Object.entries(variables).filter(([, entry]) => hasValue(entry))
      : []
  return {
    ...Object.fromEntries(copied.map((key) => [key, config[key]])),
    variables: Object.fromEntries(readable),
    isCreated: true,
  }
}

const hasValue = (entry: unknown) =>
  typeof entry === 'object' && entry !== null && 'value' in entry && typeof entry.value === 'string'
