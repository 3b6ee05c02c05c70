import { failure } from '../../errors/codes.ts'
import { labelOf } from '../../named.ts'
import type { EnvironmentPlace, PreviewState, ServiceChangeValues } from './ports.ts'
import type { PreviewContext } from './preview-context.ts'
import { PreviewStepError } from './step-error.ts'

/**
 * The wait before staged changes are read again, in milliseconds. Railway may show changes as staged for some seconds
 * after their commit.
 */
const rereadAfter = 10_000

/** Returns the paths of the staged changes that an interrupted run may have left: those of `changes`. */
export const pathsOf = (changes: readonly ServiceChangeValues[]): string[] =>
  changes.flatMap(({ service, branch, image, variables }) => {
    const root = `/services/${service.id}`
    return [
      ...(branch === undefined ? [] : [`${root}/source/branch`]),
      ...(image === undefined ? [] : [`${root}/source/image`]),
      ...[...(variables?.keys() ?? [])].map((name) => `${root}/variables/${name}`),
    ]
  })

/**
 * Throws {@link PreviewStepError} if somebody else has staged changes in an existing preview, because the run would have
 * to commit them. `own`: the paths that this run commits, with everything below them.
 */
export async function refuseForeignChanges(
  place: EnvironmentPlace,
  state: PreviewState,
  own: readonly string[],
  context: PreviewContext,
): Promise<void> {
  const hasForeign = ({ stagedPaths }: PreviewState) =>
    stagedPaths.some((path) => !own.some((one) => path === one || path.startsWith(`${one}/`)))
  if (!hasForeign(state)) return
  await context.wait(rereadAfter, 'staged changes to be applied')
  const now = (await context.readState(place)) ?? state
  if (!hasForeign(now)) return
  const { project, environment } = place
  const facts = { project: labelOf(project), environment: environment.name, since: null } as const
  const staged = failure('staged-changes', { ...facts, purpose: 'preview' })
  throw new PreviewStepError('refused', 'somebody has staged changes in it', staged)
}
