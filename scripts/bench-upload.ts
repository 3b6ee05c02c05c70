import { randomFillSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realClock } from '../local/clock.ts'
import { createWorld, startLocalRailway } from '../local/railway/index.ts'
import { runBundle } from '../local/runner/index.ts'

/**
 * `npm run bench:upload -- [files] [megabytes]`: uploads a directory of random bytes, by default 20,000 files and 500 MB,
 * to a local Railway with the built action. Prints the time and the memory of the run.
 */
const [files = 20_000, megabytes = 500] = process.argv.slice(2).map(Number)
const perFile = Math.floor((megabytes * 1e6) / files)
const root = mkdtempSync(join(tmpdir(), 'bench-upload-'))
try {
  const content = Buffer.alloc(perFile)
  mkdirSync(join(root, 'small'))
  mkdirSync(join(root, 'large'))
  writeFileSync(join(root, 'small', 'index.html'), 'hello')
  for (let index = 0; index < files; index += 1) {
    const folder = join(root, 'large', `folder-${Math.floor(index / 100)}`)
    if (index % 100 === 0) mkdirSync(folder)
    writeFileSync(join(folder, `file-${index}.bin`), randomFillSync(content))
  }
  const empty = await measure(1)
  const full = await measure(files)
  const line = (label: string, value: string) => console.log(`${label.padEnd(28)} ${value}`)
  line('files', String(full.entries))
  line('archive', `${(full.bytes / 1e6).toFixed(0)} MB`)
  line('real time', `${(full.milliseconds / 1000).toFixed(1)} s`)
  line('peak memory', `${(full.peakRss / 1e6).toFixed(0)} MB`)
  line('peak memory, one small file', `${(empty.peakRss / 1e6).toFixed(0)} MB`)
  line('requests', full.requests)
} finally {
  rmSync(root, { recursive: true, force: true })
}

/** Uploads the directory with one small file if `count` is 1, else the large one, and measures the run. */
async function measure(count: number) {
  const clock = realClock()
  const world = createWorld({ clock })
  const acme = world.workspace('Acme')
  const service = world.service(world.project(acme, 'shop'), 'site')
  world.script(service, 'production', [['SUCCESS']])
  const railway = await startLocalRailway({ world, clock })
  const transcript = await runBundle({
    measureMemory: true,
    killAfter: 300,
    env: { GITHUB_WORKSPACE: root },
    inputs: {
      token: world.workspaceToken(acme),
      'api-url': railway.url,
      environment: 'production',
      projects: 'shop',
      services: 'site',
      directory: count === 1 ? 'small' : 'large',
    },
  })
  await railway.close()
  const [upload] = world.uploads
  if (transcript.exitCode !== 0 || !upload) throw new Error(transcript.shown)
  return {
    entries: upload.entries.filter(({ type }) => type === 'file').length,
    bytes: upload.bytes,
    milliseconds: transcript.realMilliseconds,
    peakRss: transcript.peakRss ?? Number.NaN,
    requests: transcript.outputs.requests ?? '',
  }
}
