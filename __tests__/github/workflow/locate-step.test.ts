import { describe, expect, it } from '@jest/globals'
import { locateStep } from '../../../src/github/workflow/locate-step.ts'
import { stepNames } from '../../../src/github/workflow/step-names.ts'
import { cpuMilliseconds } from '../../cpu-time.ts'

const main = '.github/workflows/main.yml'
const ours = 'acme/railway-workspace-deploy'

interface Situation {
  files: Record<string, string>
  job?: string
  name?: string
  repository?: string | null
  ref?: string
  inputs?: Record<string, string>
}

function locate({
  files,
  job = 'deploy',
  name,
  repository = ours,
  ref = 'v1',
  inputs = {},
}: Situation) {
  return locateStep(
    {
      workflow: main,
      job,
      name: name ?? '__acme_railway-workspace-deploy',
      repository,
      ref,
      input: (input) => inputs[input] ?? '',
    },
    (path) => files[path] ?? null,
  )
}

function lineOf(situation: Situation): string {
  const finding = locate(situation)
  return finding.kind === 'found' ? `${finding.step.file}:${finding.step.line}` : finding.kind
}

/** A workflow whose first step is on line 5. */
const workflow = (steps: string, job = 'deploy') =>
  `on: push
jobs:
  ${job}:
    steps:
${steps}`

describe('the names of the steps of a job', () => {
  it.each([
    ['scripts', [null, null], ['__run', '__run_2']],
    [
      'an action, twice',
      ['actions/checkout@v4', 'actions/checkout@v5'],
      ['__actions_checkout', '__actions_checkout_2'],
    ],
    ['an action below a repository', ['a/b/c/d@v1'], ['__a_b']],
    ['actions of the checkout', ['./', './.github/x'], ['__self', '__self_2']],
    ['an image', ['docker://ghcr.io/a/b:1'], ['__ghcr_io_a_b_1']],
    ['a name with a dot', ['a/b.c@v1'], ['__a_b_c']],
  ])('%s', (_, uses, names) => {
    expect(stepNames(uses.map((one) => ({ id: null, uses: one })))).toEqual(names)
  })

  it('an id is used before generated names, and does not count as one of them', () => {
    const steps = [
      { id: null, uses: 'a/b@v1' },
      { id: 'mine', uses: 'a/b@v1' },
      { id: null, uses: 'a/b@v1' },
    ]
    expect(stepNames(steps)).toEqual(['__a_b', 'mine', '__a_b_2'])
  })

  it('are no longer than a hundred characters', () => {
    const uses = `a/${'b'.repeat(120)}@v1`
    const names = stepNames([
      { id: null, uses },
      { id: null, uses },
    ])
    expect(names.map(({ length }) => length)).toEqual([100, 100])
    expect(names[1]).toMatch(/_2$/)
  })
})

describe('the step in the workflow file', () => {
  const twice = workflow(`      - uses: actions/checkout@v4
      - uses: ${ours}@v1
        with:
          command: check
      - run: echo
      - id: later
        uses: ${ours}@v1
      - uses: ${ours}@v1
        with: { command: list }
`)

  it.each<[string, Situation, string]>([
    [
      'is the first of several',
      { files: { [main]: twice }, inputs: { command: 'check' } },
      `${main}:6`,
    ],
    ['is the one with the id', { files: { [main]: twice }, name: 'later' }, `${main}:11`],
    [
      'is the second without id',
      {
        files: { [main]: twice },
        name: '__acme_railway-workspace-deploy_2',
        inputs: { command: 'list' },
      },
      `${main}:12`,
    ],
    [
      'is missing if an input has another value',
      { files: { [main]: twice }, inputs: { command: 'deploy' } },
      'unknown',
    ],
    [
      'is missing in another job',
      { files: { [main]: twice }, job: 'test', inputs: { command: 'check' } },
      'unknown',
    ],
    [
      'is missing with another version',
      { files: { [main]: twice }, ref: 'v2', inputs: { command: 'check' } },
      'unknown',
    ],
    [
      'is missing for another action',
      { files: { [main]: twice }, repository: 'else/where', inputs: { command: 'check' } },
      'unknown',
    ],
    [
      'is found by name without regard to case',
      {
        files: { [main]: workflow('      - uses: Acme/Railway-Workspace-Deploy@v1') },
        name: '__Acme_Railway-Workspace-Deploy',
      },
      `${main}:5`,
    ],
    [
      'of an action in the checkout',
      { files: { [main]: workflow('      - uses: ./\n') }, name: '__self', repository: null },
      `${main}:5`,
    ],
    [
      'of a matrix job',
      {
        files: {
          [main]: `on: push\njobs:\n  deploy:\n    strategy: { matrix: { e: [a, b] } }\n    steps:\n      - uses: ${ours}@v1\n        with: { environment: "\${{ matrix.e }}" }\n`,
        },
        inputs: { environment: 'b' },
      },
      `${main}:6`,
    ],
    [
      'behind an anchor',
      {
        files: {
          [main]: `on: push\nx: &s\n  uses: ${ours}@v1\njobs:\n  deploy:\n    steps:\n      - *s\n`,
        },
      },
      `${main}:3`,
    ],
    [
      'in a file with Windows line ends',
      {
        files: {
          [main]: workflow(`      - run: a\n      - uses: ${ours}@v1\n`).replaceAll('\n', '\r\n'),
        },
      },
      `${main}:6`,
    ],
    ['is not searched in a file that does not parse', { files: { [main]: 'jobs: [' } }, 'unknown'],
    ['is missing without a file', { files: {} }, 'unknown'],
  ])('%s', (_, situation, line) => {
    expect(lineOf(situation)).toBe(line)
  })

  it('has the lines of its inputs, and of each entry of a list', () => {
    const finding = locate({
      files: {
        [main]: workflow(`      - uses: ${ours}@v1
        with:
          Environment: production
          projects: |
            shop
            # a comment
            billing
`),
      },
      inputs: { environment: 'production', projects: 'shop\n# a comment\nbilling' },
    })
    expect(finding).toMatchObject({ kind: 'found' })
    if (finding.kind !== 'found') return
    expect(finding.step.inputs.get('environment')).toMatchObject({ line: 7, text: 'production' })
    expect(finding.step.inputs.get('projects')?.entries).toEqual(
      expect.arrayContaining([
        { line: 9, text: 'shop' },
        { line: 11, text: 'billing' },
      ]),
    )
  })
})

describe('a step in a reusable workflow', () => {
  const called = '.github/workflows/called.yml'
  const step = `      - uses: ${ours}@v1\n        with: { command: check }\n`
  const inputs = { command: 'check' }
  const calling = (uses: string, more = '') =>
    `on: push\njobs:\n  call:\n    uses: ${uses}\n${more}`

  it.each<[string, Situation, string]>([
    [
      'of the checkout is found there',
      { files: { [main]: calling(`./${called}`), [called]: workflow(step) }, inputs },
      `${called}:5`,
    ],
    [
      'called twice is one location',
      {
        files: {
          [main]: `${calling(`./${called}`)}  again:\n    uses: ./${called}\n`,
          [called]: workflow(step),
        },
        inputs,
      },
      `${called}:5`,
    ],
    [
      'called by a called one',
      {
        files: {
          [main]: calling('./.github/workflows/mid.yml'),
          '.github/workflows/mid.yml': calling(`./${called}`),
          [called]: workflow(step),
        },
        inputs,
      },
      `${called}:5`,
    ],
    ['that calls itself ends', { files: { [main]: calling(`./${main}`) } }, 'elsewhere'],
    [
      'of another repository is elsewhere',
      { files: { [main]: calling('other/repo/.github/workflows/x.yml@v1') } },
      'elsewhere',
    ],
    [
      'that is not in the checkout is elsewhere',
      { files: { [main]: calling(`./${called}`) } },
      'elsewhere',
    ],
    [
      'or in the caller: both match, so neither is used',
      {
        files: {
          [main]: `${workflow(step)}  call:\n    uses: ./${called}\n`,
          [called]: workflow(step),
        },
        inputs,
      },
      'unknown',
    ],
    [
      'or in the caller, distinguished by an input',
      {
        files: {
          [main]: `${workflow(step.replace('check', 'list'))}  call:\n    uses: ./${called}\n`,
          [called]: workflow(step),
        },
        inputs,
      },
      `${called}:5`,
    ],
    [
      'beside a remote one, held fast by an input',
      {
        files: { [main]: `${workflow(step)}  call:\n    uses: o/r/.github/workflows/x.yml@v1\n` },
        inputs,
      },
      `${main}:5`,
    ],
    [
      'beside a remote one, without a distinguishing input',
      {
        files: {
          [main]: `${workflow(`      - uses: ${ours}@v1\n`)}  call:\n    uses: o/r/.github/workflows/x.yml@v1\n`,
        },
      },
      'unknown',
    ],
  ])('%s', (_, situation, line) => {
    expect(lineOf(situation)).toBe(line)
  })

  it.each([
    ['inherits', '    secrets: inherit\n', 'inherit'],
    ['passes one', '    secrets:\n      railway: x\n', ['railway']],
    ['passes none', '', []],
  ])('knows whether it %s', (_, secrets, expected) => {
    const finding = locate({
      files: { [main]: calling(`./${called}`, secrets), [called]: workflow(step) },
      inputs,
    })
    expect(finding).toMatchObject({
      step: { calls: [{ file: main, job: 'call', secrets: expected }] },
    })
  })
})

describe('steps in groups', () => {
  const step = (indent: string, inputs: string) =>
    `${indent}- uses: acme/railway-workspace-deploy@v1\n${indent}  with:\n${inputs
      .split('\n')
      .map((line) => `${indent}    ${line}`)
      .join('\n')}`
  const groups = (before: string, within: string) =>
    workflow(`${before}\n      - parallel:\n${within}\n          - run: npm test`)

  it('have no line if it is not clear which of them runs', () => {
    const file = groups(
      step('      ', `environment: \${{ vars.ENV }}`),
      step('          ', `environment: \${{ vars.ENV }}`),
    )
    expect(lineOf({ files: { [main]: file }, inputs: { environment: 'production' } })).toBe(
      'unknown',
    )
    const name = '__acme_railway-workspace-deploy_2'
    expect(lineOf({ files: { [main]: file }, name })).toBe('unknown')
  })

  it('are all returned if it is not clear which of them runs', () => {
    const inputs = ['projects: a', `environment: \${{ vars.A }}`, `environment: \${{ vars.B }}`]
    const steps = inputs.map((text) => step('          ', text)).join('\n')
    const finding = locate({ files: { [main]: groups('', steps) } })
    expect(finding).toMatchObject({ kind: 'unknown', candidates: [{ line: 10 }, { line: 13 }] })
  })

  it('are not returned if the running step may be in a workflow elsewhere', () => {
    const both = step('          ', `environment: \${{ vars.A }}`)
    const file = groups('', `${both}\n${both}`)
    const elsewhere = file.replace(
      'jobs:',
      'jobs:\n  other:\n    uses: acme/x/.github/workflows/a.yml@v1',
    )
    expect(locate({ files: { [main]: file } })).toMatchObject({ candidates: [{}, {}] })
    expect(locate({ files: { [main]: elsewhere } })).toEqual({ kind: 'unknown' })
  })

  it.each([
    ['the one in the group', 'staging', 9],
    ['the one before it', 'production', 5],
  ])('are distinguished by their inputs: %s', (_, environment, line) => {
    const file = groups(
      step('      ', 'environment: production'),
      step('          ', 'environment: staging'),
    )
    expect(lineOf({ files: { [main]: file }, inputs: { environment } })).toBe(`${main}:${line}`)
  })

  it('are distinguished by their ids', () => {
    const file = groups(
      step('      ', `environment: \${{ vars.ENV }}`).replace(
        '- uses',
        '- id: first\n        uses',
      ),
      step('          ', `environment: \${{ vars.ENV }}`),
    )
    expect(lineOf({ files: { [main]: file }, name: 'first' })).toBe(`${main}:6`)
    expect(lineOf({ files: { [main]: file } })).toBe(`${main}:10`)
  })

  it.each(['parallel', 'sequence', 'anything-new'])('are found in a group called %s', (group) => {
    const file = groups('', step('          ', 'environment: production')).replace(
      'parallel',
      group,
    )
    expect(lineOf({ files: { [main]: file }, inputs: { environment: 'production' } })).toBe(
      `${main}:7`,
    )
  })

  it('are not taken for a step of a workflow elsewhere', () => {
    const file = `on: push
jobs:
  lint:
    uses: acme/shared/.github/workflows/lint.yml@v1
  deploy:
    runs-on: ubuntu-latest
    steps:
      - parallel:
          - uses: acme/railway-workspace-deploy@v1
            with:
              token: \${{ secrets.RAILWAY_API_TOKEN }}
              environment: production
          - run: npm run smoke
`
    const situation = { files: { [main]: file }, inputs: { environment: 'production' } }
    expect(lineOf(situation)).toBe(`${main}:9`)
    // No input of the run fits: this is still no reason to assign the error to the other job.
    expect(lineOf({ ...situation, inputs: { environment: 'staging' } })).toBe('unknown')
    expect(lineOf({ ...situation, job: 'called' })).toBe('elsewhere')
  })
})

describe('a number in a workflow file', () => {
  it.each([
    ['2026.10', '2026.1'],
    ['3.10', '3.1'],
    ['8', '8'],
    ['010', '10'],
    ['0x1F', '31'],
    ['0o17', '15'],
    ['1e3', '1000'],
    ['1.50e-7', '1.5E-07'],
    ['-0.5', '-0.5'],
    ['+7', '7'],
    ['12345678901234567890', '1.23456789012346E+19'],
    ['123456789012345', '123456789012345'],
    ['0.1234567890123456789', '0.123456789012346'],
    ['.inf', 'Infinity'],
    ["'2026.10'", '2026.10'],
    ['2026-11-26', '2026-11-26'],
    ['yes', 'yes'],
    ['True', 'true'],
    ['~', ''],
    ['1_000', '1_000'],
  ])('%s is passed as %s', (written, arrived) => {
    const file = workflow(
      `      - uses: acme/railway-workspace-deploy@v1\n        with:\n          workspace: ${written}`,
    )
    const files = { [main]: file }
    expect(lineOf({ files, inputs: { workspace: arrived } })).toBe(`${main}:5`)
    expect(lineOf({ files, inputs: { workspace: `${arrived}0` } })).toBe('unknown')
  })
})

describe('a workflow file that is made to be slow', () => {
  const call = (steps: string) => `on: push\njobs:\n  deploy:\n    steps: ${steps}\n`

  it.each([
    ['of 8,000 aliases', `a: &a x\nb: [${'*a,'.repeat(8_000)}]\n${call('[]')}`],
    [
      'of aliases of aliases',
      `a0: &a0 [{run: x}]\n${Array.from({ length: 30 }, (_, index) => `a${index + 1}: &a${index + 1} [{g: *a${index}},{g: *a${index}}]\n`).join('')}${call('*a30')}`,
    ],
    ['of an alias within itself', `on: push\njobs:\n  deploy:\n    steps: &a [{g: *a}]\n`],
    ['that is deep', `${call('[')}${'['.repeat(100_000)}`],
    ['that is huge', `${call('[]')}${'# comment\n'.repeat(200_000)}`],
    ['with an anchor defined twice', `a: &a [{run: x}]\nb: &a [{run: y}]\n${call('*a')}`],
  ])('%s has no step, and takes little time', (_, file) => {
    expect(lineOf({ files: { [main]: file } })).toBe('unknown')
  })

  it.each([
    ['of flow lists within each other', '[ '.repeat(100), '] '.repeat(100)],
    ['of lists within each other', '- '.repeat(300), 'a'],
    ['of keys within each other', '? '.repeat(300), 'a'],
    ['of flow maps', '{a: '.repeat(50), '}'.repeat(50)],
    ['of one long list', '[', `${'a,'.repeat(400_000)}]`],
  ])('%s takes less than two seconds', (_, start, end) => {
    const line = `      - ${start}${end}\n`
    const file = `${call('')}${line.repeat(Math.floor(900_000 / line.length))}`
    const files = { [main]: file }
    expect(cpuMilliseconds(() => lineOf({ files }))).toBeLessThan(2_000)
    expect(lineOf({ files })).toBe('unknown')
  })

  it('with 4,000 steps is read', () => {
    const others = '      - name: x\n        run: echo [{}, {}]\n'.repeat(4_000)
    const step =
      '      - uses: acme/railway-workspace-deploy@v1\n        with: { environment: a }\n'
    const files = { [main]: `${call('')}${others}${step}` }
    expect(lineOf({ files, inputs: { environment: 'a' } })).toBe(`${main}:8005`)
  })
})

describe('a workflow file with line ends of Windows', () => {
  const text = `on: push
env:
  STAGE: production
jobs:
  deploy:
    steps:
      - run: |
          echo one
          echo two
      - uses: acme/railway-workspace-deploy@v1
        with:
          environment: \${{ vars.STAGE }}
          services: |
            # the two
            web
            \${{ inputs.service }}

            worker
          variables: >-
            A=1
            B=2
`
  const inputs = {
    environment: 'production',
    services: '# the two\nweb\n\n\nworker',
    variables: 'A=1 B=2',
  }

  it.each([
    ['CR LF', text.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${text}`],
    ['both', `\uFEFF${text.replaceAll('\n', '\r\n')}`],
  ])('is read as with line ends of Unix: %s', (_, windows) => {
    const finding = locate({ files: { [main]: windows }, inputs })
    expect(finding.kind).toBe('found')
    expect(finding).toEqual(locate({ files: { [main]: text }, inputs }))
  })
})
