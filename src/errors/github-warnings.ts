import type { UpdateError } from './update-error.ts'
import type { Warning } from './warning.ts'

/**
 * Returns warnings about requests to GitHub that failed. Each missing permission has one warning, with all uses of the
 * permission.
 */
export function githubWarnings(errors: readonly UpdateError[]): Warning[] {
  const missing = new Map<string, Set<string>>()
  const failed = new Set<string>()
  for (const error of errors) {
    if (error.kind === 'failed') failed.add(describeFailed(error))
    else {
      const uses = missing.get(error.permission) ?? new Set()
      missing.set(error.permission, uses.add(error.for))
    }
  }
  return [
    ...[...missing].map(([permission, uses]) => ({
      title: 'GitHub permission missing',
      message: `GitHub rejected ${[...uses].join(' and ')}, because the \`github-token\` lacks the permission \`${permission}\`. Railway is not affected. Add \`${permission}\` to \`permissions:\` of the job, or turn off the feature.`,
    })),
    ...[...failed].map((what) => ({
      title: 'GitHub request failed',
      message: `${what} Railway is not affected. To repeat the requests to GitHub, run the job again.`,
    })),
  ]
}

const describeFailed = ({ doing, detail }: Extract<UpdateError, { kind: 'failed' }>): string =>
  doing === null
    ? `The action sends no more requests to GitHub in this run: ${detail}. Comments and GitHub deployments may show an old state.`
    : `A request to GitHub for ${doing} failed: ${detail}.`
