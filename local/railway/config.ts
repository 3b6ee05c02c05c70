import type { Behaviour } from './behaviour.ts'
import { triggerOf } from './content.ts'
import type { Environment, ServiceInstance, VariableSet } from './model.ts'

export interface EnvironmentConfig extends Record<string, unknown> {
  services: Record<string, unknown>
}

/** Returns the API's `config` of an environment. It is untyped JSON, in the same format as a patch. */
export function configOf(
  environment: Environment,
  { decrypt, branch }: { decrypt: boolean; branch: Behaviour['configBranch'] },
): EnvironmentConfig {
  const services = environment.instances
    .filter(({ deletedAt }) => deletedAt === null)
    .map((instance) => {
      const config = serviceConfig(instance, { decrypt, branch })
      return [instance.service.id, config] as const
    })
  return {
    services: Object.fromEntries(services),
    sharedVariables: variablesConfig(environment.sharedVariables, decrypt),
    volumes: Object.fromEntries(
      environment.instances.flatMap(({ volumes }) => volumes.map(({ volume }) => [volume.id, {}])),
    ),
    buckets: {},
  }
}

/** Returns the patch that makes an environment a copy of this one, without sealed variables. */
export function copyOf(environment: Environment): Record<string, unknown> {
  const services = environment.instances
    .filter(({ deletedAt }) => deletedAt === null)
    .map((instance) => {
      const { networking: _, ...rest } = serviceConfig(instance, { decrypt: true, branch: 'named' })
      const variables = variablesConfig(withoutSealed(instance.variables), true)
      return [instance.service.id, { ...rest, variables, isCreated: true }] as const
    })
  return {
    services: Object.fromEntries(services),
    sharedVariables: variablesConfig(withoutSealed(environment.sharedVariables), true),
  }
}

export const withoutSealed = (set: VariableSet): VariableSet =>
  new Map([...set].filter(([, { sealed }]) => !sealed).map(([name, one]) => [name, { ...one }]))

function serviceConfig(
  instance: ServiceInstance,
  { decrypt, branch }: { decrypt: boolean; branch: Behaviour['configBranch'] },
) {
  const { settings, source } = instance
  const trigger = triggerOf(instance)
  return {
    source: {
      ...(source?.image && { image: source.image }),
      ...(source?.repo && { repo: source.repo }),
      ...(trigger && branch === 'named' && { branch: trigger.branch }),
      ...(branch === 'null' && { branch: null }),
      ...(trigger && { checkSuites: trigger.checkSuites }),
      ...(settings.rootDirectory && { rootDirectory: settings.rootDirectory }),
    },
    variables: variablesConfig(instance.variables, decrypt),
    build: {
      ...(settings.buildCommand && { buildCommand: settings.buildCommand }),
      ...(settings.watchPatterns.length > 0 && { watchPatterns: settings.watchPatterns }),
    },
    deploy: {
      ...(settings.startCommand && { startCommand: settings.startCommand }),
      ...(settings.healthcheckPath && { healthcheckPath: settings.healthcheckPath }),
      ...(settings.cronSchedule && { cronSchedule: settings.cronSchedule }),
    },
    ...(instance.volumes.length > 0 && {
      volumeMounts: Object.fromEntries(
        instance.volumes.map(({ volume, mountPath }) => [volume.id, { mountPath }]),
      ),
    }),
    networking: {
      serviceDomains: domainsConfig(instance.serviceDomains),
      customDomains: domainsConfig(instance.customDomains),
    },
  }
}

function variablesConfig(set: VariableSet, decrypt: boolean) {
  return Object.fromEntries(
    [...set].map(([name, { value, sealed }]) => [
      name,
      sealed ? { isSealed: true } : { value: decrypt ? value : '*****' },
    ]),
  )
}

function domainsConfig(domains: ServiceInstance['serviceDomains']) {
  return Object.fromEntries(
    domains
      .filter(({ deletedAt }) => deletedAt === null)
      .map(({ domain, targetPort }) => [domain, targetPort === null ? {} : { port: targetPort }]),
  )
}
