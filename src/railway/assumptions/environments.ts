import { type Topic, variant } from './assumption.ts'

const retriesCreation =
  'If Railway rejects a creation for this reason, nothing was created. The run waits and retries.'
const waitsForServices =
  'The run reads the new environment until it has every service of the base environment.'
const completes =
  'After some time without a new service, the run adds the missing services with their configuration in the base environment.'
const leavesVolumes = 'The run does not change volumes.'
const noPreview = 'The run rejects `command: preview` with a project token.'
const nothingStaged =
  'Changes count as staged only if the patch is `STAGED` and not empty. The run therefore finds nothing staged.'
const readsEffect = 'The run reads the changed services and variables until they show the change.'
const readsFailure =
  "The run recognizes the failure by the patch's workflow, or because the change does not take effect in time."
const suppressed = 'The run commits patches with `skipDeploys`, so nothing is deployed.'

/** Assumptions about environments and patches. */
export const environments: Topic = {
  title: 'Environments and patches',
  assumptions: [
    {
      id: 'environment-cooldown',
      evidence: 'reported',
      about: 'Railway',
      variants: [
        variant(
          '30-seconds',
          'allows one new environment per workspace in 30 seconds',
          retriesCreation,
        ),
        variant(
          'none',
          'allows several new environments at once',
          'The run still waits 30 seconds between two creations.',
        ),
      ],
      operations: ['CreateEnvironment'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'cooldown-message',
      evidence: 'reported',
      about: 'The rejection of a second environment within 30 seconds',
      variants: [
        variant('newer', 'says that environments are created too quickly', retriesCreation),
        variant(
          'older',
          'says that one environment can be created every 30 seconds',
          retriesCreation,
        ),
      ],
      operations: ['CreateEnvironment'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'duplicate-names',
      evidence: 'unknown',
      about: 'The creation of a second environment with the same name',
      variants: [
        variant(
          'refused',
          'is rejected',
          'The run looks up the existing environment. It uses the environment if it was cloned from the same base environment.',
        ),
        variant(
          'allowed',
          'is accepted',
          'The run repeats a creation only if the list of environments has shown for 90 seconds that the first one had no effect.',
        ),
      ],
      operations: ['CreateEnvironment', 'ProjectRecords'],
      decidedBy: { probe: 'inventory' },
    },
    {
      id: 'name-reserved',
      evidence: 'unknown',
      about: 'The name of a deleted environment',
      variants: [
        variant('free', 'can be used again at once', 'The run creates the preview.'),
        variant(
          'already-exists',
          'is rejected as taken for some minutes',
          'The run finds no environment with this name, and requests it again for up to three minutes. Then the preview fails with `name-taken`.',
        ),
        variant(
          'problem',
          'is rejected for some minutes, without a reason',
          'The run finds no environment with this name for 90 seconds, and requests it again, at most twice. Then the preview fails with the rejection.',
        ),
      ],
      operations: ['CreateEnvironment'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'clone',
      evidence: 'contradictory',
      about: 'A new environment that Railway fills in the background',
      variants: [
        variant('soon', 'is complete within seconds', waitsForServices),
        variant('at-once', 'is complete at once', waitsForServices),
        variant('late', 'stays empty for minutes', waitsForServices),
        variant('one-by-one', 'gets its services one after the other', waitsForServices),
        variant('half-committed', 'is reported as complete but lacks services', completes),
        variant('half-failed', 'is reported as failed and lacks services', completes),
        variant('half-forever', 'lacks services, and no error is reported', completes),
      ],
      operations: ['CreateEnvironment', 'PreviewState'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'clone-domains',
      evidence: 'contradictory',
      about: 'A new environment',
      variants: [
        variant('copied', 'has domains of its own', 'The run uses these domains.'),
        variant(
          'absent',
          'has no domains',
          'The run creates a domain for every service that has one in the base environment.',
        ),
        variant(
          'late',
          'gets domains of its own after some time',
          'If the creation of a domain is rejected, the run reads the domains again and uses the existing one.',
        ),
      ],
      operations: ['CreateEnvironment', 'CreateDomain', 'PreviewState'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'clone-volumes',
      evidence: 'contradictory',
      about: 'The volumes of a new environment',
      variants: [
        variant('attached', 'exist and are empty', leavesVolumes),
        variant('late', 'are created after some time', leavesVolumes),
        variant('absent', 'are missing', leavesVolumes),
      ],
      operations: ['CreateEnvironment'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'clone-triggers',
      evidence: 'reported',
      about: 'The deployment triggers of a new environment',
      variants: [
        variant(
          'copied',
          'have the branch of the base environment',
          'The run switches off deployments by pushes, and sets the branch of the pull request.',
        ),
        variant(
          'late',
          'are created after some time',
          'The next run for the pull request switches off deployments by pushes, and sets the branch. Until then, a push to the branch of the base environment may deploy services in the preview.',
        ),
        variant(
          'absent',
          'are missing',
          'Pushes deploy nothing, so the run does not change the branch.',
        ),
      ],
      operations: ['CreateEnvironment', 'StopAutoDeploy', 'StagePreview'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'project-token-environments',
      evidence: 'contradictory',
      about: 'A project token',
      variants: [
        variant('refused', 'cannot create environments', noPreview),
        variant('allowed', 'can create environments', noPreview),
      ],
      operations: ['CreateEnvironment'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'nothing-staged',
      evidence: 'contradictory',
      about: 'The query for the staged changes of an environment without staged changes',
      variants: [
        variant(
          'last-patch',
          'returns an earlier patch with the status `COMMITTED`',
          nothingStaged,
        ),
        variant('empty-staged', 'returns an empty patch with the status `STAGED`', nothingStaged),
        variant(
          'empty-id-staged',
          'returns a patch with the id `<empty>` and the status `STAGED`',
          nothingStaged,
        ),
        variant(
          'empty-id-committed',
          'returns a patch with the id `<empty>` and the status `COMMITTED`',
          nothingStaged,
        ),
      ],
      operations: ['StagedChanges', 'PreviewState', 'StageChange'],
      decidedBy: { probe: 'staged-changes' },
    },
    {
      id: 'unfinished-patches',
      evidence: 'unknown',
      about: 'The query for staged changes, while a patch is applied or after its failure,',
      variants: [
        variant(
          'shown',
          'returns this patch',
          'The run waits until the patch is applied. If the patch failed, the run reports its error.',
        ),
        variant('hidden', 'does not return this patch', readsEffect),
        variant('hidden-empty', 'returns an empty patch with the status `STAGED`', readsEffect),
      ],
      operations: ['PreviewState', 'StagedChanges'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'failed-patch',
      evidence: 'reported',
      about: 'A patch whose application failed',
      variants: [
        variant('failed', 'has the status `FAILED`', 'The run reports the error of the patch.'),
        variant('staged', 'has the status `STAGED` and an error', readsFailure),
        variant('committed', 'has the status `COMMITTED` and an error', readsFailure),
      ],
      operations: ['PatchState', 'PreviewState'],
      decidedBy: { probe: 'patches' },
    },
    {
      id: 'equal-patch',
      evidence: 'reported',
      about: 'A patch that changes nothing',
      variants: [
        variant('ignored', 'deploys nothing', suppressed),
        variant('deploys', 'deploys if it is committed without `skipDeploys`', suppressed),
      ],
      operations: ['CommitPreview', 'CommitStaged'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'pending-work',
      evidence: 'unknown',
      about: 'The query `environmentPendingWork`',
      variants: [
        variant('shown', 'returns the changes that Railway is applying', waitsForServices),
        variant('empty', 'returns nothing while Railway is applying changes', waitsForServices),
        variant('refused', 'is rejected', waitsForServices),
      ],
      operations: [],
      decidedBy: { probe: 'pending-work' },
    },
    {
      id: 'patch',
      evidence: 'unknown',
      about: 'A committed patch',
      variants: [
        variant('seconds', 'is applied within seconds', readsEffect),
        variant('at-once', 'is applied at once', readsEffect),
        variant('late', 'is applied after a minute', readsEffect),
        variant(
          'shows-staged',
          'has the status `STAGED` for some seconds',
          'The run waits and does not commit the patch again, because Railway accepted the commit.',
        ),
        variant('variables-late', 'changes variables later than other settings', readsEffect),
      ],
      operations: ['CommitPreview', 'CommitStaged', 'PatchState', 'StoredVariables'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'workflow',
      evidence: 'reported',
      about: 'The workflow that applies a patch',
      variants: [
        variant(
          'at-once',
          'can be read at once',
          'The run reads from it whether the patch was applied.',
        ),
        variant(
          'hidden',
          'is not found for some seconds',
          'The run reads the status of the patch itself instead.',
        ),
      ],
      operations: ['WorkflowState'],
      decidedBy: { needs: 'a change' },
    },
  ],
}
