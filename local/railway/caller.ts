import type { IncomingHttpHeaders } from 'node:http'
import type { Token } from './model.ts'
import type { World } from './world.ts'

export type Authentication = 'bearer' | 'project-access-token' | 'none'

/** The caller of a request. */
export interface Caller {
  authentication: Authentication
  /** `null`: the token is missing, unknown, revoked, or in the wrong header for its kind. */
  token: Token | null
  /** Whether the header is `Authorization: Bearer` without a token. Railway has another error message for it. */
  emptyBearer: boolean
}

/**
 * Returns the caller of a request. Project tokens are valid in `Project-Access-Token` only, all other tokens in
 * `Authorization: Bearer` only.
 */
export function identify(world: World, headers: IncomingHttpHeaders): Caller {
  const projectAccess = headers['project-access-token']
  if (typeof projectAccess === 'string') {
    const token = find(world, projectAccess.trim())
    return {
      authentication: 'project-access-token',
      token: token?.kind === 'project' ? token : null,
      emptyBearer: false,
    }
  }
  const bearer = /^bearer(?:\s+(.*))?$/i.exec(headers.authorization?.trim() ?? '')
  if (!bearer) return { authentication: 'none', token: null, emptyBearer: false }
  const value = bearer[1]?.trim() ?? ''
  const token = find(world, value)
  return {
    authentication: 'bearer',
    token: token && token.kind !== 'project' ? token : null,
    emptyBearer: value === '',
  }
}

function find(world: World, value: string): Token | null {
  const token = world.tokens.get(value)
  return token && !token.revoked ? token : null
}
