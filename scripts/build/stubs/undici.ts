import { unused } from './unused.ts'

/** Stands for undici, which the toolkit would send requests with. The action hands in Node's own `fetch`. */
export const fetch = (): never => unused('undici')
