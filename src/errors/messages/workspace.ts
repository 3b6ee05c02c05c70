import { tokenNames } from '../../token-type.ts'
import type { Facts } from '../codes.ts'
import { type EscapedText, escaped } from '../escaped-text.ts'
import { listNames } from '../list-names.ts'
import type { Message, Wording } from './message.ts'
import { createWorkspaceToken, didYouMean, tokensPage } from './phrases.ts'

export const workspaceAmbiguous: Wording<'workspace-ambiguous'> = ({
  tokenType,
  workspaces,
  requested,
}) =>
  requested === null
    ? {
        title: escaped`workspace not given`,
        what: escaped`The ${tokenNames[tokenType]} has access to several workspaces: ${listNames(workspaces, 30)}.`,
        why: escaped`The input \`workspace\` is empty, so the action cannot know which workspace to use.`,
        next: escaped`Set \`workspace\` to one of these names, or use a token of one workspace (${tokensPage}).`,
      }
    : {
        title: escaped`workspace name not unique`,
        what: escaped`The ${tokenNames[tokenType]} has access to several workspaces with the name "${requested}": ${listNames(workspaces, 30)}.`,
        why: escaped`The input \`workspace\` contains a name and not an id, so the action cannot know which of these workspaces to use.`,
        next: escaped`Set \`workspace\` to one of the ids in parentheses, or use a token of one workspace (${tokensPage}).`,
      }

export const workspaceMismatch: Wording<'workspace-mismatch'> = (facts) => ({
  title: escaped`no access to workspace`,
  ...mismatch(facts),
})

function mismatch({
  tokenType,
  scopedTo,
  requested,
  nearest,
}: Facts['workspace-mismatch']): Omit<Message<EscapedText>, 'title'> {
  const token = tokenNames[tokenType]
  const request =
    requested === null ? escaped`` : escaped`, but the workflow requests workspace "${requested}"`
  if (scopedTo.length === 0) {
    return {
      what: escaped`The ${token} has access to no workspace${request}.`,
      why: {
        workspace: escaped`Railway accepts the token. Its workspace was deleted, or Railway does not show the workspace to this token.`,
        project: escaped`Railway accepts the token, but does not show the workspace of its project.`,
        account: escaped`Railway accepts the token, but its owner is a member of no workspace.`,
        oauth: escaped`Railway accepts the token. The user consented to no workspace, or the scopes \`email\` and \`profile\` are missing, without which the workspace is not shown.`,
      }[tokenType],
      next: escaped`${createWorkspaceToken} and store it as the secret${
        tokenType === 'oauth'
          ? escaped`, or set \`workspace\` to the id of its workspace`
          : escaped``
      }.`,
    }
  }
  if (tokenType === 'workspace' || tokenType === 'project') {
    return {
      what: escaped`The ${token} belongs to workspace ${listNames(scopedTo)}${request}.`,
      why: escaped`Railway accepts the token, but it gives access to its own workspace only.${didYouMean(nearest)}`,
      next: escaped`Store a token of workspace "${requested}" as the secret (${tokensPage}). If you meant ${listNames(scopedTo)}, correct the input \`workspace\`.`,
    }
  }
  return {
    what: escaped`The ${token} has access to workspace${scopedTo.length === 1 ? escaped`` : escaped`s`} ${listNames(scopedTo)}${request}.`,
    why: escaped`${
      tokenType === 'oauth'
        ? escaped`The user did not consent to that workspace`
        : escaped`The owner of the token is not a member of that workspace`
    }, or the name is spelled differently.${didYouMean(nearest)}`,
    next: escaped`Correct \`workspace\`, or use a token of workspace "${requested}" (${tokensPage}).`,
  }
}
