import { describe, expect, it } from '@jest/globals'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import { checkRepositorySelection } from '../../src/inputs/repository-selection.ts'
import { parseContext } from '../../src/inputs/run-context.ts'

const ours = parseContext({ GITHUB_REPOSITORY: 'acme/shop' }, {})
const nowhere = parseContext({}, {})
const foreign = parseContext(
  { GITHUB_REPOSITORY: 'acme/shop', GITHUB_SERVER_URL: 'https://git.acme.example' },
  {},
)

const onForeign =
  'This workflow runs on git.acme.example, and Railway builds from repositories of github.com only, so no service is built from this repository.'
const unset =
  '`GITHUB_REPOSITORY` is not set, so the action does not know which services are built from this repository.'

const refused = (input: string, given: string, kind: 'required' | 'rejected', because: string) => [
  { code: 'input-invalid', facts: { input, given, problem: { kind, because } } },
]
const required = (given = '') => refused('services', given, 'required', onForeign)
const keyword = (given: string) =>
  refused('services', given, 'rejected', `${onForeign} Expected patterns without \`@repository\`.`)
const preview = (because: string) =>
  refused(
    'command',
    'preview',
    'rejected',
    `${because} The action recognizes a preview by a service that is built from this repository.`,
  )

describe('a selection by this repository', () => {
  it.each<[string, RawInputs, object[]]>([
    ['deploy', {}, required()],
    ['deploy, written out', { command: ' deploy ' }, required()],
    ['rollback', { command: 'rollback' }, required()],
    ['variables', { command: 'variables' }, required()],
    ['shared variables', { command: 'variables', 'shared-variables': 'true' }, []],
    ['shared variables of another command', { 'shared-variables': 'true' }, required()],
    ['an image', { image: 'redis:7' }, []],
    ['an image for another command', { command: 'rollback', image: 'redis:7' }, required()],
    ['an empty image', { image: ' ' }, required()],
    ['check', { command: 'check' }, []],
    ['list', { command: 'list' }, []],
    ['no command there is', { command: 'x' }, []],
    ['a preview', { command: 'preview' }, preview(onForeign)],
    ['a service', { services: 'web' }, []],
    ['a service and an exclusion', { services: '!web\n*' }, []],
    ['no service', { services: '[]' }, []],
    ['exclusions', { services: '!web' }, required('!web')],
    ['a comment', { services: '# web' }, required('# web')],
    ['the keyword', { services: '@Repository' }, keyword('@Repository')],
    ['the keyword, excluded', { services: '*\n!@repository' }, keyword('*\n!@repository')],
    ['the keyword of a list', { command: 'list', services: '@repository' }, keyword('@repository')],
    ['a name that begins like it', { services: '@repository-2' }, []],
    ['a name that ends like it', { services: 'x@repository' }, []],
  ])('on another GitHub: %s', (_, raw, failures) => {
    expect(checkRepositorySelection(raw, foreign)).toEqual(failures)
  })

  it('is refused if the repository is not known', () => {
    expect(checkRepositorySelection({ command: 'preview' }, nowhere)).toEqual(preview(unset))
  })

  it.each<[RawInputs]>([[{}], [{ command: 'preview' }], [{ services: '@repository' }]])(
    'is accepted on github.com: %j',
    (raw) => {
      expect(checkRepositorySelection(raw, ours)).toEqual([])
    },
  )
})
