import { unused } from './unused.ts'

/**
 * A replacement for @actions/http-client. The toolkit calls only the methods for proxy agents, unless an action requests
 * OIDC tokens.
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

/** A replacement for the class of @actions/http-client that authorizes OIDC requests. */
export class BearerCredentialHandler {
  constructor() {
    unused('@actions/http-client/lib/auth')
  }
}
