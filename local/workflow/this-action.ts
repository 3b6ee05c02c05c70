import { readFileSync } from 'node:fs'
import { z } from 'zod'

const packageSchema = z.object({ repository: z.object({ url: z.string() }) })

/** Reads the name of this repository, without its owner, from `package.json`, where `npm run set-repository` writes it. */
function currentName(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { url } = packageSchema.parse(JSON.parse(text)).repository
  return /\/([^/]+)\.git$/.exec(url)?.[1] ?? ''
}

/** The names that the repository of this action may have: the first one, which forks keep, and the current one. */
const names = new Set(['railway-workspace-deploy', currentName().toLowerCase()])

/** Whether a `uses:` refers to this action, with any owner and any ref. */
export function isThisAction(uses: string): boolean {
  const [, name = ''] = /^[^/]+\/([^/@]+)@/.exec(uses) ?? []
  return names.has(name.toLowerCase())
}
