/** An HTTP response before it is sent. */
export interface HttpResponse {
  status: number
  headers: Record<string, string>
  body: string
}

export function json(status: number, body: unknown): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  }
}

export function html(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8' }, body }
}

export function text(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}

/** Returns the 429 of the network in front of Railway: HTML, without Railway's rate limit headers. */
export function edgeLimited(retryAfterSeconds?: number): HttpResponse {
  const page = `<!DOCTYPE html>
<html><head><title>Access denied | backboard.railway.com used Cloudflare to restrict access</title></head>
<body><h1>Error 1015</h1><h2>You are being rate limited</h2>
<p>The owner of this website (backboard.railway.com) has banned you temporarily from accessing this website.</p>
</body></html>`
  const response = html(429, page)
  if (retryAfterSeconds !== undefined) response.headers['retry-after'] = String(retryAfterSeconds)
  return response
}

/** Returns a response with one GraphQL error. With `data: null`, the response also has that field. */
export function errors(
  status: number,
  message: string,
  options: { code: string; traceId: string; path?: string[]; data?: null },
): HttpResponse {
  const { code, traceId, path, data } = options
  const error = { message, ...(path && { path }), extensions: { code }, traceId }
  return json(status, { errors: [error], ...(data === null && { data }) })
}
