import { describe, expect, it } from '@jest/globals'
import { render } from '../../local/runner/index.ts'
import { runScript } from './runner-fixture.ts'

const SECRET = 'tok%n-with/odd"characters'

describe('finding leaks', () => {
  it('finds nothing if there is nothing, and ignores the mask command', async () => {
    const { leaks } = await runScript(`console.log('::add-mask::${SECRET}'); console.log('fine')`)
    expect(leaks(SECRET)).toEqual([])
  })

  it('searches everywhere, also in encodings', async () => {
    const { leaks } = await runScript(`
      import { appendFileSync } from 'node:fs'
      import { join } from 'node:path'
      const secret = '${SECRET}'
      const { GITHUB_OUTPUT, GITHUB_ENV, GITHUB_STATE, GITHUB_STEP_SUMMARY, RUNNER_TEMP } = process.env
      console.log('::add-mask::' + secret)
      console.log('masked, but ' + secret)
      console.log('::error::' + secret.replaceAll('%', '%25'))
      console.error('Authorization: Basic ' + Buffer.from(secret).toString('base64'))
      console.error('Authorization: Basic ' + Buffer.from('x:' + secret + '!').toString('base64'))
      console.error(encodeURIComponent(secret))
      appendFileSync(GITHUB_OUTPUT, 'plan=' + JSON.stringify(secret) + '\\n')
      appendFileSync(GITHUB_ENV, 'T=' + secret + '\\n')
      appendFileSync(GITHUB_STATE, 'T=' + secret + '\\n')
      appendFileSync(GITHUB_STEP_SUMMARY, secret)
      appendFileSync(join(RUNNER_TEMP, 'report.json'), Buffer.from(secret).toString('hex'))
    `)
    expect(leaks(SECRET).map((place) => place.replace(/file .*\//, 'file '))).toEqual([
      'log line 2',
      'log line 3 (escaped)',
      'log line 4 (base64)',
      'log line 5 (base64)',
      'log line 6 (URL-encoded)',
      'output plan (JSON)',
      'environment T',
      'state T',
      'file report.json (hex)',
      'summary',
    ])
  })

  it('searches for each line of a secret of several lines', async () => {
    const { leaks } = await runScript(`console.log('BEGIN KEY')`)
    expect(leaks('BEGIN KEY\nabc')).toEqual(['log line 1 (one line of it)'])
  })

  it('throws for an empty secret', async () => {
    const { leaks } = await runScript('')
    expect(() => leaks('')).toThrow('Expected a secret that is not empty.')
  })
})

const sample = `
  import { appendFileSync } from 'node:fs'
  console.log('::group::Plan')
  console.log('deploy shop/api with hunter2')
  console.log('::endgroup::')
  console.log('::warning::mind the gap')
  console.log('::debug::GET /')
  console.log("::error title=Railway%3A build failed,file=.github/workflows/deploy.yml,line=7::It broke.%0ATry again.")
  appendFileSync(process.env.GITHUB_OUTPUT, 'status=failure\\n')
  appendFileSync(process.env.GITHUB_STEP_SUMMARY, '| service | status |\\n')
  process.exitCode = 1
`

describe('the visible text', () => {
  it('is the masked log, the annotations, the summary and the outputs', async () => {
    const { shown } = await runScript(sample, { secrets: ['hunter2'] })
    expect(shown).toMatchInlineSnapshot(`
"Plan
deploy shop/api with ***
mind the gap
It broke.
Try again.
warning: mind the gap
error: Railway: build failed: It broke.
Try again.
| service | status |

status=failure"
`)
  })
})

describe('rendering', () => {
  it('looks like the page of a run', async () => {
    const transcript = await runScript(sample, { secrets: ['hunter2'], debug: true })
    expect(render({ ...transcript, seconds: 75.4 }, { color: false })).toMatchInlineSnapshot(`
"── Log ───────────────────────────────────────────────────────────────────────────────────────
▾ Plan
  deploy shop/api with ***
Warning: mind the gap
##[debug]GET /
Error: It broke.
Error: Try again.

── Annotations ───────────────────────────────────────────────────────────────────────────────
warning
  mind the gap
error: Railway: build failed (.github/workflows/deploy.yml:7)
  It broke.
  Try again.

── Summary ───────────────────────────────────────────────────────────────────────────────────
service  status

── The step failed: exit code 1, after 1 min 15 s ────────────────────────────────────────────
"
`)
  })

  it('lays out the Markdown of the summary', async () => {
    const markdown = [
      '## ❌ Railway deploy: failed in part',
      '',
      '| Status | Service | Site |',
      '| --- | :-: | --- |',
      '| ✅ success | [api](https://railway.com/x) | [api.up.railway.app](https://api.up.railway.app) |',
      '| ❌ failed | **web\\_1** a\\|b | |',
      '',
      '<details><summary>Timeline</summary>',
      '',
      '```mermaid',
      'gantt',
      '```',
      '',
      '</details>',
      '',
      '- `code` &lt;b&gt; &#38;',
    ]
    const transcript = await runScript('')
    const text = render(
      { ...transcript, summary: markdown.join('\n'), seconds: 0 },
      { color: false },
    )
    expect(text).toMatchInlineSnapshot(`
"── Log ───────────────────────────────────────────────────────────────────────────────────────

── Summary ───────────────────────────────────────────────────────────────────────────────────
❌ Railway deploy: failed in part

Status      Service    Site
✅ success  api        api.up.railway.app
❌ failed   web_1 a|b

▸ Timeline

  (a picture, drawn on GitHub)

- code <b> &

── The step succeeded: exit code 0, after 0 s ────────────────────────────────────────────────
"
`)
    expect(render({ ...transcript, summary: '[a](https://b)' })).toContain(
      '\u001b]8;;https://b\u0007a\u001b]8;;\u0007',
    )
  })

  it('has colors by default', async () => {
    expect(render(await runScript(sample))).toContain('\u001b[31mError: It broke.\u001b[0m')
  })
})
