/** An HTTP answer before it is sent, which is when faults change it. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

export function json(status: number, body: unknown): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  }
}

export function html(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8' }, body }
}

export function text(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}

/** The rate limit of the network in front of Railway: no JSON, and none of its headers. */
export function edgeLimited(retryAfterSeconds?: number): Answer {
  const page = `<!DOCTYPE html>
<html><head><title>Access denied | backboard.railway.com used Cloudflare to restrict access</title></head>
<body><h1>Error 1015</h1><h2>You are being rate limited</h2>
<p>The owner of this website (backboard.railway.com) has banned you temporarily from accessing this website.</p>
</body></html>`
  const answer = html(429, page)
  if (retryAfterSeconds !== undefined) answer.headers['retry-after'] = String(retryAfterSeconds)
  return answer
}

export function errors(
  status: number,
  message: string,
  options: { code: string; traceId: string; path?: string[]; data?: null },
): Answer {
  const { code, traceId, path, data } = options
  const error = { message, ...(path && { path }), extensions: { code }, traceId }
  return json(status, { errors: [error], ...(data === null && { data }) })
}
