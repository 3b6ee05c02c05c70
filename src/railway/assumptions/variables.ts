import { type Topic, variant } from './assumption.ts'

const unreadable = 'The run treats its value as unreadable, and never as empty.'
const noReplace =
  'The run does not use `replace`, because it removes every variable that the request does not contain.'
const noDelete =
  'The run does not use `variableDelete`, because a deployment cannot be suppressed with it. It stages the removal, and commits it without a deployment.'
const suppressed =
  'The run writes variables with `skipDeploys`, so nothing is deployed by the change itself.'
const warnsSealed =
  'The run writes the value. A warning says that it cannot be compared with the stored one.'
const neverNull = 'The run never sends `null` in this mutation.'
const setsBranch = 'The run copies the service without its branch.'

/** Assumptions about variables and settings. */
export const variables: Topic = {
  title: 'Variables and settings',
  assumptions: [
    {
      id: 'sealed-variables',
      evidence: 'unknown',
      about: 'A sealed variable',
      variants: [
        variant('absent', "is missing in the values of the service's variables", unreadable),
        variant('null', "is `null` in the values of the service's variables", unreadable),
        variant('empty', "is empty in the values of the service's variables", unreadable),
      ],
      operations: ['ServiceVariables', 'SharedVariables', 'EnvironmentVariables'],
      decidedBy: { probe: 'variable-map' },
    },
    {
      id: 'replace',
      evidence: 'unknown',
      about: 'The option `replace` of the mutation `variableCollectionUpsert`',
      variants: [
        variant('removes-sealed', 'removes sealed variables', noReplace),
        variant('spares-sealed', 'keeps sealed variables', noReplace),
      ],
      operations: [],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'upsert',
      evidence: 'unknown',
      about: 'A sealed variable to which a value is written',
      variants: [
        variant('keeps-seal', 'stays sealed', warnsSealed),
        variant('unseals', 'is no longer sealed', warnsSealed),
      ],
      operations: ['WriteServiceVariables', 'StagePreview'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'variable-delete',
      evidence: 'unknown',
      about: 'The mutation `variableDelete`',
      variants: [
        variant('deploys', 'deploys, and rejects a variable that does not exist', noDelete),
        variant('silent', 'deploys nothing', noDelete),
        variant('missing-accepted', 'accepts a variable that does not exist', noDelete),
      ],
      operations: [],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'shared-variables',
      evidence: 'unknown',
      about: 'A change of a shared variable without `skipDeploys`',
      variants: [
        variant('deploy-referring', 'deploys the services that refer to the variable', suppressed),
        variant('deploy-all', 'deploys every service', suppressed),
        variant('deploy-none', 'deploys no service', suppressed),
      ],
      operations: ['WriteSharedVariables'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'instance-update-null',
      evidence: 'contradictory',
      about: '`null` in the mutation `serviceInstanceUpdate`',
      variants: [
        variant('ignored', 'is ignored', neverNull),
        variant('clears', 'deletes a setting', neverNull),
      ],
      operations: ['UpdateService'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'config-branch',
      evidence: 'unknown',
      about: "The branch of a service in an environment's `config`",
      variants: [
        variant(
          'named',
          'is present',
          'If a new preview lacks the service, the run copies the service with its branch.',
        ),
        variant('null', 'is `null`', setsBranch),
        variant('absent', 'is missing', setsBranch),
      ],
      operations: ['EnvironmentConfig'],
      decidedBy: { probe: 'config' },
    },
  ],
}
