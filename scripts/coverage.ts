import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { z } from 'zod'
import { pureRooms } from './pure-rooms.ts'

/**
 * `npm run coverage`: prints the share of lines and branches of each pure room that its table tests execute. It fails if
 * a room is below the floor. Scenarios are not counted, because they execute nearly every line and assert little about
 * each. `build/coverage/index.html` lists the uncovered lines.
 */
const floor = 95
const root = resolve(import.meta.dirname, '..')
const folder = 'build/coverage'

const figure = z.object({ total: z.number(), covered: z.number() })
const summary = z.record(z.string(), z.object({ lines: figure, branches: figure }))
type Figure = z.infer<typeof figure>

function measure(): z.infer<typeof summary> {
  const node = ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules']
  const jest = [
    'node_modules/jest/bin/jest.js',
    // Jest counts lines only in modules that it loads itself. In the default configuration, Node loads them.
    '--config=jest.isolated.config.js',
    `--testPathPatterns=/__tests__/(${pureRooms.join('|')})/`,
    // Without `src` among the roots, a file that no test loads is not counted.
    '--roots=__tests__',
    '--roots=src',
    '--coverage',
    '--coverageProvider=babel',
    '--coverageReporters=json-summary',
    '--coverageReporters=html',
    `--coverageDirectory=${folder}`,
    `--collectCoverageFrom=src/{${pureRooms.join(',')}}/**/*.ts`,
    ...process.argv.slice(2),
  ]
  const { status } = spawnSync(process.execPath, [...node, ...jest], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(1)
  return summary.parse(
    JSON.parse(readFileSync(resolve(root, folder, 'coverage-summary.json'), 'utf8')),
  )
}

function share(figures: readonly Figure[]): number {
  const total = figures.reduce((sum, one) => sum + one.total, 0)
  const covered = figures.reduce((sum, one) => sum + one.covered, 0)
  return total === 0 ? 100 : (covered / total) * 100
}

const files = Object.entries(measure()).map(([path, figures]) => ({
  path: relative(root, path).replaceAll('\\', '/'),
  ...figures,
}))
for (const room of pureRooms) {
  const inRoom = files.filter(({ path }) => path.startsWith(`src/${room}/`))
  const lines = share(inRoom.map((file) => file.lines))
  const branches = share(inRoom.map((file) => file.branches))
  const isBelow = lines < floor
  if (isBelow) process.exitCode = 1
  const figures = `${lines.toFixed(1).padStart(5)} % of lines ${branches.toFixed(1).padStart(6)} % of branches`
  console.log(`${room.padEnd(10)} ${figures}${isBelow ? `   below ${floor} % of lines` : ''}`)
}
