import { type Failure, failure } from '../../src/errors/codes.ts'
import { baseOutcome, type Outcome, type OutcomeStatus } from '../../src/execute/outcome.ts'
import type { ServiceInstance } from '../../src/inventory/inventory.ts'
import type {
  DeployStep,
  KeepStep,
  Plan,
  SetVariablesStep,
  Step,
  UploadStep,
} from '../../src/plan/plan.ts'
import type { PreviewSpec } from '../../src/plan/preview/spec.ts'
import { toStep } from '../../src/plan/step-id.ts'
import { initialReport, type RunReport } from '../../src/run-state.ts'
import { service, targetOf } from '../fixtures.ts'

/** Commit `aaaa…`, which the steps of {@link deployStep} deploy. */
export const sha = 'a'.repeat(40)

/** Makes the step that deploys a commit to a service of shop in production. */
export const deployStep = (
  instance: ServiceInstance,
  more: Partial<DeployStep> = {},
): DeployStep => ({
  ...toStep({
    action: 'deploy',
    revision: { kind: 'commit', sha },
    target: targetOf(instance),
    detail: 'commit aaaaaaa',
  }),
  ...more,
})

/** Makes the step that keeps a service of shop in production. */
export const keepStep = (instance: ServiceInstance, more: Partial<KeepStep> = {}): KeepStep => ({
  ...toStep({
    action: 'keep',
    because: 'unchanged',
    target: targetOf(instance),
    detail: 'aaaaaaa is already live',
  }),
  ...more,
})

/** Makes the step that uploads a directory to a service of shop in production. */
export const uploadStep = (instance: ServiceInstance): UploadStep =>
  toStep({
    action: 'upload',
    revision: {
      kind: 'upload',
      directory: '.',
      tree: {
        root: '/x',
        entries: [],
        files: 1,
        bytes: 1,
        leftOut: [],
        ignored: { count: 0, complete: true, first: [] },
        linkedIgnoreFiles: [],
      },
      below: '',
      message: '',
    },
    target: targetOf(instance),
    detail: '',
  })

/** Makes the step that writes a variable, of a service or shared. */
export const variablesStep = (instance: ServiceInstance | null): SetVariablesStep =>
  toStep({
    action: 'set-variables',
    target: { ...targetOf(service('any')), instance },
    variables: {
      owner: { kind: 'shared', projectId: 'p-shop', environmentId: 'e-production' },
      write: ['A'],
      remove: [],
      diff: { added: ['A'], changed: [], sealed: [], removed: [], unchanged: [], kept: [] },
      leftoverPaths: [],
    },
    detail: 'adds A',
  })

/** Makes a step that changes a preview of shop. */
export const previewStep = <Action extends 'create-preview' | 'update-preview' | 'delete-preview'>(
  action: Action,
  name = 'pr-7',
) =>
  toStep({
    action,
    target: {
      project: { id: 'p-shop', name: 'shop' },
      environment: { id: `e-${name}`, name },
      instance: null,
    },
    preview: previewSpec,
    detail: `${action} ${name}`,
  })

const previewSpec: PreviewSpec = {
  base: { id: 'e-production', name: 'production' },
  services: [],
  changes: [],
  request: {
    commit: { kind: 'commit', sha },
    force: false,
    context: { repository: 'acme/shop', branch: null },
    newer: [],
  },
  deployed: [],
  message: '',
}

/** Makes an outcome of a deployment that took 83 seconds, or of a step that started none. */
export function outcomeOf(step: Step, status: OutcomeStatus, more: Partial<Outcome> = {}): Outcome {
  const { instance } = step.target
  const hasDeployment = step.action === 'deploy' && status !== 'not-started'
  return {
    ...baseOutcome(step, status, `it is ${status}`),
    ...(hasDeployment && {
      deploymentId: `d-${instance?.service.name}`,
      startedAt: Date.UTC(2026, 0, 5, 9),
      finishedAt: Date.UTC(2026, 0, 5, 9, 1, 23),
      changed: true,
    }),
    ...more,
  }
}

/** Makes the failure of a build of a service of shop. */
export const buildFailed = (name: string): Failure =>
  failure('deployment-failed', {
    project: 'shop',
    environment: 'production',
    service: name,
    how: 'failed',
    step: 'build',
    diagnosis: null,
    firstErrorLine: null,
  })

/** The address of the documented errors. */
export const docs = 'https://example.com/errors.md'

/** A workspace. */
export const acme = { id: 'w1', name: 'Acme' }

/** Makes a plan of steps, without warnings. */
export const planOf = (...steps: readonly Step[]): Plan => ({ steps, warnings: [] })

/** Makes a report of a run that found these facts, and nothing else. */
export const reportOf = (more: Partial<RunReport>): RunReport => ({ ...initialReport, ...more })
