import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lint-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** Runs `npm run lint:workflows` for these paths, without zizmor on the `PATH`. */
function lint(...paths: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join('node_modules', 'tsx', 'dist', 'cli.mjs'), 'scripts/lint-workflows.ts', '--', ...paths],
    { cwd: root, encoding: 'utf8', env: { ...process.env, PATH: '', Path: '' } },
  )
  return { status, stdout, stderr }
}

describe('the check of workflows', () => {
  it('finds wrong inputs of this action, which actionlint does not know', () => {
    const path = join(folder, 'deploy.yml')
    const steps = [
      '- uses: octo/railway-workspace-deploy@v1',
      '  with: { token: x, enviroment: production }',
      '- uses: ./',
      '  with: { token: x, command: check, timeout: 20 }',
    ]
    const text = `on: push\npermissions: {}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n${steps.map((line) => `      ${line}\n`).join('')}`
    writeFileSync(path, text)
    const { status, stdout } = lint(path)
    expect(stdout).toContain(
      `${path}:7: there is no input \`enviroment\`; did you mean \`environment\`?\n`,
    )
    expect(stdout).toContain(`${path}:7: \`environment\`: Expected the name or id`)
    expect(stdout).toContain(`${path}:9: \`timeout\`: Expected`)
    expect(stdout).toContain('action.yml: 1 files, 3 problems.')
    expect(status).toBe(1)
  })

  it('reports that a path is not a file, before any check', () => {
    const { status, stdout, stderr } = lint('examples', 'nowhere.yml')
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'lint:workflows: examples is not a file.\nlint:workflows: nowhere.yml is not a file.\n',
    })
  })
})
