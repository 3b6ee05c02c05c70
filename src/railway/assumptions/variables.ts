import { reading, type Topic } from './assumption.ts'

const neverRead = 'It is taken for a value that cannot be read, and never for an empty one.'
const notReplaced = '`replace` is not used: it removes whatever it is not sent.'
const notDeleted = '`variableDelete` is not used: it cannot be told not to deploy.'
const quiet = 'It makes no difference: variables are written with `skipDeploys`.'

/** Assumptions about variables and settings. */
export const variables: Topic = {
  title: 'Variables and settings',
  assumptions: [
    {
      id: 'sealed-variables',
      evidence: 'unknown',
      about: 'A sealed variable',
      readings: [
        reading('absent', 'is absent from the map of values', neverRead),
        reading('null', 'is null in the map of values', neverRead),
        reading('empty', 'is empty in the map of values', neverRead),
      ],
      operations: ['ServiceVariables', 'SharedVariables', 'EnvironmentVariables'],
      decidedBy: { probe: 'variable-map' },
    },
    {
      id: 'replace',
      evidence: 'unknown',
      about: '`replace` of `variableCollectionUpsert`',
      readings: [
        reading('removes-sealed', 'removes sealed variables', notReplaced),
        reading('spares-sealed', 'leaves sealed variables alone', notReplaced),
      ],
      operations: [],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'upsert',
      evidence: 'unknown',
      about: 'A sealed variable that is written',
      readings: [
        reading('keeps-seal', 'stays sealed', 'A warning says that it cannot be compared.'),
        reading('unseals', 'is no longer sealed', 'A warning says that it cannot be compared.'),
      ],
      operations: ['WriteServiceVariables', 'StagePreview'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'variable-delete',
      evidence: 'unknown',
      about: '`variableDelete`',
      readings: [
        reading('deploys', 'deploys, and refuses a name that is missing', notDeleted),
        reading('silent', 'deploys nothing', notDeleted),
        reading('missing-accepted', 'accepts a name that is missing', notDeleted),
      ],
      operations: [],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'shared-variables',
      evidence: 'unknown',
      about: 'A shared variable that is changed with deployments',
      readings: [
        reading('deploy-referring', 'deploys the services that refer to it', quiet),
        reading('deploy-all', 'deploys every service', quiet),
        reading('deploy-none', 'deploys no service', quiet),
      ],
      operations: ['WriteSharedVariables'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'instance-update-null',
      evidence: 'contradictory',
      about: '`null` in `serviceInstanceUpdate`',
      readings: [
        reading('ignored', 'is ignored', '`null` is never sent.'),
        reading('clears', 'clears a setting', '`null` is never sent.'),
      ],
      operations: ['UpdateService'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'config-branch',
      evidence: 'unknown',
      about: "The branch in an environment's config",
      readings: [
        reading('named', 'is named', 'It is copied with the service.'),
        reading('null', 'is null', 'The branch is set by the preview itself.'),
        reading('absent', 'is absent', 'The branch is set by the preview itself.'),
      ],
      operations: ['EnvironmentConfig'],
      decidedBy: { probe: 'config' },
    },
  ],
}
