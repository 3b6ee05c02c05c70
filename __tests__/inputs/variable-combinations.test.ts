import { describe, expect, it } from '@jest/globals'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import { checkVariableCombinations } from '../../src/inputs/variable-combinations.ts'
import { refusals, stepWith } from './fixtures.ts'

const value = { variables: 'A=1' }
const file = { 'variables-file': 'a.env' }
const from = { 'variables-from': 'staging' }
const remove = { 'remove-variables': 'OLD' }
const replace = { 'variables-mode': 'replace' }
const shared = { 'shared-variables': 'true' }
const allowEmpty = { 'allow-empty-values': 'true' }
const everywhere = { projects: '*', services: '*' }
const set = { command: 'variables' }

const setsNone = (input: string, command: string) =>
  `${input}: not with \`command: ${command}\`: This command changes no variables.`
const ofPreview = (input: string) =>
  `${input}: not with \`command: preview\`: A preview has the variables of its base. \`variables\` and \`variables-file\` set other values in it.`
const unproven = (deletes: string) =>
  `With \`${deletes}\`, this selection has to be given, because an expression may have evaluated to an empty value here.`
const projectsFor = (deletes: string) =>
  `projects "": required: ${unproven(deletes)} For every project, set \`*\`.`
const servicesFor = (deletes: string) =>
  `services "": required: ${unproven(deletes)} For every service built from this repository, set \`@repository\`.`
const sharedProjects =
  'projects "": required: With `shared-variables: true`, the projects have to be given, so that no project is changed by accident. For every project, set `*`.'
const noRedeploy = (command: string, given = 'false') =>
  `redeploy "${given}": not with \`command: ${command}\`: \`false\` is for \`command: variables\` only, because the other commands deploy in any case.`

describe('inputs about variables', () => {
  // Blanks around a text have no effect.
  it.each<[string, RawInputs, string[]]>([
    ['nothing', {}, []],
    ['values for `deploy`', value, []],
    ['files for a preview', { command: 'preview', ...file }, []],
    ['values for a preview, with empty ones', { command: 'preview', ...value, ...allowEmpty }, []],
    ['values from an environment', { ...set, ...from }, []],
    ['a file', { ...set, ...file }, []],
    ['names to remove, of chosen services', { ...set, ...remove, ...everywhere }, []],
    [
      'no value for `variables`',
      { command: ' variables ' },
      [
        'variables -: required: `command: variables` needs at least one of `variables`, `variables-file`, `variables-from`, `remove-variables`, and all of them are empty.',
      ],
    ],
    ['values for `check`', { command: 'check', ...value }, [setsNone('variables -', 'check')]],
    [
      'a file for `list`',
      { command: 'list', ...file },
      [setsNone('variables-file "a.env"', 'list')],
    ],
    [
      'an environment for `rollback`',
      { command: 'rollback', ...from },
      [setsNone('variables-from "staging"', 'rollback')],
    ],
    [
      'names to remove for `check`',
      { command: 'check', ...remove },
      [setsNone('remove-variables "OLD"', 'check')],
    ],
    [
      'an environment for a preview',
      { command: 'preview', ...from },
      [ofPreview('variables-from "staging"')],
    ],
    [
      'names to remove for a preview',
      { command: 'preview', ...remove },
      [ofPreview('remove-variables "OLD"')],
    ],
    [
      '`replace` for a preview',
      { command: 'preview', ...value, ...replace },
      [
        'variables-mode "replace": not with `command: preview`: A preview keeps the other variables of its base.',
      ],
    ],
    ['`merge` for a preview', { command: 'preview', 'variables-mode': 'merge' }, []],
    [
      'shared ones for a preview',
      { command: 'preview', ...value, ...shared },
      [
        'shared-variables "true": not with `command: preview`: In a preview, only variables of services can be set.',
      ],
    ],
    ['`redeploy: false` for `deploy`', { redeploy: ' false ' }, [noRedeploy('deploy', ' false ')]],
    [
      '`redeploy: false` for a preview',
      { command: 'preview', redeploy: 'false' },
      [noRedeploy('preview')],
    ],
    [
      '`redeploy: false` for `rollback`',
      { command: 'rollback', redeploy: 'false' },
      [noRedeploy('rollback')],
    ],
    ['`redeploy: false` for `variables`', { ...set, ...value, redeploy: 'false' }, []],
    ['`redeploy: true` for `deploy`', { redeploy: 'true' }, []],
    [
      '`replace` with only names to remove',
      { ...set, ...replace, ...remove, ...everywhere },
      [
        'variables-mode "replace": only with `variables`, `variables-file` or `variables-from`: `replace` without values would remove all variables.',
      ],
    ],
    ['`replace` with a file', { ...set, ...replace, ...file, ...everywhere }, []],
    ['`replace` with an environment', { ...set, ...replace, ...from, ...everywhere }, []],
    [
      'names to copy without a source',
      { ...set, ...value, 'variables-names': 'A*' },
      [
        'variables-names "A*": only with `variables-from`: The patterns select names from that environment.',
      ],
    ],
    ['names to copy', { ...set, ...from, 'variables-names': 'A*' }, []],
    [
      'permission for empty values without values',
      { ...set, ...remove, ...everywhere, ...allowEmpty },
      [
        'allow-empty-values "true": only with `variables`, `variables-file` or `variables-from`: Without values, no value can be empty.',
      ],
    ],
    ['empty values', { ...set, ...value, ...allowEmpty }, []],
    ['no permission for empty values, and no values', { 'allow-empty-values': 'false' }, []],
    [
      'shared variables without any',
      shared,
      [
        'shared-variables "true": only with `variables`, `variables-file`, `variables-from` or `remove-variables`: Without them, no shared variable is changed.',
      ],
    ],
    ['shared variables of all projects', { ...set, ...shared, ...value, projects: '*' }, []],
    [
      'shared variables to remove, of all projects',
      { ...set, ...shared, ...remove, projects: '*' },
      [],
    ],
    [
      'shared variables of services',
      { ...set, ...shared, ...value, projects: '*', services: 'api' },
      [
        'services "api": not with `shared-variables: true`: Shared variables belong to the whole environment.',
      ],
    ],
    ['shared variables of no named project', { ...set, ...shared, ...value }, [sharedProjects]],
    [
      'services that are deployed with shared variables',
      { ...shared, ...value, projects: 'shop', services: 'api' },
      [],
    ],
    ['a deployment with shared variables', { ...shared, ...value }, []],
    ['`shared-variables: false`', { 'shared-variables': 'false' }, []],
  ])('%s', (_, raw, expected) => {
    expect(refusals(checkVariableCombinations(raw, null))).toEqual(expected)
  })
})

describe('inputs that delete variables, without a workflow file that shows the selection', () => {
  it.each<[string, RawInputs, string[]]>([
    [
      'names, of nothing named',
      { ...set, ...remove },
      [projectsFor('remove-variables'), servicesFor('remove-variables')],
    ],
    [
      'a replacement, of nothing named',
      { ...set, ...value, ...replace },
      [projectsFor('variables-mode: replace'), servicesFor('variables-mode: replace')],
    ],
    [
      'a replacement, which is named before names to remove',
      { ...set, ...value, ...replace, ...remove, projects: '*' },
      [servicesFor('variables-mode: replace')],
    ],
    ['names, of projects', { ...set, ...remove, projects: '*' }, [servicesFor('remove-variables')]],
    ['names, of services', { ...set, ...remove, services: 'api' }, []],
    [
      'names, of a deployment',
      remove,
      [projectsFor('remove-variables'), servicesFor('remove-variables')],
    ],
    ['shared names, of all projects', { ...set, ...shared, ...remove, projects: '*' }, []],
    ['shared names, of no named project', { ...set, ...shared, ...remove }, [sharedProjects]],
    [
      'shared names, of a deployment, whose services count',
      { ...shared, ...remove },
      [projectsFor('remove-variables'), servicesFor('remove-variables')],
    ],
    [
      'names, of `list`, which removes none',
      { command: 'list', ...remove },
      [setsNone('remove-variables "OLD"', 'list')],
    ],
  ])('%s', (_, raw, expected) => {
    expect(refusals(checkVariableCombinations(raw, null))).toEqual(expected)
  })

  it.each<[string, Record<string, string>, string[]]>([
    ['both are omitted', {}, []],
    ['projects are written', { projects: 'x' }, [projectsFor('remove-variables')]],
    ['services are written', { services: 'x' }, [servicesFor('remove-variables')]],
  ])('a workflow file shows that %s', (_, written, expected) => {
    const raw = { ...set, ...remove }
    expect(refusals(checkVariableCombinations(raw, stepWith(written)))).toEqual(expected)
  })
})
