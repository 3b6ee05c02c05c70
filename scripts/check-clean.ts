/**
 * `check-clean.ts <path>…` fails if a file under these paths differs from its committed version, or is not committed.
 */
import { spawnSync } from 'node:child_process'

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr.trim() || 'Cannot run git.')
  return stdout.trimEnd()
}

function main(paths: string[]): boolean {
  if (paths.length === 0) throw new Error('usage: check-clean.ts <path>…')
  const uncommitted = paths.filter((path) => git('ls-files', '--', path) === '')
  for (const path of uncommitted) console.log(`${path} is not committed.`)
  const changes = git('status', '--porcelain', '--untracked-files=all', '--', ...paths)
  if (changes !== '') console.log(`These files differ from the commit:\n${changes}`)
  return changes === '' && uncommitted.length === 0
}

try {
  const paths = process.argv.slice(2)
  const clean = main(paths)
  console.log(
    clean
      ? `${paths.join(', ')}: no difference from the commit.`
      : 'Commit these files together with the source that they are built from.',
  )
  process.exitCode = clean ? 0 : 1
} catch (error) {
  console.error(`check-clean: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
