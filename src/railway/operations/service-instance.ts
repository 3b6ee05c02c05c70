import { z } from 'zod'
import type { Deployment, ServiceInstance, Source } from '../../inventory/inventory.ts'
import { pageInfo } from './operation.ts'

/** A service instance as Railway reports it. Its triggers belong to the environment, and are read separately. */
export interface ListedInstance extends Omit<ServiceInstance, 'triggers'> {
  readonly deleted: boolean
}

type DeploymentAnswer = z.infer<typeof deploymentSchema>
type DomainAnswer = z.infer<typeof domain>

/** The duration in milliseconds beyond which the status of a deployment is known to have changed since. */
const maxDeploymentTime = 1_800_000

/**
 * Parses the `meta` of a deployment. It is untyped JSON, so no field is required: a field that is missing, or not text,
 * is `null`.
 */
const meta = z.unknown().transform((value) => {
  const text = (key: string) => {
    if (typeof value !== 'object' || value === null) return null
    const entry: unknown = Reflect.get(value, key)
    return typeof entry === 'string' && entry !== '' ? entry : null
  }
  return {
    commit: text('commitHash'),
    image: text('image'),
    digest: text('imageDigest'),
  }
})

export const deploymentSchema = z.object({
  id: z.string(),
  status: z.string(),
  createdAt: z.string(),
  statusUpdatedAt: z.string().nullish(),
  meta,
})

const domain = z.object({
  domain: z.string(),
  deletedAt: z.string().nullish(),
  syncStatus: z.string().nullish(),
  targetPort: z.number().nullish(),
})

/** A custom domain. Railway verifies it by a DNS record of its owner. A missing status counts as not verified. */
const customDomain = domain.extend({ status: z.object({ verified: z.boolean() }).nullish() })

export const domainsSchema = z.object({
  serviceDomains: z.array(domain),
  customDomains: z.array(customDomain),
})

const sourceSchema = z.object({ repo: z.string().nullish(), image: z.string().nullish() }).nullish()

/**
 * Parses a service instance. It is converted while the answer is parsed, so that the copies of a large page are not all
 * in memory at the same time.
 */
export const instanceSchema = z
  .object({
    serviceId: z.string(),
    serviceName: z.string(),
    deletedAt: z.string().nullish(),
    cronSchedule: z.string().nullish(),
    railwayConfigFile: z.string().nullish(),
    healthcheckPath: z.string().nullish(),
    source: sourceSchema,
    latestDeployment: deploymentSchema.nullish(),
    activeDeployments: z.array(deploymentSchema),
    domains: domainsSchema,
  })
  .transform(
    (answer): ListedInstance => ({
      service: { id: answer.serviceId, name: answer.serviceName },
      deleted: !!answer.deletedAt,
      source: toSource(answer.source),
      latest: answer.latestDeployment ? toDeployment(answer.latestDeployment) : null,
      active: answer.activeDeployments.map(toDeployment),
      ...toDomains(answer.domains),
      cron: !!answer.cronSchedule,
      configFile: answer.railwayConfigFile?.trim() || null,
      hasHealthCheck: !!answer.healthcheckPath?.trim(),
    }),
  )

export const deploymentFields = 'id status createdAt statusUpdatedAt meta'
export const domainsFields = `
  serviceDomains { domain deletedAt syncStatus targetPort }
  customDomains { domain deletedAt syncStatus targetPort status { verified } }`

/** The fields of {@link instanceSchema}, as a connection. */
export const instancesFields = `
  edges { node {
    serviceId serviceName deletedAt cronSchedule railwayConfigFile healthcheckPath
    source { repo image }
    latestDeployment { ${deploymentFields} }
    activeDeployments { ${deploymentFields} }
    domains { ${domainsFields} }
  } }
  ${pageInfo}`

function toSource(source: z.infer<typeof sourceSchema>): Source {
  if (source?.repo) return { kind: 'repository', repository: source.repo }
  if (source?.image) return { kind: 'image', image: source.image }
  return { kind: 'none' }
}

/** Converts a deployment. */
export function toDeployment({
  id,
  status,
  createdAt,
  statusUpdatedAt,
  meta,
}: DeploymentAnswer): Deployment {
  // Any later change of status would be taken for the time when it went live.
  const took = status === 'SUCCESS' ? Date.parse(statusUpdatedAt ?? '') - Date.parse(createdAt) : 0
  return { id, status, createdAt, ...meta, ...(took > 0 && took < maxDeploymentTime && { took }) }
}

/**
 * Sorts the host names of a service: first those that lead to it, verified custom domains before others, then the rest.
 */
export function toDomains({
  customDomains,
  serviceDomains,
}: z.infer<typeof domainsSchema>): Pick<ServiceInstance, 'domains' | 'unverifiedDomains' | 'port'> {
  const custom = customDomains.filter(isThere)
  const own = serviceDomains.filter(isThere)
  const port = [...own, ...custom].find(({ targetPort }) => targetPort)?.targetPort
  const isVerified = ({ status }: (typeof custom)[number]) => status?.verified === true
  return {
    domains: [...custom.filter(isVerified), ...own].map(nameOf),
    unverifiedDomains: custom.filter((one) => !isVerified(one)).map(nameOf),
    ...(port && { port }),
  }
}

const nameOf = ({ domain }: { domain: string }) => domain

/** Returns whether a domain is neither deleted nor about to be. */
const isThere = ({ deletedAt, syncStatus }: DomainAnswer): boolean =>
  !deletedAt && syncStatus !== 'DELETED' && syncStatus !== 'DELETING'
