import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { canAccess } from './access.ts'
import type { Caller } from './caller.ts'
import { startDeployment, watches } from './deployments.ts'
import { type HttpResponse, json, text } from './http-response.ts'
import type { Deployment, Environment, Service, ServiceInstance, UploadEntry } from './model.ts'
import type { Origin } from './origin.ts'
import { scripts } from './script.ts'
import { TarEntries } from './tar-entries.ts'
import type { World } from './world.ts'

export interface UploadTarget {
  projectId: string
  environmentId: string
  serviceId: string
  message: string
}

const path = /^\/project\/([^/]+)\/environment\/([^/]+)\/up$/

/**
 * Parses the address of an upload,
 * `POST /project/{projectId}/environment/{environmentId}/up?serviceId={serviceId}&message={text}`. Returns `undefined`
 * for any other request.
 */
export function uploadTarget(method: string | undefined, url: URL): UploadTarget | undefined {
  const found = path.exec(url.pathname)
  if (method !== 'POST' || !found) return undefined
  return {
    projectId: found[1] ?? '',
    environmentId: found[2] ?? '',
    serviceId: url.searchParams.get('serviceId') ?? '',
    message: url.searchParams.get('message') ?? '',
  }
}

/** The properties of a received archive. `bytes` and `sha256` are those of the compressed archive. */
export interface ReceivedArchive {
  bytes: number
  sha256: string
  entries: UploadEntry[]
  /** The error message if the archive cannot be read. */
  error: string | null
}

/** Reads the archive in the body of a request. Does not throw for an invalid archive. */
export async function receiveArchive(request: IncomingMessage): Promise<ReceivedArchive> {
  const hash = createHash('sha256')
  let bytes = 0
  const measured = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  const tar = new TarEntries()
  let error: string | null = null
  try {
    await pipeline(request, measured, createGunzip(), tar, { end: true })
  } catch (cause) {
    error = cause instanceof Error ? cause.message : String(cause)
    request.resume()
  }
  return { bytes, sha256: hash.digest('hex'), entries: tar.entries, error }
}

/** Deploys the archive and returns the response. Creates a service if `serviceId` is empty. */
export function acceptArchive(
  world: World,
  caller: Caller,
  target: UploadTarget,
  archive: ReceivedArchive,
  { origin, maxBytes }: { origin: Origin; maxBytes: number },
): HttpResponse {
  const environment = accessibleEnvironment(world, caller, target)
  if (!environment) return json(world.behaviour.uploadRefusedStatus, { message: 'Unauthorized' })
  const refused = world.refusals.get('up')
  if (refused !== undefined) return json(400, { message: refused })
  if (archive.bytes > maxBytes) return text(413, 'Payload Too Large')
  if (archive.error !== null) return json(400, { message: 'Failed to read the uploaded archive' })
  const { serviceId } = target
  const created = serviceId === '' ? newService(world, environment) : null
  const service = created ?? world.services.get(serviceId)
  const instance = environment.instances.find(
    (one) => one.service === service && one.deletedAt === null,
  )
  if (!instance) return json(400, { message: 'Service not found in this environment' })
  const { id } = deployArchive(world, instance, target, archive, origin)
  const { bytes, sha256, entries } = archive
  world.uploads.push({
    at: world.now(),
    ...target,
    createdService: created,
    bytes,
    sha256,
    entries,
    deploymentId: id,
  })
  return accepted(instance, id)
}

/** Returns the environment of the upload. `undefined`: it does not exist, or the caller must not upload to it. */
function accessibleEnvironment(
  world: World,
  { token }: Caller,
  { environmentId, projectId }: UploadTarget,
): Environment | undefined {
  const environment = world.environments.get(environmentId)
  if (!token || !environment || environment.project.id !== projectId) return undefined
  if (environment.deletedAt !== null || environment.project.deletedAt !== null) return undefined
  const mayUpload = token.kind !== 'workspace' || world.behaviour.workspaceTokenUploads
  return mayUpload && canAccess(token, environment) ? environment : undefined
}

function deployArchive(
  world: World,
  instance: ServiceInstance,
  { message }: UploadTarget,
  { sha256, entries }: ReceivedArchive,
  origin: Origin,
): Deployment {
  const content = { kind: 'upload', archive: sha256, message } as const
  const paths = entries.map((entry) => entry.path.replace(/^\.\//, '')).filter(Boolean)
  const respectsPaths = world.behaviour.uploadWatchPaths === 'respected'
  const script =
    respectsPaths && !watches(instance, paths) ? { script: scripts.skippedByWatchPaths } : {}
  return startDeployment(world, instance, { cause: 'upload', content, origin, ...script })
}

/** Returns the response to an accepted upload. */
function accepted({ environment, service, serviceDomains }: ServiceInstance, deploymentId: string) {
  const page = `https://railway.com/project/${environment.project.id}/service/${service.id}`
  return json(200, {
    deploymentId,
    url: page,
    logsUrl: `${page}?id=${deploymentId}&`,
    deploymentDomain: serviceDomains.find(({ deletedAt }) => deletedAt === null)?.domain ?? null,
  })
}

/** Creates the service that Railway creates for an upload with an empty `serviceId`. */
function newService(world: World, environment: Environment): Service {
  const count = environment.project.services.length + 1
  return world.service(environment.project, `service-${count}`, { in: [environment.name] })
}
