export default {
  testEnvironment: 'node',
  maxWorkers: '100%',
  testTimeout: 60_000,
  setupFiles: ['<rootDir>/__tests__/setup.ts'],
  roots: ['<rootDir>/__tests__'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }],
  },
}
