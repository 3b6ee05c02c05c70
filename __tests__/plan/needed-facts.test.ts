import { describe, expect, it } from '@jest/globals'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import type { Environment } from '../../src/inventory/inventory.ts'
import type { Selection } from '../../src/inventory/selection.ts'
import { type NeededFacts, neededFacts, neededRootDirectory } from '../../src/plan/needed-facts.ts'
import type { Scan } from '../../src/plan/ports.ts'
import { ownerKey } from '../../src/plan/variables/state.ts'
import type { TokenScope } from '../../src/scope/token-scope.ts'
import {
  deployment,
  environment,
  inputsOf,
  project,
  selectionOf,
  selectionOfProjects,
  service,
  targetOf,
} from '../fixtures.ts'

const [old, newer, sha] = ['b'.repeat(40), 'c'.repeat(40), 'a'.repeat(40)]
const workspace: TokenScope = {
  kind: 'workspace',
  workspace: { id: 'w', name: 'Acme' },
  uncertainties: [],
}
const projectScope: TokenScope = {
  kind: 'project',
  projectId: 'p-shop',
  environmentId: 'e-production',
  uncertainties: [],
}

const at = (name: string, commit: string | null) =>
  service(name, { active: [deployment('d', { commit })] })
const [web, api] = [at('web', old), at('api', old)]
const postgres = service('db', {
  source: { kind: 'image', image: 'postgres:16' },
  active: [deployment('d', { commit: old })],
})
const staging = environment('staging', [at('web', newer), at('api', old)])
const preview = (name: string, more: Partial<Environment> = {}) =>
  environment(name, [at('web', newer)], { ephemeral: true, ...more })

const pullRequest = {
  pull_request: {
    number: 7,
    state: 'open',
    head: { sha, ref: 'topic', repo: { full_name: 'acme/shop' } },
  },
}

/** Returns the needed facts that are not empty, each as a text. */
function summaryOf({ sources, variables, ...needed }: NeededFacts) {
  const keys = (owners: readonly { owner: Parameters<typeof ownerKey>[0] }[]) =>
    owners.map(({ owner }) => ownerKey(owner)).join(' ')
  const entries = {
    variables: variables && keys(variables.targets),
    histories: needed.histories.map(({ instance }) => instance.service.name).join(' '),
    sources: [...sources].map(([id, { name }]) => `${id}: ${name}`).join(' '),
    compared: needed.compared.map(({ base, commit }) => `${base[0]}...${commit[0]}`).join(' '),
    directory: needed.directory,
    records: needed.records.map(({ name }) => name).join(' '),
    previewVariables: keys(needed.previewVariables),
    pullRequests: needed.pullRequests.join(' '),
  }
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value))
}

const needed = (raw: RawInputs, selection: Selection, scope: TokenScope = workspace) =>
  neededFacts(
    inputsOf(
      { ...(raw.command === 'preview' ? {} : { environment: 'production' }), ...raw },
      {},
      pullRequest,
    ),
    selection,
    scope,
  )

const from = { 'from-environment': 'staging' }
const pair = selectionOf([web, api])
const promoted = selectionOf([web, api], { others: [staging] })

describe('a run needs', () => {
  it.each<[string, RawInputs, Selection, object]>([
    ['the order of the commits', {}, pair, { compared: 'b...a' }],
    ['no order of a commit that is live', { 'commit-sha': old }, pair, {}],
    ['no order of another repository', {}, selectionOf([postgres]), {}],
    ['no order of the latest', { 'commit-sha': 'latest' }, pair, {}],
    ['no order if it is forced', { force: 'true' }, pair, {}],
    ['nothing about images', { image: 'redis:7' }, pair, {}],
    [
      'the directory for one service',
      { directory: 'site' },
      selectionOf([web]),
      { directory: 'site' },
    ],
    ['no directory for two', { directory: 'site' }, pair, {}],
    ['no directory without a service', { directory: 'site' }, selectionOf([]), {}],
    ['histories to roll back', { command: 'rollback' }, pair, { histories: 'web api' }],
    [
      'variables to set, and nothing else',
      { command: 'variables', variables: 'A=1', projects: '*' },
      pair,
      { variables: 'e-production/s-web e-production/s-api' },
    ],
    [
      'variables to remove',
      { command: 'variables', 'remove-variables': 'A', projects: '*', services: '*' },
      selectionOf([web]),
      { variables: 'e-production/s-web' },
    ],
    [
      'variables beside the order of the commits',
      { variables: 'A=1' },
      pair,
      { compared: 'b...a', variables: 'e-production/s-web e-production/s-api' },
    ],
    [
      'variables beside a directory',
      { variables: 'A=1', directory: 'site' },
      selectionOf([web]),
      { directory: 'site', variables: 'e-production/s-web' },
    ],
    [
      'the live version of the other environment, and its order',
      from,
      promoted,
      { sources: 'e-production: staging', compared: 'b...c' },
    ],
    [
      'variables beside a promotion',
      { ...from, variables: 'A=1' },
      promoted,
      {
        sources: 'e-production: staging',
        compared: 'b...c',
        variables: 'e-production/s-web e-production/s-api',
      },
    ],
    ['nothing for a new preview', { command: 'preview' }, pair, {}],
    [
      'the variables of the base, if a preview must not have them',
      { command: 'preview', 'require-overrides': 'A' },
      selectionOf([web]),
      { previewVariables: 'e-production e-production/s-web' },
    ],
    [
      'records and order of an existing preview',
      { command: 'preview' },
      selectionOf([web], { others: [preview('PR-7'), preview('pr-8')] }),
      { records: 'PR-7', compared: 'c...a' },
    ],
    [
      'the order of a preview with an image, too',
      { command: 'preview', image: 'redis:7' },
      selectionOf([web], { others: [preview('pr-7')] }),
      { records: 'pr-7', compared: 'c...a' },
    ],
    [
      'no record of an environment that persists',
      { command: 'preview', 'preview-action': 'delete' },
      selectionOf([web], { others: [preview('pr-7', { ephemeral: false })] }),
      {},
    ],
    [
      'the record of a preview to delete',
      { command: 'preview', 'preview-action': 'delete' },
      selectionOf([web], { others: [preview('pr-7'), preview('pr-8')] }),
      { records: 'pr-7' },
    ],
    [
      'all previews and their pull requests to prune, each once',
      { command: 'preview', 'preview-action': 'prune' },
      selectionOf([web], {
        others: [preview('pr-7'), preview('pr-8'), preview('PR-8', { id: 'e-8' }), preview('x')],
      }),
      { records: 'pr-7 pr-8 PR-8', pullRequests: '7 8' },
    ],
  ])('%s', (_, raw, selection, expected) => {
    const facts = needed(raw, selection)
    expect(facts.ok && summaryOf(facts.value)).toEqual(expected)
  })

  it('exactly the commits in the order base and requested', () => {
    const facts = needed({}, pair)
    expect(facts.ok && facts.value.compared).toEqual([{ base: old, commit: sha }])
  })

  it.each<[string, RawInputs, Selection]>([
    ['there is no such environment to promote from', from, pair],
    [
      'there is no such environment to copy from',
      { command: 'variables', 'variables-from': 'staging', projects: '*' },
      pair,
    ],
    [
      'there is none to copy from, beside a valid promotion',
      { 'from-environment': 'staging', 'variables-from': 'qa' },
      promoted,
    ],
  ])('nothing if %s', (_, raw, selection) => {
    const facts = needed(raw, selection)
    expect(facts.ok ? [] : facts.failures.map(({ code }) => code)).toEqual([
      'environment-not-found',
    ])
  })

  it.each<[string, Selection, object]>([
    ['by name', pair, { project: 'shop', environment: 'production' }],
    [
      'by id if nothing is selected',
      { ...pair, environments: [] },
      { project: 'p-shop', environment: 'e-production' },
    ],
  ])(
    'another token than a project token for previews; the failure names the environment %s',
    (_, selection, place) => {
      expect(needed({ command: 'preview' }, selection, projectScope)).toEqual({
        ok: false,
        failures: [
          { code: 'token-project-scoped', facts: { ...place, beyond: { kind: 'preview' } } },
        ],
      })
    },
  )

  it('each project once, though several of its environments are selected', () => {
    const shop = project('shop', [environment('production', [web]), preview('pr-7')])
    const facts = needed(
      { command: 'preview', 'preview-action': 'delete' },
      selectionOfProjects(shop),
    )
    expect(facts.ok && summaryOf(facts.value)).toEqual({ records: 'pr-7' })
  })
})

describe('the root directory of a service', () => {
  const tree = (files: number): Scan => ({
    kind: 'tree',
    tree: {
      root: '/checkout/site',
      entries: [],
      files,
      bytes: 0,
      leftOut: [],
      ignored: { count: 0, complete: true, first: [] },
      linkedIgnoreFiles: [],
    },
  })
  it.each<[string, Selection, Scan | null, object | null]>([
    ['for files to upload', selectionOf([web]), tree(1), targetOf(web)],
    ['not for no files', selectionOf([web]), tree(0), null],
    ['not without a directory', selectionOf([web]), null, null],
    ['not for a directory that does not exist', selectionOf([web]), { kind: 'missing' }, null],
    ['not without a service', selectionOf([]), tree(1), null],
  ])('is read %s', (_, selection, scan, expected) => {
    expect(neededRootDirectory(selection, scan)).toEqual(expected)
  })
})
