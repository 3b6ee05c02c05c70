import { availableParallelism } from 'node:os'

/** Compiles and evaluates modules for each test file, as Jest itself does. Coverage needs it, and so does an old Node. */
export default {
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/__tests__/setup.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }],
  },
  // One more than processors, because the tests of the built action wait most of their time.
  maxWorkers: availableParallelism() + 1,
  // A worker has no open handles, but on a busy machine its process needs more than Jest's 500 ms to end.
  workerGracefulExitTimeout: 10_000,
  testTimeout: 60_000,
  injectGlobals: false,
  roots: ['<rootDir>/__tests__'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
}
