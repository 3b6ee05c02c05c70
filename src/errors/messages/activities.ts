import type { Activity, Effect, InterruptedActivity } from '../codes.ts'
import { describeLocation } from '../describe-location.ts'

/** Describes an interrupted activity with its object: `deploy service "api" of project …`. It follows the word "to". */
export function describeActivity({ activity, object }: InterruptedActivity): string {
  const isLocation = typeof object === 'object' && object !== null
  return activityPhrases[activity](isLocation ? describeLocation(object) : (object ?? ''))
}

/** The phrase for each activity, which follows the word "to". `object`: the object of the activity in words. */
const activityPhrases: Readonly<Record<Activity, (object: string) => string>> = {
  'detect-token': (operation) => `identify the token (${operation})`,
  'read-workspace': (workspace) => `read the projects of workspace "${workspace}"`,
  'read-token-project': () => 'read the project of the token',
  'read-fields': (fields) => `read ${fields}`,
  'read-service': (service) => `read ${service}`,
  'read-source-settings': () => 'read watch patterns and root directories',
  'read-history': (service) => `read the deployments of ${service}`,
  'read-histories': () => 'read the deployments of the selected services',
  'read-deployment': () => 'read a deployment',
  'read-instance': () => 'read a service',
  'read-previews': () => 'read the existing previews',
  'read-preview': (preview) => `read the preview ${preview}`,
  'read-base': (base) => `read environment "${base}"`,
  'read-all-variables': () => 'read variables',
  'read-variables': (service) => `read the variables of ${service}`,
  'read-all-staged-changes': () => 'read the staged changes of environments',
  'read-staged-changes': (environment) => `read the staged changes of ${environment}`,
  'execute-plan': (changes) => `execute the plan (${changes})`,
  deploy: (service) => `deploy ${service}`,
  'start-deployment': (service) => `start the deployment of ${service}`,
  'follow-deployment': (service) =>
    service === '' ? 'read the state of a deployment' : `read the deployment of ${service}`,
  'explain-removal': (service) => `find out why the deployment of ${service} was removed`,
  upload: (service) => `upload the directory to ${service}`,
  'roll-back': (service) => `roll back ${service}`,
  'cancel-deployment': (service) => `cancel the deployment of ${service}`,
  'set-image': (service) => `set the image of ${service}`,
  'write-variables': (service) => `write the variables of ${service}`,
  'remove-variables': (service) => `remove variables of ${service}`,
  'create-environment': (environment) => `create ${environment}`,
  'clone-services': (services) => `clone the base environment with ${services}`,
  'change-preview': (preview) => `change the preview ${preview}`,
  'apply-preview-changes': (preview) => `set branch, image and variables of the preview ${preview}`,
  'disable-auto-deploy': (service) => `turn off deployments on pushes for ${service}`,
  'create-domain': (service) => `create a domain for ${service}`,
  'delete-environment': (environment) => `delete environment "${environment}"`,
  'confirm-deletion': (environment) => `confirm that ${environment} is deleted`,
}

/** The sentence for each effect of an error. */
export const effectSentences: Readonly<Record<Effect, string>> = {
  'nothing-changed': 'Nothing was changed.',
  'not-changed': 'It was not changed.',
  'not-deployed': 'The service was not deployed.',
  'not-rolled-back': 'The service was not rolled back.',
  'not-written': 'The variables were not written.',
  'not-removed':
    'The variables were not removed. The removal may be staged in the environment, where it has no effect until somebody commits it.',
  continues: 'The deployment continues on Railway.',
  'started-continues': 'Started deployments continue on Railway.',
  'may-be-live': 'The deployment was started, and may be live now.',
  'replaced-or-removed': 'Either a newer deployment replaced it, or somebody removed it.',
  'deleted-or-found-later':
    'Either the preview was deleted, or the next run finds it and deletes it.',
  'image-unknown': 'The image may have been set. The service was not deployed.',
  'cancellation-unknown': 'The deployment may have been cancelled.',
  'deployment-unknown': 'The service may have been deployed: check it in Railway.',
  'start-unknown': 'The deployment may have been started: check it in Railway.',
  'rollback-unknown': 'The service may have been rolled back: check it in Railway.',
  'write-unknown': 'The variables may have been written.',
  'removal-unknown': 'The variables may have been removed.',
  'preview-unknown': 'The change may have taken effect: check the preview in Railway.',
}
