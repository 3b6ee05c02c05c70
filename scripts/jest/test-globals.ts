import { provided } from './provided.ts'

/** Stands in for `@jest/globals`. It is evaluated once for each test file, with what Jest provides to that file. */
export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } =
  provided()
