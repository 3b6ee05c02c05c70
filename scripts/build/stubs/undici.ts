import { unused } from './unused.ts'

/** A replacement for undici, the toolkit's HTTP client. The action passes Node's own `fetch` to the toolkit. */
export const fetch = (): never => unused('undici')
