import module from 'node:module'
import isolated from './jest.isolated.config.js'

const runsTypeScript = Boolean(process.features.typescript) && 'registerHooks' in module

/** Shares modules between test files where Node runs TypeScript itself, because loading them takes longer than the tests. */
const shared = {
  ...isolated,
  testEnvironment: '<rootDir>/scripts/jest/environment.ts',
  testRunner: '<rootDir>/scripts/jest/test-runner.ts',
  testSequencer: '<rootDir>/scripts/jest/sequencer.ts',
  setupFiles: [],
  transform: {},
}

export default runsTypeScript ? shared : isolated
