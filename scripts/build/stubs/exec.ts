import { unused } from './unused.ts'

/** A replacement for @actions/exec, which the action does not use: it runs git with Node's own functions. */
export const exec = (): never => unused('@actions/exec')
export const getExecOutput = (): never => unused('@actions/exec')
