import { describe, expect, it } from '@jest/globals'
import { describeSelectionInputs } from '../../src/inputs/describe-selection.ts'
import { parseInputs, type RawInputs } from '../../src/inputs/read-inputs.ts'
import { parseContext } from '../../src/inputs/run-context.ts'

const context = parseContext({ GITHUB_REPOSITORY: 'acme/shop', GITHUB_SHA: 'c'.repeat(40) }, {})

describe('the first lines of the plan', () => {
  it.each<[RawInputs, string[]]>([
    [
      { environment: 'production' },
      [
        'projects: every project of the workspace (left out)',
        'environment: production',
        'services: the services built from acme/shop (left out)',
      ],
    ],
    [
      { environment: 'production', projects: 'shop-*\n!shop-old', services: '!web', shard: '2/5' },
      [
        'projects: shop-* without shop-old',
        'environment: production',
        'services: the services built from acme/shop without web',
        'shard: part 2 of 5 of the selected projects',
      ],
    ],
    [
      { environment: 'production', image: 'ghcr.io/acme/api:1', 'from-environment': '' },
      [
        'projects: every project of the workspace (left out)',
        'environment: production',
        'services: the services that run ghcr.io/acme/api (left out)',
      ],
    ],
    [
      { environment: 'production', 'from-environment': 'staging', order: 'db\napi', canary: 'eu' },
      [
        'projects: every project of the workspace (left out)',
        'environment: production, from staging',
        'services: the services built from acme/shop (left out)',
        'canary: eu',
        'order: db, then api, then the rest',
      ],
    ],
    [
      { command: 'preview', projects: '[]' },
      [
        'projects: none (an empty list)',
        'environment: previews are cloned from the base environment of each project (left out)',
        'services: all that a preview clones; the commit goes to the services built from acme/shop (left out)',
      ],
    ],
    [
      {
        command: 'variables',
        environment: 'p',
        projects: '!a',
        variables: 'A=1',
        'shared-variables': 'true',
      },
      [
        'projects: every project without a',
        'environment: p',
        'services: the whole environment (left out)',
      ],
    ],
    [
      { command: 'preview', 'preview-action': 'delete', 'preview-name': 'x' },
      [
        'projects: every project of the workspace (left out)',
        'environment: the previews that are found by their names',
        'services: the services built from acme/shop (left out)',
      ],
    ],
    [
      { command: 'preview', environment: 'staging', 'preview-name': 'x' },
      [
        'projects: every project of the workspace (left out)',
        'environment: previews are cloned from staging',
        'services: all that a preview clones; the commit goes to the services built from acme/shop (left out)',
      ],
    ],
    [
      { command: 'list', projects: 'a\nb\n!c\n!d', services: '[]' },
      [
        'projects: a, b without c, d',
        'environment: every environment (left out)',
        'services: none (an empty list)',
      ],
    ],
    [
      { environment: 'production', projects: 'a', services: 'web\n!api', canary: '!a' },
      [
        'projects: a',
        'environment: production',
        'services: web without api',
        'canary: nothing without a',
      ],
    ],
    [
      { command: 'preview', services: '!x', projects: 'a', image: 'redis:7', 'preview-name': 'x' },
      [
        'projects: a',
        'environment: previews are cloned from the base environment of each project (left out)',
        'services: the services built from acme/shop without x',
      ],
    ],
    [
      {
        environment: 'production',
        projects: 'a',
        services: '!x',
        variables: 'A=1',
        'shared-variables': 'true',
      },
      [
        'projects: a',
        'environment: production',
        'services: the services built from acme/shop without x',
      ],
    ],
    [
      { command: 'check' },
      [
        'projects: every project of the workspace (left out)',
        'environment: every environment (left out)',
        'services: every service (left out)',
      ],
    ],
    [
      { command: 'variables', environment: 'p', projects: 'a', services: '!x', variables: 'A=1' },
      ['projects: a', 'environment: p', 'services: the services built from acme/shop without x'],
    ],
  ])('%j', (raw, expected) => {
    const inputs = parseInputs(raw, null, context)
    expect(inputs.ok && describeSelectionInputs(inputs.value)).toEqual(expected)
  })
})
