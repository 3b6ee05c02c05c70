import type { Warning } from '../errors/warning.ts'
import type { RunReport } from '../run-state.ts'
import { count } from '../text.ts'
import type { Outputs } from './output-schema.ts'
import { sharedNames } from './site-urls.ts'

/** The maximum number of jobs of a matrix (GitHub's documentation, "Running variations of jobs in a workflow"). */
const maxMatrix = 256

/** The maximum number of names in a warning. */
const maxNames = 10

/** Returns warnings about outputs that a workflow may not be able to use. */
export const outputWarnings = (known: RunReport, outputs: Outputs): Warning[] => [
  ...matrixWarning(outputs),
  ...sharedNameWarning(known),
]

function matrixWarning({ matrix, 'project-matrix': projectMatrix }: Outputs): Warning[] {
  const jobs = matrix.include.length
  const projectJobs = projectMatrix.include.length
  if (jobs <= maxMatrix) return []
  const advice =
    projectJobs <= maxMatrix
      ? `Use \`project-matrix\`, which has ${count(projectJobs, 'entry')}, or divide the projects between jobs with \`shard\`.`
      : `\`project-matrix\` is too long as well, with ${projectJobs} entries. Divide the projects between jobs with \`shard\`.`
  return [
    {
      title: 'matrix too long',
      message: `The output \`matrix\` has ${jobs} entries, but GitHub starts at most ${maxMatrix} jobs of a matrix. ${advice}`,
    },
  ]
}

function sharedNameWarning(known: RunReport): Warning[] {
  const names = sharedNames(known)
  if (names.length === 0) return []
  const listed = names.slice(0, maxNames).map((name) => `"${name}"`)
  const rest = names.length - listed.length
  const all = [...listed, ...(rest > 0 ? [`${rest} more`] : [])].join(', ')
  return [
    {
      title: 'names that are not unique',
      message: `Several projects or services have the same name: ${all}. The keys of the output \`urls\` contain their ids instead of these names. To use names in \`urls\`, rename the projects or services in Railway.`,
    },
  ]
}
