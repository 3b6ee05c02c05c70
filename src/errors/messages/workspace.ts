import { tokenNames } from '../../token-type.ts'
import type { Facts } from '../codes.ts'
import { listNames } from '../list-names.ts'
import { type Words, words } from '../words.ts'
import type { Message, Wording } from './message.ts'
import { createWorkspaceToken, didYouMean, tokensPage } from './phrases.ts'

export const workspaceAmbiguous: Wording<'workspace-ambiguous'> = ({
  tokenType,
  workspaces,
  requested,
}) =>
  requested === null
    ? {
        title: words`workspace not given`,
        what: words`The ${tokenNames[tokenType]} has access to several workspaces: ${listNames(workspaces, 30)}.`,
        why: words`The input \`workspace\` is empty, so the action cannot know which one to use.`,
        next: words`Set \`workspace\` to one of these names, or use a token of one workspace (${tokensPage}).`,
      }
    : {
        title: words`workspace name not unique`,
        what: words`The ${tokenNames[tokenType]} has access to several workspaces with the name "${requested}": ${listNames(workspaces, 30)}.`,
        why: words`The input \`workspace\` is a name, so the action cannot know which one to use.`,
        next: words`Set \`workspace\` to one of the ids in parentheses, or use a token of one workspace (${tokensPage}).`,
      }

export const workspaceMismatch: Wording<'workspace-mismatch'> = (facts) => ({
  title: words`no access to workspace`,
  ...mismatch(facts),
})

function mismatch({
  tokenType,
  scopedTo,
  requested,
  nearest,
}: Facts['workspace-mismatch']): Omit<Message<Words>, 'title'> {
  const token = tokenNames[tokenType]
  const request =
    requested === null ? words`` : words`, but the workflow requests workspace "${requested}"`
  if (scopedTo.length === 0) {
    return {
      what: words`The ${token} has access to no workspace${request}.`,
      why: {
        workspace: words`Railway accepts the token. Its workspace was deleted, or Railway does not show the workspace to this token.`,
        project: words`Railway accepts the token, but does not show the workspace of its project.`,
        account: words`Railway accepts the token, but its owner is a member of no workspace.`,
        oauth: words`Railway accepts the token. The user consented to no workspace, or the scopes \`email\` and \`profile\` are missing, without which the workspace is not shown.`,
      }[tokenType],
      next: words`${createWorkspaceToken} and store it as the secret${
        tokenType === 'oauth' ? words`, or set \`workspace\` to the id of its workspace` : words``
      }.`,
    }
  }
  if (tokenType === 'workspace' || tokenType === 'project') {
    return {
      what: words`The ${token} belongs to workspace ${listNames(scopedTo)}${request}.`,
      why: words`Railway accepts the token, but it gives access to its own workspace only.${didYouMean(nearest)}`,
      next: words`Store a token of workspace "${requested}" as the secret (${tokensPage}). If you meant ${listNames(scopedTo)}, correct the input \`workspace\`.`,
    }
  }
  return {
    what: words`The ${token} has access to workspace${scopedTo.length === 1 ? words`` : words`s`} ${listNames(scopedTo)}${request}.`,
    why: words`${
      tokenType === 'oauth'
        ? words`The user did not consent to that workspace`
        : words`The owner of the token is not a member of that workspace`
    }, or the name is spelled differently.${didYouMean(nearest)}`,
    next: words`Correct \`workspace\`, or use a token of workspace "${requested}" (${tokensPage}).`,
  }
}
