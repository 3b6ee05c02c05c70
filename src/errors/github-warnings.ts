import type { UpdateError } from './update-error.ts'
import type { Warning } from './warning.ts'

/** Returns warnings about updates that did not reach GitHub: one for each missing permission, whatever it was for. */
export function troubleWarnings(troubles: readonly UpdateError[]): Warning[] {
  const missing = new Map<string, Set<string>>()
  const failed = new Set<string>()
  for (const trouble of troubles) {
    if (trouble.kind === 'failed') failed.add(`${trouble.doing}: ${trouble.detail}`)
    else {
      const uses = missing.get(trouble.permission) ?? new Set()
      missing.set(trouble.permission, uses.add(trouble.for))
    }
  }
  return [
    ...[...missing].map(([permission, uses]) => ({
      title: 'GitHub permission missing',
      message: `The \`github-token\` may not do what ${[...uses].join(' and ')} takes. Give the job the permission \`${permission}\`, or turn the feature off.`,
    })),
    ...[...failed].map((detail) => ({
      title: 'GitHub did not take it',
      message: `Not up to date on GitHub: ${detail}. Railway is not affected.`,
    })),
  ]
}
