import { tokenNames } from '../../token-type.ts'
import { escaped, joinTexts } from '../escaped-text.ts'
import { listNames } from '../list-names.ts'
import type { Wording } from './message.ts'
import { didYouMean } from './phrases.ts'

export const projectNotInScope: Wording<'project-not-in-scope'> = ({
  requested,
  isList = false,
  workspace,
  available,
  nearest,
  elsewhere = [],
}) => ({
  title: escaped`project not in scope`,
  what: escaped`No project in ${workspace} matches "${requested}".`,
  why:
    elsewhere.length > 0
      ? escaped`The token also has access to workspace ${listNames(elsewhere)}, which has this project.`
      : escaped`${
          available.length === 0
            ? escaped`The token has access to no project there.`
            : escaped`The token has access to ${listNames(available)}.`
        }${didYouMean(nearest)}`,
  next:
    elsewhere.length > 0
      ? escaped`Set \`workspace\` to "${elsewhere[0]}", or remove the project from \`projects\`.`
      : escaped`${commaHint(requested, isList)}Correct \`projects\`, or use a token of the workspace that has the project.`,
})

/**
 * Returns a sentence about lists if a pattern has a comma outside of braces, as several names on one line have. In the
 * text of a list, the commas are those of the message.
 */
const commaHint = (requested: string, isList: boolean) =>
  !isList && requested.replace(/\{[^}]*\}/g, '').includes(',')
    ? escaped`Commas do not separate names: write each name on a line of its own. `
    : escaped``

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
  title: escaped`environment not found`,
  what: escaped`Project "${project}" has no environment "${requested}".`,
  why: escaped`Its environments: ${listNames(available, maxEnvironments)}. ${
    elsewhere.length > 0
      ? escaped`Of the selected projects, ${listNames(elsewhere, 5)} ${elsewhere.length === 1 ? escaped`has` : escaped`have`} it.`
      : escaped`No selected project has it.`
  }${didYouMean(nearest)}`,
  // Without another project that has the environment, an exclusion leaves nothing to do.
  next:
    elsewhere.length > 0
      ? escaped`Create the environment in the project, correct \`${input}\`, or exclude the project with \`!${project}\` in \`projects\`.`
      : escaped`Correct \`${input}\`, or create the environment in the project.`,
})

export const environmentRestricted: Wording<'environment-restricted'> = ({
  project,
  environment,
  tokenType,
  hasOtherProjects = false,
}) => ({
  title: escaped`environment restricted`,
  what: escaped`The ${tokenNames[tokenType]} has no access to environment "${environment}" of project "${project}".`,
  why: escaped`The environment exists, but access to it is restricted in Railway.`,
  next: escaped`${
    tokenType === 'workspace'
      ? escaped`Ask an admin of the workspace to lift the restriction in the settings of the environment`
      : escaped`Use a workspace token, which has the access of an admin, or ask an admin to give the owner of the token access in the settings of the environment`
  }.${hasOtherProjects ? escaped` Or exclude the project with \`!${project}\` in \`projects\`.` : escaped``}`,
})

export const serviceNotFound: Wording<'service-not-found'> = ({
  requested,
  isList = false,
  where,
  available,
  nearest,
  repository,
  elsewhere = [],
  purpose,
  image,
}) => ({
  title: requested === null ? escaped`nothing to deploy` : escaped`service not found`,
  what:
    requested !== null
      ? escaped`No service in ${where} matches "${requested}".`
      : image
        ? escaped`No service in ${where} runs the image ${image}.`
        : escaped`No service in ${where} is built from ${repository}.`,
  why: joinTexts([
    available.length === 0
      ? escaped`No service exists there.`
      : escaped`The services there: ${available.join(', ')}.`,
    elsewhere.length > 0 && escaped`A service of this name exists in ${elsewhere.join(', ')}.`,
    Boolean(nearest) && escaped`Did you mean "${nearest}"?`,
  ]),
  next:
    purpose === 'preview'
      ? escaped`Connect a service of the project to ${repository} in Railway, because the action recognizes its previews by such a service. Or exclude the project with \`!\` in \`projects\`.`
      : purpose === 'copy'
        ? escaped`Exclude the service with \`!${requested}\` in \`services\`, or set \`variables-from\` to an environment that has it.`
        : requested !== null
          ? escaped`${commaHint(requested, isList)}Correct \`services\`. If the service is somewhere else, correct \`projects\` or \`environment\`.`
          : image
            ? escaped`Set \`services\` and \`projects\` to select the services that should run the image.`
            : escaped`Set \`services\` and \`projects\` to select other services, or connect a service to ${repository} in Railway.`,
})
