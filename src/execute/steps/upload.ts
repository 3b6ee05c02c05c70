import { failure } from '../../errors/codes.ts'
import { locationOf } from '../../inventory/inventory.ts'
import type { UploadStep } from '../../plan/plan.ts'
import { cancelledBefore } from '../change-queue.ts'
import { baseOutcome, type Outcome } from '../outcome.ts'
import type { Archive } from '../ports.ts'
import type { StepContext, StepResult } from '../step-context.ts'
import { startAndFollow } from './start-and-follow.ts'

/** The number of files after which packing reports its progress. */
const reportEvery = 5_000

/** The size in bytes up to which an archive is sent without reports of progress. */
const quietSize = 20_000_000

/**
 * Packs a directory, sends it, and follows the resulting deployment. It is never sent a second time if the first may
 * have arrived. Each upload queues another deployment, and a large one shows late.
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
    const verb = { present: 'take', past: 'deployed' }
    const start = () => ports.deployments.upload(target, upload)
    return await startAndFollow(step, { start, mayRepeat: false, verb }, context)
  } finally {
    await archive.remove()
  }
}

/** Reports every quarter of a large archive. */
function reportQuarters(
  { target }: UploadStep,
  { bytes: of }: Archive,
  { ports }: StepContext,
): (done: number) => void {
  let reported = 0
  return (done) => {
    const quarter = Math.floor((done / of) * 4)
    if (of < quietSize || quarter <= reported) return
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
