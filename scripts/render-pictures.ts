/**
 * `npm run pictures`: runs previews against a local Railway and a local GitHub, renders their comments and summaries in
 * Chromium with GitHub's style, and writes screenshots to `docs/images/`. The variable `CHROMIUM` is the path of the
 * browser. No check compares the pictures, because fonts differ between machines.
 */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { page } from './pictures/page.ts'
import { previewRuns } from './pictures/runs.ts'

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url))

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const { live, failing, deleted } = await previewRuns()
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  await pictures(browser, 'preview-comment', live?.comment, 'comment')
  await pictures(browser, 'preview-comment-failed', failing?.comment, 'comment')
  await pictures(browser, 'preview-comment-gone', deleted?.comment, 'comment')
  await pictures(browser, 'preview-summary', failing?.summary, 'summary')
  await browser.close()
}

/** Writes two screenshots, `<name>.png` with light colors and `<name>-dark.png` with dark ones. */
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
