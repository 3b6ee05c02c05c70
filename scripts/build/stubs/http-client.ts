import { unused } from './unused.ts'

/**
 * Stands for @actions/http-client. The toolkit asks it for proxy agents when it is loaded, and for nothing else
 * unless an action wants OIDC tokens.
 */
export class HttpClient {
  getAgent(): undefined {
    return undefined
  }

  getAgentDispatcher(): undefined {
    return undefined
  }

  getJson(): never {
    return unused('@actions/http-client')
  }
}

/** Stands for the credentials of OIDC requests. */
export class BearerCredentialHandler {
  constructor() {
    unused('@actions/http-client/lib/auth')
  }
}
