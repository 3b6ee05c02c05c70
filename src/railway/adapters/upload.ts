import { TransformStream } from 'node:stream/web'
import { z } from 'zod'
import { failure } from '../../errors/codes.ts'
import { done } from '../../execute/mutation-result.ts'
import type { StartResult, Upload } from '../../execute/ports.ts'
import { locationOf, type ServiceTarget } from '../../inventory/inventory.ts'
import { ApiError, type ApiProblem, type ErrorReason } from '../transport/api-error.ts'
import { classifyError } from '../transport/classify-error.ts'
import type { RailwayClient } from '../transport/client.ts'
import type { HttpResponse } from '../transport/http.ts'

/**
 * The time limit of an upload, in milliseconds. Users report uploads longer than 90 s, the time limit of Railway's CLI.
 */
const timeLimit = 900_000

/** The maximum length of Railway's message in an error, in characters. */
const maxMessage = 500

/** The number of characters of Railway's message that are redacted. The rest is dropped. */
const maxRedacted = 10_000

const name = 'Upload'

const accepted = z.object({ deploymentId: z.string().min(1) })
const errorBody = z.object({ message: z.string() })
const graphqlErrors = z.object({ errors: z.array(z.object({ message: z.string() })).min(1) })

/**
 * Uploads an archive to a service, without retries. Returns the id of the deployment, or the rejection of the archive.
 * Throws {@link ApiError} if there is no usable response, or if Railway rejects the token or its plan does not allow
 * the upload.
 */
export async function sendArchive(
  client: RailwayClient,
  target: ServiceTarget,
  upload: Upload,
): Promise<StartResult> {
  const { project, environment, instance } = target
  const { archive, message } = upload
  // If the service id is empty, Railway creates a new service.
  if (instance.service.id === '') throw new Error('an upload without a service')
  const query = new URLSearchParams({ serviceId: instance.service.id, message })
  const response = await client.upload(
    name,
    `/project/${encodeURIComponent(project.id)}/environment/${encodeURIComponent(environment.id)}/up?${query}`,
    { bytes: archive.bytes, type: 'application/gzip', timeLimit, open: () => openArchive(upload) },
  )
  return readResponse(response, target, upload, client.redactor.redact)
}

/**
 * Opens the archive. `body`: its bytes as a stream. `sent`: returns the number of bytes that were read from the stream.
 */
function openArchive({ archive, onProgress }: Upload) {
  let sent = 0
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      sent += chunk.byteLength
      onProgress(sent)
      controller.enqueue(chunk)
    },
  })
  return { body: archive.open().pipeThrough(count), sent: () => sent }
}

function readResponse(
  { status, json }: HttpResponse,
  target: ServiceTarget,
  { directory, archive }: Upload,
  redact: (text: string) => string,
): StartResult {
  if (status === 200) {
    const response = accepted.safeParse(json)
    if (response.success) return done(response.data.deploymentId)
    const errors = graphqlErrors.safeParse(json)
    const message = errors.data?.errors[0]?.message
    if (message !== undefined)
      throw rejectionError(redact(message.slice(0, maxRedacted)), classifyError({ message }))
    const detail =
      json === undefined ? 'a response that is not JSON' : 'a response without a deployment'
    throw new ApiError({ kind: 'unavailable', detail, sent: true })
  }
  const body = errorBody.safeParse(json)
  const text = body.success
    ? redact(body.data.message.slice(0, maxRedacted)).slice(0, maxMessage)
    : `HTTP ${status}`
  const reason = reasonOf(status, text)
  if (reason === 'not-authorized' || reason === 'plan') throw rejectionError(text, reason)
  const why =
    status === 413
      ? 'The upload is too large (HTTP 413). Railway documents no limit, but users report that uploads of more than 200 MB fail.'
      : `Railway's message: ${text}`
  const facts = { ...locationOf(target), directory, bytes: archive.bytes, why }
  const refused = failure('upload-refused', facts)
  return { kind: 'rejected', reason, certain: true, failure: refused }
}

function reasonOf(status: number, message: string): ErrorReason {
  if (status === 401 || status === 403) return 'not-authorized'
  return status === 404 ? 'not-found' : classifyError({ message })
}

const refusal = (message: string, reason: ErrorReason): ApiProblem => ({
  kind: 'refused',
  operation: name,
  reason,
  message: message.slice(0, maxMessage),
  path: [],
  traceId: null,
  workspace: null,
})

const rejectionError = (message: string, reason: ErrorReason) =>
  new ApiError(refusal(message, reason))

/** The problem of an upload that Railway rejected with HTTP 404. */
export const serviceMissing = refusal('HTTP 404', 'not-found')
