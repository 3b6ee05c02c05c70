import http from 'node:http'
import * as toolkit from '@actions/core'
import { runAction } from './action.ts'
import { systemClock } from './clock.ts'
import { checkoutOf, LocalDirectories } from './directory/local-directories.ts'

/** Runs the action in this process. Tools that run actions locally also call this. */
export async function run(): Promise<void> {
  await runAction(process, {
    toolkit,
    clock: systemClock,
    fetch: globalThis.fetch,
    node: { version: process.versions.node, setGlobalProxy: http.setGlobalProxyFromEnv },
    directories: (stop) => new LocalDirectories(process.env, stop),
    history: (stop) => checkoutOf(process.env, stop),
    random: Math.random,
  })
}
