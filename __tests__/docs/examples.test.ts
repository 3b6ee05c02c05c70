import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { parseAction, readAction } from '../../scripts/docs/action.ts'
import { pinProblems, usageProblems, type Workflow } from '../../scripts/workflows/action-usage.ts'
import { markdownFiles, root, workflowFiles } from './project-files.ts'
import { exampleWorkflows } from './workflow.ts'

function lint(workflows: Workflow[]): string[] {
  const linter = fileURLToPath(new URL('lint-workflows.ts', import.meta.url))
  const tsx = fileURLToPath(new URL('../../node_modules/tsx/dist/cli.mjs', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsx, linter], {
    cwd: root,
    input: JSON.stringify(workflows),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as string[]
}

/** Returns the problems of a Markdown text with these YAML blocks. */
function examples(...blocks: string[]) {
  const text = blocks.map((block) => `\`\`\`yaml\n${block.trim()}\n\`\`\`\n`).join('\n')
  return exampleWorkflows({ path: 'README.md', text })
}

describe("the project's own examples and workflows", () => {
  const found = markdownFiles().map(exampleWorkflows)
  const own = workflowFiles().map(({ path, text }) => ({ path, text, lineOffset: 0, whole: true }))
  const all = [...found.flatMap(({ workflows }) => workflows), ...own]

  it('are workflows or parts of workflows', () => {
    expect(found.flatMap(({ problems }) => problems)).toEqual([])
  })

  it('pass the linter', () => {
    expect(lint(all)).toEqual([])
  })

  it('give this action inputs that it has and takes, and read outputs that it sets', () => {
    expect(all.flatMap((workflow) => usageProblems(workflow, readAction()))).toEqual([])
  })

  it('pin the actions of others by commit', () => {
    expect(all.flatMap(pinProblems)).toEqual([])
  })
})

describe('a block of YAML in a Markdown file', () => {
  it('may be a workflow, or any part of one', () => {
    const steps = 'runs-on: ubuntu-latest\n    steps:\n      - run: x'
    const { workflows, problems } = examples(
      `on: push\njobs:\n  whole:\n    ${steps}`,
      `jobs:\n  alone:\n    ${steps}`,
      'runs-on: ubuntu-latest\nsteps:\n  - run: a job',
      '- run: a list\n- run: of steps',
      'uses: ./\nwith:\n  command: check',
      'permissions:\n  contents: read',
      'on:\n  pull_request:\n    types: [opened, closed]',
    )
    expect(problems).toEqual([])
    expect(workflows).toHaveLength(7)
    expect(lint(workflows)).toEqual([])
  })

  it('may be indented in a list', () => {
    const text = '1. First:\n\n   ```yaml\n   - run: x\n   - runs: y\n   ```\n'
    const { workflows } = exampleWorkflows({ path: 'README.md', text })
    expect(lint(workflows)).toContainEqual("README.md:5: Unexpected value 'runs'")
  })

  it('may not be something else, or invalid', () => {
    const { workflows, problems } = examples('version: 2', 'a: [')
    expect(workflows).toEqual([])
    expect(problems).toEqual([
      expect.stringMatching(
        /^README\.md:2: neither a workflow nor a job, a step or a list of steps/,
      ),
      expect.stringMatching(/^README\.md:6: not YAML: /),
    ])
  })
})

describe('a workflow that GitHub would refuse', () => {
  const workflow = (body: string) => `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n${body}`
  const cases = [
    ['an unknown key', workflow('    stepps: []'), ":6: Unexpected value 'stepps'"],
    [
      'an unknown permission',
      `permissions:\n  deployment: write\n${workflow('    steps:\n      - run: x')}`,
      ":3: Unexpected value 'deployment'",
    ],
    [
      'an expression that does not parse',
      workflow("    if: github.event_name = 'push'\n    steps:\n      - run: x"),
      ":6: Unexpected symbol: '='",
    ],
    [
      'a job that is not there',
      workflow('    needs: b\n    steps:\n      - run: x'),
      ":6: Value 'b' is not valid",
    ],
    [
      'a step that is not there',
      workflow(`    steps:\n      - run: echo \${{ steps.b.outputs.c }}`),
      ':7: Context access might be invalid: b',
    ],
  ] as const
  const found = lint(
    cases.flatMap(([path, text]) =>
      examples(text).workflows.map((workflow) => ({ ...workflow, path })),
    ),
  )

  it.each(cases)('is found for %s', (path, _, problem) => {
    expect(found).toContainEqual(expect.stringContaining(`${path}${problem}`))
  })
})

describe('a step that uses this action', () => {
  const action = parseAction(`
name: An action
description: For a test
inputs:
  command: { description: What }
  environment: { description: Where }
  projects: { description: Which }
  services: { description: Which }
  dry-run: { description: Whether }
outputs:
  status: { description: What became of it }
`)
  const problemsOf = (block: string) =>
    examples(block).workflows.flatMap((workflow) => usageProblems(workflow, action))

  it('passes with existing inputs, expressions included, and existing outputs', () => {
    const block = `
- id: deploy
  uses: octo/railway-workspace-deploy@v1
  with:
    environment: production
    dry-run: \${{ github.event_name == 'pull_request' }}
- run: echo "\${{ steps.deploy.outputs.status }}"`
    expect(problemsOf(block)).toEqual([])
  })

  it.each([
    [
      'an unknown input',
      'environment: a\n    enviroment: b',
      'there is no input `enviroment`; did you mean `environment`?',
    ],
    ['an input far from any', 'command: check\n    colour: red', 'there is no input `colour`'],
    [
      'a YAML list',
      'environment: a\n    projects: [shop, blog]',
      '`projects`: expected text, not a YAML list; write `projects: |`',
    ],
    [
      'a YAML mapping',
      'command: check\n    projects: { shop: web }',
      '`projects`: expected text, not a YAML mapping',
    ],
    [
      'a value not taken',
      'environment: a\n    dry-run: yes',
      '`dry-run`: Expected `true` or `false`',
    ],
    ['a missing environment', 'command: deploy', '`environment`: Expected the name or id'],
    [
      'services of every project by accident',
      'environment: a\n    services: "*"',
      '`projects`: With `services`, the projects have to be given, too',
    ],
  ])('is found for %s', (_, inputs, problem) => {
    const found = problemsOf(`- uses: octo/railway-workspace-deploy@v1\n  with:\n    ${inputs}`)
    expect(found).toEqual([expect.stringContaining(`README.md:2: ${problem}`)])
  })

  it.each([
    [
      'an input that requires another',
      'environment: a\n    canary: shop\n    wait: false',
      '`canary`: The input `canary` requires `wait: true`. The other services start',
    ],
    [
      'an input that excludes another',
      'environment: a\n    projects: shop\n    image: redis:8\n    directory: dist',
      '`directory`: The input `directory` cannot be combined with',
    ],
    [
      'an input of another command',
      'command: check\n    force: true',
      '`force`: The input `force` has no effect with `command: check`. It is for',
    ],
  ])('names both settings for %s', (_, inputs, problem) => {
    const found = problemsOf(`- uses: octo/railway-workspace-deploy@v1\n  with:\n    ${inputs}`)
    expect(found).toContainEqual(expect.stringContaining(`README.md:2: ${problem}`))
  })

  it('is found for an output that the action does not set', () => {
    const found = problemsOf(
      `- id: a\n  uses: ./\n  with: { command: check }\n- run: echo \${{ steps.a.outputs.stats }}`,
    )
    expect(found).toEqual(['README.md:5: there is no output `stats`; did you mean `status`?'])
  })

  it('is found under any owner, any ref and as the checkout itself', () => {
    for (const uses of [
      'octo/railway-workspace-deploy@main',
      'Octo/Railway-Workspace-Deploy@v1',
      './',
    ]) {
      expect(problemsOf(`- uses: ${uses}\n  with: { command: chek }`)).toEqual([
        expect.stringContaining('README.md:2: `command`: Expected'),
      ])
    }
    expect(problemsOf('- uses: octo/other@v1\n  with: { command: chek }')).toEqual([])
  })

  it('passes with names of inputs in another case, as at GitHub', () => {
    expect(problemsOf('- uses: ./\n  with: { Command: check }')).toEqual([])
  })

  it('passes when another value depends on an expression', () => {
    const block = (inputs: string) => `- uses: ./\n  with:\n    ${inputs}`
    expect(problemsOf(block(`command: \${{ inputs.command }}`))).toEqual([])
    expect(problemsOf(block(`environment: \${{ inputs.environment }}`))).toEqual([])
  })

  it('is not confused with a step of another job with the same id', () => {
    const found = problemsOf(
      `- id: a\n  uses: ./\n  with: { command: check }\n- id: a\n  run: x\n- run: echo \${{ steps.a.outputs.stats }}`,
    )
    expect(found).toEqual([])
  })
})

describe('an action of others', () => {
  const sha = 'a'.repeat(40)

  it.each([
    ['a tag', 'actions/checkout@v6'],
    ['a short commit', 'actions/checkout@aaaaaaa # v6.0.0'],
    ['a commit without its version', `actions/checkout@${sha}`],
    ['a commit with another remark', `actions/checkout@${sha} # latest`],
  ])('is found when pinned by %s', (_, uses) => {
    expect(examples(`- uses: ${uses}`).workflows.flatMap(pinProblems)).toEqual([
      expect.stringMatching(/^README\.md:2: actions\/checkout\S+ is not pinned/),
    ])
  })

  it('passes with commit and version; this action and local ones need none', () => {
    const steps = `- uses: actions/checkout@${sha} # v6.0.0\n- uses: ./\n- uses: octo/railway-workspace-deploy@v1`
    expect(examples(steps).workflows.flatMap(pinProblems)).toEqual([])
  })
})
