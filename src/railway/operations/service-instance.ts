import { z } from 'zod'
import type { Deployment, ServiceInstance, Source } from '../../inventory/inventory.ts'
import { pageInfo } from './operation.ts'

/** A service instance without its triggers. Railway lists the triggers of an environment separately. */
export interface ListedInstance extends Omit<ServiceInstance, 'triggers'> {
  readonly deleted: boolean
}

type DeploymentResponse = z.infer<typeof deploymentSchema>
type DomainResponse = z.infer<typeof domain>

/**
 * The maximum duration of a deployment, in milliseconds. A longer time between its creation and its last change of
 * status shows that the status has changed after the deployment was live.
 */
const maxDeploymentTime = 1_800_000

/**
 * Parses the commit, the image and its digest in the `meta` of a deployment. The schema has no type for `meta`. A value
 * that is missing, empty or not text is therefore `null`.
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

/** Parses the fields in {@link deploymentFields}. */
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

/**
 * Parses a custom domain. Railway verifies it with a DNS record that its owner has to set. A domain without a status
 * counts as not verified.
 */
const customDomain = domain.extend({ status: z.object({ verified: z.boolean() }).nullish() })

/** Parses the fields in {@link domainsFields}. */
export const domainsSchema = z.object({
  serviceDomains: z.array(domain),
  customDomains: z.array(customDomain),
})

const sourceSchema = z.object({ repo: z.string().nullish(), image: z.string().nullish() }).nullish()

/**
 * Parses the fields in {@link instancesFields}, and converts each service instance at once. A page can be several
 * megabytes, and a later conversion would keep two copies of it in memory.
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
    (response): ListedInstance => ({
      service: { id: response.serviceId, name: response.serviceName },
      deleted: !!response.deletedAt,
      source: toSource(response.source),
      latest: response.latestDeployment ? toDeployment(response.latestDeployment) : null,
      active: response.activeDeployments.map(toDeployment),
      ...toDomains(response.domains),
      cron: !!response.cronSchedule,
      configFile: response.railwayConfigFile?.trim() || null,
      hasHealthCheck: !!response.healthcheckPath?.trim(),
    }),
  )

/** The fields of a deployment. */
export const deploymentFields = 'id status createdAt statusUpdatedAt meta'
/** The fields of the domains of a service instance. */
export const domainsFields = `
  serviceDomains { domain deletedAt syncStatus targetPort }
  customDomains { domain deletedAt syncStatus targetPort status { verified } }`

/** The fields of a connection of service instances. */
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

/** Converts a parsed deployment. `took` is its duration in milliseconds; it is missing if it is not known. */
export function toDeployment({
  id,
  status,
  createdAt,
  statusUpdatedAt,
  meta,
}: DeploymentResponse): Deployment {
  // The last change of the status is the end of the deployment only if the status is `SUCCESS`.
  const took = status === 'SUCCESS' ? Date.parse(statusUpdatedAt ?? '') - Date.parse(createdAt) : 0
  return { id, status, createdAt, ...meta, ...(took > 0 && took < maxDeploymentTime && { took }) }
}

/**
 * Converts the domains of a service instance. Deleted ones are omitted. `domains` has the verified custom domains, and
 * then Railway's own domains. `port` is the first target port that a domain has.
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

/** Returns whether a domain is neither deleted nor being deleted. */
const isThere = ({ deletedAt, syncStatus }: DomainResponse): boolean =>
  !deletedAt && syncStatus !== 'DELETED' && syncStatus !== 'DELETING'
