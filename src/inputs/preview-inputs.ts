import type { Failure } from '../errors/codes.ts'
import { comparable } from '../text.ts'
import type { Pattern } from './fields.ts'
import { invalidInput, rejected } from './invalid-input.ts'
import type { RunContext } from './run-context.ts'

/** The action of a preview run. `auto` is resolved to one of these. */
export type PreviewAction = 'create' | 'delete' | 'prune'

/** The request that the inputs of `preview` make. */
export interface PreviewRequest {
  readonly action: PreviewAction
  /** `true` if `auto` chose the action by the state of the event's pull request. */
  readonly isAuto: boolean
  /** The template of the preview's name, such as `pr-<number>`. The pull request's number replaces `<number>`. */
  readonly template: string
  /** The number of the event's pull request; `null` if the event has none. */
  readonly number: number | null
  /** The age, in milliseconds, from which `prune` also deletes previews of open pull requests. */
  readonly olderThan: number | null
  /** The patterns of variables that must not be inherited as literal values. */
  readonly requireOverrides: readonly Pattern[]
}

const defaultTemplate = 'pr-<number>'
const placeholder = '<number>'

/**
 * Builds the request for previews. `auto` deletes the preview of a closed pull request, for every event. A label that
 * is added to a closed pull request does not create its preview again.
 */
export function previewRequest(
  fields: {
    'preview-action': 'auto' | PreviewAction
    'preview-name': string | null
    'require-overrides': readonly Pattern[] | null
    'older-than': number | null
  },
  { pullRequest }: RunContext,
): PreviewRequest {
  const requested = fields['preview-action']
  const auto = pullRequest?.closed ? 'delete' : 'create'
  return {
    action: requested === 'auto' ? auto : requested,
    isAuto: requested === 'auto',
    template: fields['preview-name'] ?? defaultTemplate,
    number: pullRequest?.number ?? null,
    olderThan: fields['older-than'],
    requireOverrides: fields['require-overrides'] ?? [],
  }
}

/** Checks the name against the action and the event: the number in it has to be known. */
export function checkPreviewName(request: PreviewRequest): Failure[] {
  const hasPlaceholder = request.template.includes(placeholder)
  if (request.action === 'prune' && !hasPlaceholder) {
    const because = `\`preview-action: prune\` finds the pull request of a preview by the number in its name. Expected a name with \`${placeholder}\`.`
    return [invalidInput('preview-name', request.template, rejected(because))]
  }
  if (request.action === 'prune' || !hasPlaceholder || request.number !== null) return []
  const because = `The name contains \`${placeholder}\`, but this run is not for a pull request, so there is no number. Run \`command: preview\` on \`pull_request\` events, or set a name without \`${placeholder}\`.`
  return [invalidInput('preview-name', null, rejected(because))]
}

/** Returns the name of the preview for the pull request of the event. */
export const previewName = ({ template, number }: PreviewRequest): string =>
  template.replaceAll(placeholder, String(number ?? ''))

/** Returns the number of the pull request whose preview has this name; `null` if no preview has it. */
export function pullRequestNumberOf(name: string, request: PreviewRequest): number | null {
  const template = request.template.normalize('NFC')
  const escaped = template
    .split(placeholder)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const [before = '', ...after] = escaped
  // A back reference for every further placeholder keeps the match free of backtracking.
  const rest = after.map((part, index) => (index === 0 ? `(\\d+)${part}` : `\\1${part}`)).join('')
  const number = new RegExp(`^${before}${rest}$`, 'i').exec(name.normalize('NFC'))?.[1]
  if (number === undefined) return null
  // `pr-007` is not the preview of pull request 7, which has the name `pr-7`.
  const expectedName = previewName({ ...request, number: Number(number) })
  return comparable(expectedName) === comparable(name) ? Number(number) : null
}
