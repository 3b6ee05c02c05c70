import { unused } from './unused.ts'

/** Stands for @actions/exec: the action runs git by Node's own means, and nothing else. */
export const exec = (): never => unused('@actions/exec')
export const getExecOutput = (): never => unused('@actions/exec')
