import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { type Sample, startSample } from '../../local/sample.ts'
import { fencedBlocks } from '../../scripts/docs/markdown.ts'
import { workflowOf } from './find.ts'
import { runRecipe } from './promises.ts'
import { byNight } from './situations.ts'

const open: Sample[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((sample) => sample.close()))
})

const page = readFileSync(new URL('../../docs/recipes.md', import.meta.url), 'utf8')
const slack = fencedBlocks(page).find(({ text }) => text.startsWith('- name: Post to Slack'))
const withSlack = (workflow: string) =>
  `${workflow.trimEnd()}\n${(slack?.text ?? '').replace(/^(?=.)/gm, '      ')}`

const errors = z.array(z.object({ code: z.string(), message: z.string() }))

async function night(file: string) {
  const sample = await startSample()
  open.push(sample)
  const ran = await runRecipe(
    workflowOf('report-drift-every-night'),
    { event: byNight, edit: withSlack, files: { 'deploy/production.env': file } },
    sample,
    { RAILWAY_API_TOKEN: sample.workspace.tokens.workspace, SLACK_WEBHOOK_URL: 'https://hooks' },
  )
  return ran.flatMap((step) => (step.kind === 'command' ? [step] : []))
}

describe('the nightly drift check', () => {
  it('passes the same errors to the issue and to Slack, without a value', async () => {
    const steps = await night('LOG_LEVEL=value-of-the-file\n')
    expect(steps.map(({ name }) => name)).toEqual(['Open an issue', 'Post to Slack'])
    for (const { env } of steps) {
      expect(errors.parse(JSON.parse(env.ERRORS ?? ''))).toEqual([
        {
          code: 'changes-pending',
          message: expect.stringContaining(
            'would change 1 service: shop/api in environment "production".',
          ),
        },
      ])
      expect(env.ERRORS).not.toContain('value-of-the-file')
    }
  })

  it('reports no drift for a file that does not parse: the job fails with its own error', async () => {
    expect(await night('LOG_LEVEL\n')).toEqual([])
  })

  it.each(['LOG_LEVEL=info\n', '# Nothing is said.\nLOG_LEVEL=info\n'])(
    'does not notify for %j',
    async (file) => {
      expect(await night(file)).toEqual([])
    },
  )
})
