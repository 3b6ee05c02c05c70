import { tokenNames } from '../../token-type.ts'
import { listNames } from '../list-names.ts'
import { joinWords, words } from '../words.ts'
import type { Wording } from './message.ts'
import { didYouMean } from './phrases.ts'

export const projectNotInScope: Wording<'project-not-in-scope'> = ({
  requested,
  workspace,
  available,
  nearest,
  elsewhere = [],
}) => ({
  title: words`project not in scope`,
  what: words`No project in ${workspace} matches "${requested}".`,
  why:
    elsewhere.length > 0
      ? words`The token also reaches workspace ${listNames(elsewhere)}, which has this project.`
      : words`${
          available.length === 0
            ? words`The token reaches no project there.`
            : words`The token reaches ${listNames(available)}.`
        }${didYouMean(nearest)}`,
  next:
    elsewhere.length > 0
      ? words`Set \`workspace\` to "${elsewhere[0]}", or remove the project from \`projects\`.`
      : words`${commaHint(requested)}Correct \`projects\`, or use a token of the workspace that has the project.`,
})

/** Returns a sentence about lists if a name has a comma outside of braces, as several names on one line have. */
const commaHint = (requested: string) =>
  requested.replace(/\{[^}]*\}/g, '').includes(',')
    ? words`Commas do not separate names: write each name on a line of its own. `
    : words``

/** The maximum number of environments in a message. A project may have many previews. */
const maxEnvironments = 30

export const environmentNotFound: Wording<'environment-not-found'> = ({
  requested,
  project,
  available,
  nearest,
  elsewhere,
  input = 'environment',
}) => ({
  title: words`environment not found`,
  what: words`Project "${project}" has no environment "${requested}".`,
  why: words`Its environments: ${listNames(available, maxEnvironments)}. ${
    elsewhere.length > 0
      ? words`Of the selected projects, ${listNames(elsewhere, 5)} ${elsewhere.length === 1 ? words`has` : words`have`} it.`
      : words`No selected project has it.`
  }${didYouMean(nearest)}`,
  // Without another project that has the environment, an exclusion leaves nothing to do.
  next:
    elsewhere.length > 0
      ? words`Create the environment in the project, correct \`${input}\`, or exclude the project with \`!${project}\` in \`projects\`.`
      : words`Correct \`${input}\`, or create the environment in the project.`,
})

export const environmentRestricted: Wording<'environment-restricted'> = ({
  project,
  environment,
  tokenType,
  hasOtherProjects = false,
}) => ({
  title: words`environment restricted`,
  what: words`The ${tokenNames[tokenType]} has no access to environment "${environment}" of project "${project}".`,
  why: words`The environment exists, but access to it is restricted in Railway.`,
  next: words`${
    tokenType === 'workspace'
      ? words`Ask an admin of the workspace to lift the restriction in the settings of the environment`
      : words`Use a workspace token, which has the access of an admin, or ask an admin to give the owner of the token access in the settings of the environment`
  }.${hasOtherProjects ? words` Or exclude the project with \`!${project}\` in \`projects\`.` : words``}`,
})

export const serviceNotFound: Wording<'service-not-found'> = ({
  requested,
  where,
  available,
  nearest,
  repository,
  elsewhere = [],
  purpose,
  image,
}) => ({
  title: requested === null ? words`nothing to deploy` : words`service not found`,
  what:
    requested !== null
      ? words`No service in ${where} matches "${requested}".`
      : image
        ? words`No service in ${where} runs the image ${image}.`
        : words`No service in ${where} is built from ${repository}.`,
  why: joinWords([
    available.length === 0
      ? words`No service exists there.`
      : words`The services there: ${available.join(', ')}.`,
    elsewhere.length > 0 && words`A service of this name exists in ${elsewhere.join(', ')}.`,
    Boolean(nearest) && words`Did you mean "${nearest}"?`,
  ]),
  next:
    purpose === 'preview'
      ? words`Connect a service of the project to ${repository} in Railway, because the action recognizes its previews by such a service. Or exclude the project with \`!\` in \`projects\`.`
      : purpose === 'copy'
        ? words`Exclude the service with \`!${requested}\` in \`services\`, or set \`variables-from\` to an environment that has it.`
        : requested !== null
          ? words`${commaHint(requested)}Correct \`services\`. If the service is somewhere else, correct \`projects\` or \`environment\`.`
          : image
            ? words`Set \`services\` and \`projects\` to select the services that should run the image.`
            : words`Set \`services\` and \`projects\` to select other services, or connect a service to ${repository} in Railway.`,
})
