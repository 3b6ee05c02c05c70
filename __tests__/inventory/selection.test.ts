import { describe, expect, it } from '@jest/globals'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import type { Source } from '../../src/inventory/inventory.ts'
import {
  describeService,
  isBuiltFrom,
  isSelectedByDefault,
  type SelectionRequest,
  targetsOf,
  toSelectionRequest,
} from '../../src/inventory/selection.ts'
import { environment, imageReference, inputsOf, project, service } from '../fixtures.ts'

const request = (raw: RawInputs) => toSelectionRequest(inputsOf(raw))

describe('the selection that inputs request', () => {
  it.each<[string, RawInputs, Partial<SelectionRequest>]>([
    [
      'check',
      { command: 'check' },
      {
        environment: null,
        defaultEnvironment: 'all',
        defaultServices: 'all',
        changesTargets: false,
      },
    ],
    [
      'list with everything',
      { command: 'list', environment: 'live', projects: 'shop', services: '!web', shard: '2/5' },
      {
        projects: [{ text: 'shop', exclude: false }],
        environment: 'live',
        services: [{ text: 'web', exclude: true }],
        defaultServices: 'all',
        shard: { part: 2, of: 5 },
        changesTargets: false,
      },
    ],
    [
      'deploy',
      { environment: 'live' },
      {
        projects: null,
        environment: 'live',
        services: null,
        defaultEnvironment: 'all',
        defaultServices: 'built-from-repository',
        repository: 'acme/shop',
        shard: null,
        changesTargets: true,
      },
    ],
    [
      'deploy of an image',
      { environment: 'live', image: 'redis:7' },
      { defaultServices: { image: imageReference('redis:7') } },
    ],
    [
      'rollback',
      { command: 'rollback', environment: 'live' },
      { environment: 'live', defaultServices: 'built-from-repository', changesTargets: true },
    ],
    [
      'variables',
      { command: 'variables', environment: 'live', variables: 'A=1' },
      { environment: 'live', defaultServices: 'built-from-repository' },
    ],
    [
      'shared variables',
      {
        command: 'variables',
        environment: 'live',
        projects: 'shop',
        variables: 'A=1',
        'shared-variables': 'true',
      },
      { defaultServices: 'all', changesTargets: true },
    ],
    [
      'a preview from the base environment',
      { command: 'preview', 'preview-action': 'create', 'preview-name': 'x' },
      {
        environment: null,
        defaultEnvironment: 'base',
        defaultServices: 'built-from-repository',
        changesTargets: true,
      },
    ],
    [
      'a preview from another environment',
      { command: 'preview', 'preview-action': 'create', 'preview-name': 'x', environment: 'live' },
      { environment: 'live', defaultEnvironment: 'base' },
    ],
    [
      'the deletion of a preview, wherever it was cloned from',
      { command: 'preview', 'preview-action': 'delete', 'preview-name': 'x', environment: 'live' },
      { environment: null, defaultEnvironment: 'all', changesTargets: true },
    ],
    [
      'a command that is not `variables` and has nothing shared',
      { command: 'preview', 'preview-action': 'create', 'preview-name': 'x', variables: 'A=1' },
      { defaultServices: 'built-from-repository' },
    ],
  ])('%s', (_, raw, expected) => {
    expect(request(raw)).toMatchObject(expected)
  })
})

const repository: Source = { kind: 'repository', repository: 'Acme/Shop' }
const image: Source = { kind: 'image', image: 'docker.io/library/redis:6' }
const none: Source = { kind: 'none' }

describe('a service', () => {
  const redis = { image: imageReference('redis:7') }
  // source, described, built from acme/shop, selected with all, by repository, by image redis
  it.each<[Source, string, boolean, [boolean, boolean, boolean]]>([
    [repository, '"one" (Acme/Shop)', true, [true, true, false]],
    [
      { kind: 'repository', repository: 'acme/shop-2' },
      '"one" (acme/shop-2)',
      false,
      [true, false, false],
    ],
    [image, '"one" (image docker.io/library/redis:6)', false, [true, false, true]],
    [{ kind: 'image', image: 'valkey:8' }, '"one" (image valkey:8)', false, [true, false, false]],
    [{ kind: 'image', image: 'acme/shop' }, '"one" (image acme/shop)', false, [true, false, false]],
    [none, '"one" (no source)', false, [true, false, false]],
  ])('%j', (source, words, built, [all, byRepository, byImage]) => {
    const one = service('one', { source })
    const requested = request({ environment: 'live' })
    expect(describeService(one)).toBe(words)
    expect(isBuiltFrom(one, 'acme/shop')).toBe(built)
    expect(isSelectedByDefault(one, { ...requested, defaultServices: 'all' })).toBe(all)
    expect(isSelectedByDefault(one, requested)).toBe(byRepository)
    expect(isSelectedByDefault(one, { ...requested, defaultServices: redis })).toBe(byImage)
  })
})

it('the targets of a selection are its services, with the names and ids of project and environment', () => {
  const [web, api, site] = [service('web'), service('api'), service('site')]
  const live = environment('live', [web, api])
  const other = environment('other', [site])
  const [shop, blog] = [project('shop', [live]), project('blog', [other])]
  const targets = targetsOf({
    environments: [
      { project: shop, environment: live, instances: [api] },
      { project: blog, environment: other, instances: [site] },
    ],
    named: new Set(),
    warnings: [],
    emptyReason: null,
  })
  expect(targets).toEqual([
    {
      project: { id: 'p-shop', name: 'shop' },
      environment: { id: 'e-live', name: 'live' },
      instance: api,
    },
    {
      project: { id: 'p-blog', name: 'blog' },
      environment: { id: 'e-other', name: 'other' },
      instance: site,
    },
  ])
})
