import { reading, type Topic } from './assumption.ts'

const waits = 'A refusal is waited out and asked again; nothing was created.'
const awaited = 'The environment is read until every service of the base is there.'
const repaired = 'What is missing is taken over from the base by its configuration.'
const counted = 'Staged means `STAGED` and not empty, so nothing is staged.'
const looked = 'The change is looked for in what it changes.'

/** Assumptions about environments and patches. */
export const environments: Topic = {
  title: 'Environments and patches',
  assumptions: [
    {
      id: 'environment-cooldown',
      evidence: 'reported',
      about: 'Environments of a workspace',
      readings: [
        reading('30-seconds', 'can be created once in 30 seconds', waits),
        reading('none', 'can be created without a pause', 'Creations are spaced all the same.'),
      ],
      operations: ['CreateEnvironment'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'cooldown-message',
      evidence: 'reported',
      about: 'The refusal of a second environment',
      readings: [
        reading('newer', 'says that they are created too quickly', waits),
        reading('older', 'says that one can be created every 30 s', waits),
      ],
      operations: ['CreateEnvironment'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'duplicate-names',
      evidence: 'unknown',
      about: 'A second environment with the same name',
      readings: [
        reading('refused', 'is refused', 'The one that is there is looked at.'),
        reading(
          'allowed',
          'is allowed',
          'A creation is repeated only if lists have shown that the first one is not there.',
        ),
      ],
      operations: ['CreateEnvironment', 'ProjectRecords'],
      decidedBy: { probe: 'inventory' },
    },
    {
      id: 'name-reserved',
      evidence: 'unknown',
      about: 'The name of a deleted environment',
      readings: [
        reading('free', 'is free at once', 'The preview is created.'),
        reading('already-exists', 'is taken for a while', 'The preview ends with a refusal.'),
        reading(
          'problem',
          'is refused for a while, without a reason',
          'The run looks the name up and finds no environment; the preview fails with the refusal.',
        ),
      ],
      operations: ['CreateEnvironment'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'clone',
      evidence: 'contradictory',
      about: 'A clone that is made in the background',
      readings: [
        reading('soon', 'is complete within seconds', awaited),
        reading('at-once', 'is complete at once', awaited),
        reading('late', 'stays empty for minutes', awaited),
        reading('one-by-one', 'gets its services one by one', awaited),
        reading('half-committed', 'lacks services and is said to be complete', repaired),
        reading('half-failed', 'fails half-way', repaired),
        reading('half-forever', 'stops half-way and says nothing', repaired),
      ],
      operations: ['CreateEnvironment', 'PreviewState'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'clone-domains',
      evidence: 'contradictory',
      about: 'A clone',
      readings: [
        reading('copied', 'has domains of its own', 'They are used.'),
        reading('absent', 'has no domains', 'Domains are created where the base has one.'),
        reading(
          'late',
          'gets domains of its own after a while',
          'If creating a domain is refused, the run reads the domains and uses the existing one.',
        ),
      ],
      operations: ['CreateEnvironment', 'CreateDomain', 'PreviewState'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'clone-volumes',
      evidence: 'contradictory',
      about: 'The volumes of a clone',
      readings: [
        reading('attached', 'are there and empty', 'They are left alone.'),
        reading('late', 'come after a while', 'They are left alone.'),
        reading('absent', 'are missing', 'They are left alone.'),
      ],
      operations: ['CreateEnvironment'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'clone-triggers',
      evidence: 'reported',
      about: 'The triggers of a clone',
      readings: [
        reading('copied', "follow the base's branch", 'They are pointed at the pull request.'),
        reading('late', 'come after a while', 'The branch is set in the source as well.'),
        reading('absent', 'are missing', 'The branch is set in the source as well.'),
      ],
      operations: ['CreateEnvironment', 'StopAutoDeploy', 'StagePreview'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'project-token-environments',
      evidence: 'contradictory',
      about: 'A project token',
      readings: [
        reading('refused', 'cannot create environments', 'Previews are refused with it.'),
        reading('allowed', 'can create environments', 'Previews are refused with it.'),
      ],
      operations: ['CreateEnvironment'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'nothing-staged',
      evidence: 'contradictory',
      about: 'The staged changes of an environment without any,',
      readings: [
        reading('last-patch', 'are an old patch that is `COMMITTED`', counted),
        reading('empty-staged', 'are an empty patch that is `STAGED`', counted),
        reading('empty-id-staged', 'are a patch `<empty>` that is `STAGED`', counted),
        reading('empty-id-committed', 'are a patch `<empty>` that is `COMMITTED`', counted),
      ],
      operations: ['StagedChanges', 'PreviewState', 'StageChange'],
      decidedBy: { probe: 'staged-changes' },
    },
    {
      id: 'unfinished-patches',
      evidence: 'unknown',
      about: 'A patch that is being applied, or that failed,',
      readings: [
        reading('shown', 'is shown as staged changes', 'It is waited for.'),
        reading('hidden', 'is not shown as staged changes', looked),
        reading('hidden-empty', 'is not shown, an empty one is `STAGED`', looked),
      ],
      operations: ['PreviewState', 'StagedChanges'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'failed-patch',
      evidence: 'reported',
      about: 'A patch that failed',
      readings: [
        reading('failed', 'is `FAILED`', 'Its error is shown.'),
        reading('staged', 'is `STAGED`, with its error', looked),
        reading('committed', 'is `COMMITTED`, with its error', looked),
      ],
      operations: ['PatchState', 'PreviewState'],
      decidedBy: { probe: 'patches' },
    },
    {
      id: 'equal-patch',
      evidence: 'reported',
      about: 'A patch that changes nothing',
      readings: [
        reading('ignored', 'deploys nothing', 'Patches are applied without deployments.'),
        reading('deploys', 'deploys', 'Patches are applied without deployments.'),
      ],
      operations: ['CommitPreview', 'CommitStaged'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'pending-work',
      evidence: 'unknown',
      about: '`environmentPendingWork`',
      readings: [
        reading('shown', 'shows what is pending', awaited),
        reading('empty', 'is empty while something is pending', awaited),
        reading('refused', 'is refused', awaited),
      ],
      operations: [],
      decidedBy: { probe: 'pending-work' },
    },
    {
      id: 'patch',
      evidence: 'unknown',
      about: 'A committed patch',
      readings: [
        reading('seconds', 'is applied within seconds', looked),
        reading('at-once', 'is applied at once', looked),
        reading('late', 'is applied after a minute', looked),
        reading('shows-staged', 'is `STAGED` for a while', 'An accepted commit is not repeated.'),
        reading('variables-late', 'changes variables later than the rest', looked),
      ],
      operations: ['CommitPreview', 'CommitStaged', 'PatchState', 'StoredVariables'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'workflow',
      evidence: 'reported',
      about: 'The workflow of a patch',
      readings: [
        reading('at-once', 'is found at once', 'It tells when the patch is applied.'),
        reading('hidden', 'is not found for a while', 'It is asked for again.'),
      ],
      operations: ['WorkflowState'],
      decidedBy: { needs: 'a change' },
    },
  ],
}
