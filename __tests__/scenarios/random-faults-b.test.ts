import { testRandomFaults } from './random-faults.ts'

testRandomFaults({ seed: 20_260_106, runs: 100 })
