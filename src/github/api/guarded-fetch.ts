/** Bytes that are read of an answer, decompressed. */
export const mostBytes = 64 * 1024 * 1024

/** An answer that is larger than {@link mostBytes}. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'
}

/**
 * Wraps a `fetch` so that it follows no redirect, which would take the token along, and fails with
 * {@link TooLarge} instead of reading an answer without end.
 */
export function guardedFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'manual' })
    if (response.body === null) return response
    let left = mostBytes
    const limited = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          left -= chunk.byteLength
          if (left < 0) controller.error(new TooLarge())
          else controller.enqueue(chunk)
        },
      }),
    )
    const { status, statusText, headers } = response
    return new Response(limited, { status, statusText, headers })
  }
}
