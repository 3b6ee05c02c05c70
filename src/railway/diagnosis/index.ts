export { diagnose } from './diagnose.ts'
export { probeContext } from './probe-context.ts'
