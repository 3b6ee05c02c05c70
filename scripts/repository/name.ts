import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const packageSchema = z.object({ repository: z.object({ url: z.string() }) })

/** Matches `owner/name` by GitHub's rules: characters and lengths of both parts. An owner has no dot. */
const namePattern = /^[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}\/(?!\.{1,2}$)[\w.-]{1,100}$/i

/** Whether the text is the full name of a repository, `owner/name`. */
export const isRepositoryName = (text: string): boolean =>
  namePattern.test(text) && !text.endsWith('.git')

/** Reads `owner/name` from `package.json`. Throws if the file has no repository at GitHub. */
export function readRepositoryName(root: string): string {
  const { repository } = packageSchema.parse(
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
  )
  const [, name = ''] = /^git\+https:\/\/github\.com\/(.+)\.git$/.exec(repository.url) ?? []
  if (!isRepositoryName(name)) {
    throw new Error(
      `Expected the address of a GitHub repository in package.json, not ${repository.url}.`,
    )
  }
  return name
}
