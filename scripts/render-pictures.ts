/**
 * `npm run pictures`: runs previews against the local Railway and GitHub, renders what people see of them as
 * GitHub would, in a real browser, and keeps the pictures under `docs/images/`. Wants a built `dist` and
 * Chromium (`CHROMIUM` says where it is). Not a part of the checks: fonts differ from machine to machine.
 */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { page } from './pictures/page.ts'
import { previewRuns } from './pictures/runs.ts'

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url))

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const { live, failing, gone } = await previewRuns()
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  await pictures(browser, 'preview-comment', live?.comment, 'comment')
  await pictures(browser, 'preview-comment-failed', failing?.comment, 'comment')
  await pictures(browser, 'preview-comment-gone', gone?.comment, 'comment')
  await pictures(browser, 'preview-summary', failing?.summary, 'summary')
  await browser.close()
}

/** Takes a light picture under the name, and a dark one. */
async function pictures(
  browser: Browser,
  name: string,
  markdown = '',
  kind: 'comment' | 'summary' = 'comment',
): Promise<void> {
  await picture(browser, name, page(markdown, kind, 'light'))
  await picture(browser, `${name}-dark`, page(markdown, kind, 'dark'))
}

async function picture(browser: Browser, name: string, html: string): Promise<void> {
  const tab = await browser.newPage({
    viewport: { width: 1010, height: 400 },
    deviceScaleFactor: 1.5,
  })
  await tab.setContent(html)
  await tab.evaluate('mermaid.run()')
  await tab.locator('main').screenshot({ path: `${folder}${name}.png` })
  await tab.close()
  console.log(`docs/images/${name}.png`)
}

await main()
