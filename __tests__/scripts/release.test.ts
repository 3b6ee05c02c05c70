import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import { root } from '../docs/project-files.ts'

const release = z
  .object({
    jobs: z.record(
      z.string(),
      z.looseObject({
        steps: z.array(z.looseObject({ name: z.string().optional(), run: z.string().optional() })),
      }),
    ),
  })
  .parse(parse(readFileSync(join(root, '.github/workflows/release.yml'), 'utf8')))

function scriptOf(job: string, name: string): string {
  const step = release.jobs[job]?.steps.find((one) => one.name === name)
  if (!step?.run) throw new Error(`There is no step "${name}" in the job ${job}.`)
  return step.run
}

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Makes a repository with a commit on `main` and one on a branch, cloned as in the workflow. */
function makeClone() {
  const folder = mkdtempSync(join(tmpdir(), 'release-'))
  folders.push(folder)
  const clone = join(folder, 'clone')
  const sh = (script: string, env: Record<string, string> = {}, cwd = clone) => {
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
      cwd,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH ?? '',
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'Test',
        GIT_AUTHOR_EMAIL: 'test@example.com',
        GIT_COMMITTER_NAME: 'Test',
        GIT_COMMITTER_EMAIL: 'test@example.com',
        ...env,
      },
    })
    return { status, out: stdout.trim(), err: stderr.trim() }
  }
  mkdirSync(join(folder, 'origin'))
  sh('git init --quiet --bare --initial-branch main', {}, join(folder, 'origin'))
  sh('git clone --quiet origin clone', {}, folder)
  sh('git switch --quiet --create main; git commit --quiet --allow-empty --message one')
  sh('git commit --quiet --allow-empty --message two; git push --quiet origin main')
  sh('git switch --quiet --create side; git commit --quiet --allow-empty --message three')
  cpSync(join(root, 'scripts/move-major-tag.sh'), join(clone, 'scripts/move-major-tag.sh'))
  cpSync(join(root, 'scripts/release-notes.sh'), join(clone, 'scripts/release-notes.sh'))
  return { clone, sh, commit: (name: string) => sh(`git rev-parse ${name}`).out }
}

const onUnix = process.platform === 'win32' ? describe.skip : describe

onUnix('the commit of a tag', () => {
  const script = scriptOf('verify', 'The commit is on main')

  it.each([
    ['the tip of main', 'main', 0],
    ['an earlier one', 'main~1', 0],
    ['one of a branch', 'side', 1],
  ])('may be released if it is on main: %s', (_, name, status) => {
    const { sh, commit } = makeClone()
    expect(sh(script, { GITHUB_SHA: commit(name) }).status).toBe(status)
  })
})

onUnix('the text of a release', () => {
  const script = scriptOf('verify', 'The changelog has something to say, and a day')

  it.each([
    ['a day and a text', '## [1.2.3] - 2026-11-26\n\nWords.\n', 0],
    ['no day', '## [1.2.3] - unreleased\n\nWords.\n', 1],
    ['no text', '## [1.2.3] - 2026-11-26\n\n## [1.2.2] - 2026-11-25\n\nWords.\n', 1],
    ['another version', '## [1.2.30] - 2026-11-26\n\nWords.\n', 1],
  ])('is required: %s', (_, text, status) => {
    const { clone, sh } = makeClone()
    writeFileSync(join(clone, 'CHANGELOG.md'), text)
    expect(sh(script, { GITHUB_REF_NAME: 'v1.2.3' }).status).toBe(status)
  })
})

onUnix('the tag of the major version', () => {
  const script = scriptOf('publish', 'Move the major tag, unless a newer version has it')
  const tagged = ({ sh }: ReturnType<typeof makeClone>) =>
    sh('git ls-remote origin refs/tags/v1').out.split('\t')[0]

  it.each([
    ['the first release', ['v1.0.0'], 'v1.0.0', true],
    ['a newer one', ['v1.0.0', 'v1.0.1'], 'v1.0.1', true],
    ['one that sorts before as text', ['v1.9.0', 'v1.10.0'], 'v1.10.0', true],
    ['a fix of an older minor', ['v1.1.0', 'v1.0.2'], 'v1.0.2', false],
    ['beside another major', ['v1.0.1', 'v10.0.0', 'v2.0.0'], 'v1.0.1', true],
    ['beside a tag that is no version', ['v1.0.1', 'v1.1.0-beta.1', 'v1.x'], 'v1.0.1', true],
  ])('moves to the newest: %s', (_, tags, version, moves) => {
    const clone = makeClone()
    const { sh, commit } = clone
    sh(`git tag v1 main~1; git push --quiet origin v1; git tag --delete v1`)
    for (const tag of tags) sh(`git tag ${tag} main`)
    const run = sh(script, { GITHUB_REF_NAME: version, GITHUB_SHA: commit('main') })
    expect(run.status).toBe(0)
    expect(tagged(clone)).toBe(commit(moves ? 'main' : 'main~1'))
  })
})
