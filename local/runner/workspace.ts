import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { StepPaths } from './environment.ts'
import type { RunnerEvent } from './events.ts'
import { parseKeyValues } from './file-commands.ts'

/** What an action left behind in the runner's files. */
export interface LeftBehind {
  outputs: Record<string, string>
  env: Record<string, string>
  state: Record<string, string>
  addedPaths: string[]
  /** The job summary, as Markdown. */
  summary: string
  /** Other files the action wrote under `RUNNER_TEMP`: path → content. */
  tempFiles: Record<string, string>
}

/** A fresh folder with everything a runner prepares for one step. */
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

  static async create(
    event: RunnerEvent,
    checkout: Record<string, string>,
    source?: string,
  ): Promise<StepFolder> {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'runner-')))
    const folder = new StepFolder(root)
    const { paths } = folder
    await mkdir(paths.workspace, { recursive: true })
    await mkdir(paths.home)
    await mkdir(paths.toolCache)
    await write(paths.eventFile, JSON.stringify(event.payload, null, 2))
    for (const file of [paths.output, paths.summary, paths.env, paths.state, paths.path]) {
      await write(file, '')
    }
    if (source !== undefined) {
      await cp(source, paths.workspace, { recursive: true, verbatimSymlinks: true })
    }
    for (const [file, content] of Object.entries(checkout)) {
      await write(join(paths.workspace, file), content)
    }
    return folder
  }

  async read(): Promise<LeftBehind> {
    const { output, env, state, path, summary } = this.paths
    return {
      outputs: parseKeyValues(await readFile(output, 'utf8')),
      env: parseKeyValues(await readFile(env, 'utf8')),
      state: parseKeyValues(await readFile(state, 'utf8')),
      addedPaths: (await readFile(path, 'utf8')).split(/\r?\n/).filter((line) => line !== ''),
      summary: await readFile(summary, 'utf8'),
      tempFiles: await this.#readTempFiles(),
    }
  }

  async remove(): Promise<void> {
    await rm(this.#root, { recursive: true, force: true, maxRetries: 3 })
  }

  async #readTempFiles(): Promise<Record<string, string>> {
    const entries = await readdir(this.paths.temp, { recursive: true, withFileTypes: true })
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !OURS.test(relative(this.paths.temp, file)))
      .toSorted()
    const contents = await Promise.all(files.map((file) => readFile(file, 'utf8')))
    return Object.fromEntries(files.map((file, index) => [file, contents[index] ?? '']))
  }
}

const COMMANDS = '_runner_file_commands'
const OURS = /^(_runner_file_commands|_github_workflow)\b/

async function write(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, content)
}
