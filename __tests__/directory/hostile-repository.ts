import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const quiet = {
  PATH: process.env.PATH,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'x',
  GIT_AUTHOR_EMAIL: 'x@x',
  GIT_COMMITTER_NAME: 'x',
  GIT_COMMITTER_EMAIL: 'x@x',
}

export function git(directory: string, ...words: string[]): string {
  return execFileSync('git', words, { cwd: directory, env: quiet, encoding: 'utf8' })
}

/** A repository whose index has a sparse directory, of which the objects are missing after it is moved. */
function sparseRepository(at: string): void {
  mkdirSync(join(at, 'a', 'b'), { recursive: true })
  mkdirSync(join(at, 'keep'))
  writeFileSync(join(at, 'a', 'b', 'f'), '1')
  writeFileSync(join(at, 'keep', 'g'), '2')
  git(at, 'init', '-q')
  git(at, 'add', '-A')
  git(at, 'commit', '-qm', 'x')
  git(at, 'sparse-checkout', 'init', '--cone', '--sparse-index')
  git(at, 'sparse-checkout', 'set', 'keep')
}

/** Settings that make git run a program when it fetches, lists files or runs a hook. The program makes the file `proof`. */
export const hostile = (proof: string) => `[core]
	repositoryformatversion = 1
	bare = false
	worktree = .
	sparseCheckout = true
	sparseCheckoutCone = true
	fsmonitor = "touch '${proof}'; false"
	hooksPath = hooks
[index]
	sparse = true
[extensions]
	partialClone = origin
[remote "origin"]
	url = .
	promisor = true
	uploadpack = "touch '${proof}'; false"
`

/** Writes the parts of a bare repository with {@link hostile} settings into a directory, as ordinary files. */
export function embed(directory: string, proof: string): void {
  const donor = mkdtempSync(join(tmpdir(), 'donor-'))
  sparseRepository(donor)
  for (const part of ['objects', 'refs', 'hooks'])
    mkdirSync(join(directory, part), { recursive: true })
  cpSync(join(donor, '.git', 'index'), join(directory, 'index'))
  rmSync(donor, { recursive: true })
  writeFileSync(join(directory, 'HEAD'), 'ref: refs/heads/main\n')
  writeFileSync(join(directory, 'config'), hostile(proof))
  const hook = join(directory, 'hooks', 'post-index-change')
  writeFileSync(hook, `#!/bin/sh\ntouch '${proof}'\n`)
  chmodSync(hook, 0o755)
}
