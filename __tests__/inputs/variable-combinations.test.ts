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
  `${input}: no value with the command \`${command}\`, which sets no variables`
const ofPreview = (input: string) =>
  `${input}: no value for a preview: it is a clone, in which \`variables\` and \`variables-file\` set values`
const unproven = (deletes: string) =>
  `with \`${deletes}\`, because an expression may have come out empty here`
const projectsFor = (deletes: string) =>
  `projects "": patterns, which are required ${unproven(deletes)} (\`*\` is every project)`
const servicesFor = (deletes: string) =>
  `services "": patterns, which are required ${unproven(deletes)} (\`@repository\` is every service built from this repository)`
const sharedProjects =
  'projects "": patterns, which are required with `shared-variables: true`, so that no project is changed by accident (`*` is every project)'
const noRedeploy = 'redeploy "false": `false` only with the command `variables`'

describe('inputs about variables', () => {
  // Blanks around a text do not matter.
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
        'variables -: a value with `command: variables`, unless `variables-file`, `variables-from` or `remove-variables` has one; all are left out',
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
        'variables-mode "replace": `merge` for a preview, which keeps the other variables of its base',
      ],
    ],
    ['`merge` for a preview', { command: 'preview', 'variables-mode': 'merge' }, []],
    [
      'shared ones for a preview',
      { command: 'preview', ...value, ...shared },
      [
        'shared-variables "true": `false` for a preview, because variables are only set in its services',
      ],
    ],
    [
      '`redeploy: false` for `deploy`',
      { redeploy: ' false ' },
      [noRedeploy.replace('"false"', '" false "')],
    ],
    ['`redeploy: false` for a preview', { command: 'preview', redeploy: 'false' }, [noRedeploy]],
    ['`redeploy: false` for `rollback`', { command: 'rollback', redeploy: 'false' }, [noRedeploy]],
    ['`redeploy: false` for `variables`', { ...set, ...value, redeploy: 'false' }, []],
    ['`redeploy: true` for `deploy`', { redeploy: 'true' }, []],
    [
      '`replace` with nothing but names to remove',
      { ...set, ...replace, ...remove, ...everywhere },
      [
        'variables-mode "replace": `replace` only together with `variables`, `variables-file`, `variables-from`',
      ],
    ],
    ['`replace` with a file', { ...set, ...replace, ...file, ...everywhere }, []],
    ['`replace` with an environment', { ...set, ...replace, ...from, ...everywhere }, []],
    [
      'names to take from nowhere',
      { ...set, ...value, 'variables-names': 'A*' },
      [
        'variables-names "A*": patterns only together with `variables-from`, whose names they filter',
      ],
    ],
    ['names to take', { ...set, ...from, 'variables-names': 'A*' }, []],
    [
      'empty values that nobody gives',
      { ...set, ...remove, ...everywhere, ...allowEmpty },
      [
        'allow-empty-values "true": `true` only together with `variables`, `variables-file`, `variables-from`',
      ],
    ],
    ['empty values', { ...set, ...value, ...allowEmpty }, []],
    ['no empty values, and none given', { 'allow-empty-values': 'false' }, []],
    [
      'shared variables without any',
      shared,
      [
        'shared-variables "true": `true` only together with `variables`, `variables-file`, `variables-from`, `remove-variables`',
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
      ['services "api": no value with `shared-variables: true`: the whole environment has them'],
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
    ['both are left out', {}, []],
    ['projects are written', { projects: 'x' }, [projectsFor('remove-variables')]],
    ['services are written', { services: 'x' }, [servicesFor('remove-variables')]],
  ])('a workflow file shows that %s', (_, written, expected) => {
    const raw = { ...set, ...remove }
    expect(refusals(checkVariableCombinations(raw, stepWith(written)))).toEqual(expected)
  })
})
