/**
 * `tsx scripts/check-clean.ts <path>…` fails when what stands under these paths differs from what is
 * committed. Changes elsewhere do not matter.
 */
import { spawnSync } from 'node:child_process'

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr.trim() || 'git cannot be run')
  return stdout.trimEnd()
}

function main(paths: string[]): boolean {
  if (paths.length === 0) throw new Error('usage: check-clean.ts <path>…')
  const uncommitted = paths.filter((path) => git('ls-files', '--', path) === '')
  for (const path of uncommitted) console.log(`${path} is not committed.`)
  const changes = git('status', '--porcelain', '--untracked-files=all', '--', ...paths)
  if (changes !== '') console.log(`Not as committed:\n${changes}`)
  return changes === '' && uncommitted.length === 0
}

try {
  const paths = process.argv.slice(2)
  const clean = main(paths)
  console.log(
    clean ? `${paths.join(', ')}: as committed.` : 'Commit what was built, with its source.',
  )
  process.exitCode = clean ? 0 : 1
} catch (error) {
  console.error(`check-clean: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
