import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const packageSchema = z.object({ repository: z.object({ url: z.string() }) })

/** GitHub's rules: an owner has no dot, a repository may have any; neither is longer than it allows. */
const namePattern = /^[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}\/(?!\.{1,2}$)[\w.-]{1,100}$/i

/** Says whether the text is the name of a repository, `owner/name`. */
export const isRepositoryName = (text: string): boolean =>
  namePattern.test(text) && !text.endsWith('.git')

/** Reads `owner/name` from `package.json`, which is the place that all others are written from. */
export function readRepositoryName(root: string): string {
  const { repository } = packageSchema.parse(
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
  )
  const [, name = ''] = /^git\+https:\/\/github\.com\/(.+)\.git$/.exec(repository.url) ?? []
  if (!isRepositoryName(name)) throw new Error(`package.json: no repository in ${repository.url}`)
  return name
}
