import { failure } from '../../errors/codes.ts'
import { locationOf } from '../../inventory/inventory.ts'
import type { UploadStep } from '../../plan/plan.ts'
import { cancelledBefore } from '../change-queue.ts'
import { baseOutcome, type Outcome } from '../outcome.ts'
import type { Archive } from '../ports.ts'
import type { StepContext, StepResult } from '../step-context.ts'
import { startAndFollow } from './start-and-follow.ts'

/** The number of packed files between two reports of progress. */
const reportEvery = 5_000

/** The size of an archive in bytes from which on the progress of sending it is reported. */
const minReportedSize = 20_000_000

/**
 * Packs a directory, uploads it, and follows the deployment that this starts.
 */
export async function performUpload(step: UploadStep, context: StepContext): Promise<StepResult> {
  const { ports } = context
  const { target, revision } = step
  const { tree, below, directory, message } = revision
  const packed = await ports.archives.pack(tree, below, {
    signal: ports.signal,
    onProgress: ({ done, of }) => {
      if (done % reportEvery === 0 && done < of) {
        ports.emit({ kind: 'progress', target, doing: 'packing', done, of, unit: 'files' })
      }
    },
  })
  if (packed.kind === 'cancelled') return { outcome: cancelledBefore(step) }
  if (packed.kind === 'failed') {
    context.queue.reportFailure()
    return { outcome: refused(step, packed.why) }
  }
  const { archive } = packed
  ports.emit({ kind: 'packed', target, files: tree.files, bytes: archive.bytes })
  try {
    const upload = {
      directory,
      message,
      archive,
      onProgress: reportQuarters(step, archive, context),
    }
    const verb = { present: 'accept', past: 'deployed' }
    const start = () => ports.deployments.upload(target, upload)
    return await startAndFollow(step, { start, verb }, context)
  } finally {
    await archive.remove()
  }
}

/** Returns a function that takes the number of sent bytes and reports each quarter of a large archive. */
function reportQuarters(
  { target }: UploadStep,
  { bytes: of }: Archive,
  { ports }: StepContext,
): (done: number) => void {
  let reported = 0
  return (done) => {
    const quarter = Math.floor((done / of) * 4)
    if (of < minReportedSize || quarter <= reported) return
    reported = quarter
    ports.emit({ kind: 'progress', target, doing: 'sending', done, of, unit: 'bytes' })
  }
}

function refused(step: UploadStep, why: string): Outcome {
  const { directory } = step.revision
  const facts = { ...locationOf(step.target), directory, bytes: null, why }
  const base = baseOutcome(step, 'refused', 'its directory could not be packed')
  return { ...base, failure: failure('upload-refused', facts) }
}
