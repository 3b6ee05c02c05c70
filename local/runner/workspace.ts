import {
  accessSync,
  constants,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { StepPaths } from './environment.ts'
import type { RunnerEvent } from './events.ts'
import { parseKeyValues } from './file-commands.ts'

/** The content that an action has written to the runner's files. */
export interface WrittenFiles {
  outputs: Record<string, string>
  env: Record<string, string>
  state: Record<string, string>
  addedPaths: string[]
  /** The job summary, as Markdown. */
  summary: string
  /** Other files that the action has written under `RUNNER_TEMP`: path → content. */
  tempFiles: Record<string, string>
}

/**
 * A temporary directory with the files that a runner creates for a step. The files are small and are read and written
 * synchronously, because that is faster for thousands of runs in one process.
 */
export class StepFolder {
  readonly paths: StepPaths
  #root: string

  private constructor(root: string) {
    this.#root = root
    const commands = (name: string) => join(root, 'temp', COMMANDS, name)
    this.paths = {
      home: join(root, 'home'),
      workspace: join(root, 'shop', 'shop'),
      temp: join(root, 'temp'),
      toolCache: join(root, 'tools'),
      eventFile: join(root, 'temp', '_github_workflow', 'event.json'),
      output: commands('set_output'),
      summary: commands('step_summary'),
      env: commands('set_env'),
      state: commands('save_state'),
      path: commands('add_path'),
    }
  }

  /** Creates the directory. `source` is copied into the checkout before the files of `checkout` (path → content) are written. */
  static create(event: RunnerEvent, checkout: Record<string, string>, source?: string): StepFolder {
    // A checkout that is copied may be too large for the memory.
    const parent = source === undefined ? fastDirectory : tmpdir()
    const root = realpathSync(mkdtempSync(join(parent, 'runner-')))
    const folder = new StepFolder(root)
    const { paths } = folder
    for (const made of [paths.workspace, dirname(paths.output), dirname(paths.eventFile)]) {
      mkdirSync(made, { recursive: true })
    }
    mkdirSync(paths.home)
    mkdirSync(paths.toolCache)
    writeFileSync(paths.eventFile, JSON.stringify(event.payload, null, 2))
    for (const file of [paths.output, paths.summary, paths.env, paths.state, paths.path]) {
      writeFileSync(file, '')
    }
    if (source !== undefined) {
      cpSync(source, paths.workspace, { recursive: true, verbatimSymlinks: true })
    }
    for (const [file, content] of Object.entries(checkout)) {
      write(join(paths.workspace, file), content)
    }
    return folder
  }

  /** Reads the files that the action has written. */
  readFiles(): WrittenFiles {
    const { output, env, state, path, summary } = this.paths
    return {
      outputs: parseKeyValues(readFileSync(output, 'utf8')),
      env: parseKeyValues(readFileSync(env, 'utf8')),
      state: parseKeyValues(readFileSync(state, 'utf8')),
      addedPaths: readFileSync(path, 'utf8')
        .split(/\r?\n/)
        .filter((line) => line !== ''),
      summary: readFileSync(summary, 'utf8'),
      tempFiles: this.#readTempFiles(),
    }
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 3 })
  }

  #readTempFiles(): Record<string, string> {
    const entries = readdirSync(this.paths.temp, { recursive: true, withFileTypes: true })
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !RUNNER_FILES.test(relative(this.paths.temp, file)))
      .toSorted()
    return Object.fromEntries(files.map((file) => [file, readFileSync(file, 'utf8')]))
  }
}

/**
 * The parent of the step folders: on Linux the directory in memory, if it can be written to. There, the creation and
 * deletion of the files of a step takes a tenth of the time. Tests do this thousands of times.
 */
const fastDirectory = isWritable('/dev/shm') ? '/dev/shm' : tmpdir()

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK)
    return process.platform === 'linux'
  } catch {
    return false
  }
}

const COMMANDS = '_runner_file_commands'
const RUNNER_FILES = /^(_runner_file_commands|_github_workflow)\b/

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}
