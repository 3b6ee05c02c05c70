import { types } from 'node:util'

/**
 * Jest runs tests in a context with an `Error` of its own, of which the errors of Node (`fetch`, `fs`) are no
 * instances. The action runs in one context, in which they are. This setup makes them instances here, too.
 */
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, value: unknown): boolean {
    const isOwn = Function.prototype[Symbol.hasInstance].call(this, value)
    return isOwn || (this === Error && types.isNativeError(value))
  },
})
