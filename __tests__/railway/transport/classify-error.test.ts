import { describe, expect, it } from '@jest/globals'
import { classifyError, graphqlErrorSchema } from '../../../src/railway/transport/classify-error.ts'

describe('an error whose message has no information', () => {
  it.each([
    ['FORBIDDEN', 'not-authorized'],
    ['GRAPHQL_PARSE_FAILED', 'invalid-document'],
    ['INTERNAL_SERVER_ERROR', 'other'],
    ['constructor', 'other'],
    ['toString', 'other'],
    ['__proto__', 'other'],
  ])('is classified by its code: %s', (code, reason) => {
    const error = graphqlErrorSchema.parse({ message: 'Oh no', extensions: { code } })
    expect(classifyError(error)).toBe(reason)
  })
})
