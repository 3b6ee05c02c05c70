import { provided } from './provided.ts'

/** A replacement for `@jest/globals`. It is evaluated once for each test file, with the functions of that file. */
export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } =
  provided()
