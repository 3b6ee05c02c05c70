import { testRandomFaults } from './random-faults.ts'

testRandomFaults({ seed: 20_260_105, runs: 100 })
