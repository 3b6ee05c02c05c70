import http from 'node:http'
import * as toolkit from '@actions/core'
import { runAction } from './action.ts'
import { systemClock } from './clock.ts'

/** Runs the action in this process, as one step of a job. Tools that run actions locally call this, too. */
export async function run(): Promise<void> {
  await runAction(process, {
    toolkit,
    clock: systemClock,
    fetch: globalThis.fetch,
    node: { version: process.versions.node, setGlobalProxy: http.setGlobalProxyFromEnv },
    disk: async (stop) => {
      const { checkoutOf, LocalDirectories } = await import(
        /* webpackChunkName: "run" */ './directory/local-directories.ts'
      )
      return {
        directories: new LocalDirectories(process.env, stop),
        history: checkoutOf(process.env, stop),
      }
    },
    random: Math.random,
  })
}
