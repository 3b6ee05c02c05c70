/** The maximum size of a response of GitHub in bytes, after decompression. */
export const maxResponseBytes = 64 * 1024 * 1024

/** The error of a response that is larger than {@link maxResponseBytes}. */
export class ResponseTooLarge extends Error {
  override readonly name = 'TooLarge'
}

/**
 * Wraps a `fetch` so that it follows no redirect, which would send the token to another host. It throws {@link
 * ResponseTooLarge} for a response that is too large.
 */
export function restrictedFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'manual' })
    if (response.body === null) return response
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of response.body) {
      size += chunk.byteLength
      if (size > maxResponseBytes) throw new ResponseTooLarge()
      chunks.push(chunk)
    }
    const { status, statusText, headers } = response
    return new Response(Buffer.concat(chunks), { status, statusText, headers })
  }
}
