import { expected, type Failure, failure } from '../errors/codes.ts'
import type { Pattern } from './fields.ts'
import type { RunContext } from './run-context.ts'

/** The action of a preview run, after `auto` has been decided. */
export type PreviewAction = 'create' | 'delete' | 'prune'

/** The request that the inputs of `preview` make. */
export interface PreviewRequest {
  readonly action: PreviewAction
  /** `true` if `auto` decided it by the state of the event's pull request. */
  readonly isAuto: boolean
  /** `pr-<number>`: a name in which `<number>` stands for a pull request's number. */
  readonly template: string
  /** The pull request of the event. */
  readonly number: number | null
  /** For `prune`: milliseconds since the last deployment after which an open pull request's preview goes, too. */
  readonly olderThan: number | null
  /** Names and globs of variables that must not be inherited as literal values. */
  readonly requireOverrides: readonly Pattern[]
}

const defaultTemplate = 'pr-<number>'
const placeholder = '<number>'

/**
 * `auto` deletes when the pull request is closed, and creates or updates on everything else. A label that is put on a
 * closed pull request is no reason to make its preview again.
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

/** Returns the problems of the name for this event: the number it needs is not always known. */
export function previewNameProblems(wish: PreviewRequest): Failure[] {
  const hasPlaceholder = wish.template.includes(placeholder)
  if (wish.action === 'prune' && !hasPlaceholder) {
    const takes = `a name with \`${placeholder}\` in it for \`preview-action: prune\`, which finds the pull request of a preview by it`
    return [
      failure('input-invalid', {
        input: 'preview-name',
        given: wish.template,
        problem: expected(takes),
      }),
    ]
  }
  if (wish.action === 'prune' || !hasPlaceholder || wish.number !== null) return []
  const takes = `a name without \`${placeholder}\` here: this run is not for a pull request, so there is no number; run \`preview\` on \`pull_request\` events, or name the preview`
  return [
    failure('input-invalid', { input: 'preview-name', given: null, problem: expected(takes) }),
  ]
}

/** The preview's name for the pull request of the event. */
export const previewName = ({ template, number }: PreviewRequest): string =>
  template.replaceAll(placeholder, String(number ?? ''))

/** The number of the pull request that an environment of this name would be the preview of. */
export function numberOf(name: string, wish: PreviewRequest): number | null {
  const { template } = wish
  const escaped = template
    .split(placeholder)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const [before = '', ...after] = escaped
  // Every further placeholder stands for the number again, so that nothing is tried twice.
  const rest = after.map((part, index) => (index === 0 ? `(\\d+)${part}` : `\\1${part}`)).join('')
  const number = new RegExp(`^${before}${rest}$`, 'i').exec(name)?.[1]
  if (number === undefined) return null
  // `pr-007` is nobody's preview: the one of pull request 7 is `pr-7`.
  const itsName = previewName({ ...wish, number: Number(number) })
  return itsName.toLowerCase() === name.toLowerCase() ? Number(number) : null
}
