import { describe, expect, it } from '@jest/globals'
import { type Script, scripts, type World } from '../../local/railway/index.ts'
import { fillShop, type PreviewStage, setPreviewStage } from './preview-stage.ts'
import { repository } from './stage.ts'

/** A project with one service of this repository, whose deployments in an environment follow a script. */
const fillWeb =
  (environment: string, script: Script | null = null) =>
  (world: World) => {
    const acme = world.workspace('Acme')
    const shop = world.project(acme, 'shop')
    const source = { repo: repository }
    const web = world.service(shop, 'web', { source, variables: { LOG_LEVEL: 'info' } })
    if (script) world.script(web, environment, [script])
    return world.workspaceToken(acme)
  }

const headline = ({ hub }: PreviewStage) => hub.comments[0]?.body.split('\n')[1]
/** Service and status of every row of the comment's table. */
const rows = ({ hub }: PreviewStage) =>
  [...(hub.comments[0]?.body ?? '').matchAll(/^\|[^|]*\| \[(\w+)\][^|]*\| ([^|]*) \|/gm)].map(
    ([, service, status]) => `${service}: ${status?.replace(/ (in|after) .*/, '')}`,
  )

const production = { environment: 'production', projects: 'shop', comment: 'true' }

describe('a preview that was made', () => {
  it('is not live if Railway skipped all its deployments', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('pr-7', scripts.skipped) })
    const run = await stage.preview({})
    expect(run.exitCode).toBe(0)
    expect(headline(stage)).toBe('### ⏭️ Preview `pr-7` was skipped by Railway')
    expect(stage.hub.deploymentStates()).toEqual(['shop / pr-7: inactive'])
  })

  it('is not a partial success if its only deployment failed', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('pr-7', scripts.buildFails) })
    const run = await stage.preview({})
    expect(run.outputs.status).toBe('failure')
    expect(headline(stage)).toBe('### ❌ Preview `pr-7` failed')
    expect(stage.hub.deploymentStates()).toEqual(['shop / pr-7: failure'])
  })
})

describe('a deployment of services that have nothing to build', () => {
  it('is neither live nor skipped by Railway', async () => {
    const stage = await setPreviewStage({
      fill(world) {
        const acme = world.workspace('Acme')
        world.service(world.project(acme, 'shop'), 'empty', { source: 'none' })
        return world.workspaceToken(acme)
      },
    })
    await stage.preview({}, { ...production, command: 'deploy', services: 'empty' })
    expect(headline(stage)).toBe('### ⏭️ Deployment to `production` has nothing to deploy')
  })
})

describe('an environment that is not a preview', () => {
  it('is kept, and the removal does not count as partial', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const [shop] = stage.world.projects.values()
    if (shop) stage.world.environment(shop, 'pr-7')
    await stage.preview({}, { projects: 'nope' })
    await stage.preview({ action: 'closed' })
    expect(headline(stage)).toBe('### ⏭️ Preview `pr-7` was kept')
    expect(stage.hub.comments[0]?.body).toContain('persistent')
  })
})

describe('a removal that selects nothing', () => {
  const closed = { action: 'closed' } as const

  it.each([
    ['projects', { projects: '[]' }],
    ['services', { services: '[]' }],
  ])('by %s does not say that the preview is deleted', async (_, nothing) => {
    const stage = await setPreviewStage({ fill: fillWeb('pr-7') })
    await stage.preview({})
    expect(headline(stage)).toBe('### ✅ Preview `pr-7` is live')
    const run = await stage.preview(closed, nothing)
    expect(run.outputs.status).toBe('unchanged')
    expect(stage.environments('shop')).toContain('pr-7')
    expect(headline(stage)).toBe('### ⏭️ Preview `pr-7` was not changed')
  })

  it('by the shard does not change the comment of the other shard', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('pr-7') })
    await stage.preview({}, { shard: '2/2', projects: 'shop' })
    expect(headline(stage)).toBe('### ✅ Preview `pr-7` (shard 2 of 2) is live')
    const run = await stage.preview(closed, { shard: '1/2', projects: 'shop' })
    expect(run.outputs.status).toBe('unchanged')
    expect(stage.environments('shop')).toContain('pr-7')
    expect(stage.hub.comments).toHaveLength(1)
    expect(headline(stage)).toBe('### ✅ Preview `pr-7` (shard 2 of 2) is live')
  })

  it('says that the preview is deleted after the deletion, and so does the next removal', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('pr-7') })
    await stage.preview({})
    for (const _ of [1, 2]) {
      await stage.preview(closed)
      expect(headline(stage)).toBe('### 🧹 Preview `pr-7` was deleted')
    }
  })
})

describe('a deployment that selects nothing', () => {
  it('is not live, and makes no comment', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('production') })
    const deploy = { ...production, command: 'deploy' }
    await stage.preview({}, { ...deploy, services: '[]' })
    expect(stage.hub.comments).toEqual([])
    await stage.preview({}, deploy)
    await stage.preview({}, { ...deploy, services: '[]' })
    expect(headline(stage)).toBe('### ⏭️ Deployment to `production` had nothing to do')
  })
})

describe('a site', () => {
  it('is linked if it serves the deployment in the row, and not beside a failure', async () => {
    const stage = await setPreviewStage({
      fill(world) {
        const acme = world.workspace('Acme')
        const shop = world.project(acme, 'shop')
        const source = { repo: repository }
        world.service(shop, 'web', { source, domain: 'web.up.railway.app' })
        const api = world.service(shop, 'api', { source, domain: 'api.up.railway.app' })
        world.script(api, 'production', [scripts.buildFails])
        return world.workspaceToken(acme)
      },
    })
    const run = await stage.preview({}, { ...production, command: 'deploy' })
    for (const shown of [stage.hub.comments[0]?.body, run.summary]) {
      expect(shown).toContain('https://web.up.railway.app')
      expect(shown).not.toContain('api.up.railway.app')
    }
  })
})

describe('a dry run', () => {
  const deploy = { ...production, command: 'deploy', 'dry-run': 'true' }

  it('writes its plan as the one comment, and keeps it up to date', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('production') })
    await stage.preview({}, deploy)
    expect(headline(stage)).toBe('### 📋 Plan: Deployment to `production`, 1 step to do')
    const [comment] = stage.hub.comments
    expect(comment?.body).toMatch(/^\| \*\*shop\*\* \| web \| `deploy` \| commit [0-9a-f]{7} \|$/m)
    expect(comment?.body).toContain('Nothing was changed')
    expect(stage.world.newDeployments()).toEqual([])

    await stage.preview({}, { ...deploy, 'dry-run': 'false' })
    await stage.preview({}, deploy)
    expect(stage.hub.comments).toHaveLength(1)
    expect(headline(stage)).toBe('### 📋 Plan: Deployment to `production`, nothing to do')
    expect(stage.hub.comments[0]?.body).toContain('Unchanged: shop/web')
  })

  it('of a removal says that it would delete the preview, not that the preview is deleted', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('pr-7') })
    await stage.preview({})
    await stage.preview({ action: 'closed' }, { 'dry-run': 'true' })
    expect(headline(stage)).toBe('### 📋 Plan: Preview `pr-7`, 1 step to do')
    expect(stage.hub.comments[0]?.body).toContain('| pr-7 | `delete-preview` |')
    expect(stage.environments('shop')).toContain('pr-7')
  })

  it('with fail-on-changes has the plan and the failure in the comment', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('production') })
    const run = await stage.preview({}, { ...deploy, 'fail-on-changes': 'true' })
    expect(run.codes).toEqual(['changes-pending'])
    expect(stage.hub.comments[0]?.body).toMatch(/`deploy`[\s\S]*\[!CAUTION\]/)
    await stage.preview({}, { ...deploy, 'dry-run': 'false' })
    const again = await stage.preview({}, { ...deploy, 'fail-on-changes': 'true' })
    expect(again).toMatchObject({ exitCode: 0, codes: [] })
    expect(again.outputs.status).toBe('unchanged')
  })

  it('that finds no plan says so in the existing comment', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('production') })
    await stage.preview({}, { ...deploy, services: 'nope' })
    expect(stage.hub.comments).toEqual([])
    await stage.preview({}, deploy)
    await stage.preview({}, { ...deploy, services: 'nope' })
    expect(headline(stage)).toBe('### ❌ Deployment to `production` could not be planned')
  })

  it('makes no comment without `comment`, and no GitHub deployment with `github-deployments`', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('production') })
    const records = { 'github-deployments': 'true' }
    await stage.preview({}, { ...deploy, ...records, comment: 'false' })
    expect(stage.hub.comments).toEqual([])
    expect(stage.hub.deployments).toEqual([])
  })
})

describe('variables', () => {
  const variables = { ...production, command: 'variables', variables: 'LOG_LEVEL=debug' }

  it('that were set and not deployed make nothing live, and are reported as set', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('production') })
    await stage.preview({}, { ...variables, services: 'web', redeploy: 'false' })
    expect(headline(stage)).toBe(
      '### ✅ Change of variables in `production` is done; nothing was deployed',
    )
    expect(rows(stage)).toEqual(['web: ✅ Variables set'])
    await stage.preview({}, { ...variables, services: 'web', redeploy: 'false' })
    expect(rows(stage)).toEqual(['web: ✅ Variables unchanged'])
  })

  it('have no row beside the deployment that includes them', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('production') })
    await stage.preview({}, { ...variables, services: 'web' })
    expect(headline(stage)).toBe('### ✅ Change of variables in `production` is live')
    expect(rows(stage)).toEqual(['web: ✅ Live'])
  })

  it('have one if they were refused', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('production') })
    stage.railway.inject({ operation: 'WriteServiceVariables', fault: 'refused' })
    await stage.preview({}, { ...variables, services: 'web' })
    expect(rows(stage)).toEqual(['web: ❌ Refused', 'web: ⏸️ Not started'])
  })

  it('that are shared and unchanged are not reported as deleted', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('production') })
    const shared = { ...variables, 'shared-variables': 'true' }
    await stage.preview({}, shared)
    await stage.preview({}, shared)
    expect(headline(stage)).toBe(
      '### ✅ Change of variables in `production` is done; nothing was deployed',
    )
  })

  it('that were set are not a partial success of a deployment that failed', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('production', scripts.buildFails) })
    const deploy = { ...variables, command: 'deploy', services: 'web' }
    const run = await stage.preview({}, { ...deploy, 'github-deployments': 'true' })
    expect(run.outputs.status).toBe('failure')
    expect(headline(stage)).toBe('### ❌ Deployment to `production` failed')
    expect(stage.hub.deploymentStates()).toEqual(['shop / production: failure'])
  })

  it('without a deployment are reported as set in the summary, also beside unchanged services', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const some = { ...variables, services: 'web\napi', redeploy: 'false' }
    await stage.preview({}, { ...some, services: 'web' })
    const run = await stage.preview({}, some)
    expect(run.summary).toMatch(/^## .*: the variables are set, nothing was deployed$/m)
  })
})

describe('GitHub deployments', () => {
  const inputs = { environment: 'production', 'github-deployments': 'true' }

  it('are recorded for the commit that `deploy` deploys', async () => {
    const stage = await setPreviewStage({ fill: fillWeb('production') })
    await stage.preview({}, { ...inputs, command: 'deploy' })
    expect(stage.hub.deploymentStates()).toEqual(['shop / production: success'])
  })

  it.each([
    ['`rollback`', { command: 'rollback' }],
    ['`variables`', { command: 'variables', variables: 'LOG_LEVEL=debug' }],
  ])(
    'are not recorded for %s, which makes another commit live than that of the event',
    async (_, more) => {
      const stage = await setPreviewStage({
        fill(world) {
          const source = { repo: repository }
          const history = [{ commit: 'a'.repeat(40) }, { commit: 'b'.repeat(40) }]
          const acme = world.workspace('Acme')
          world.service(world.project(acme, 'shop'), 'web', { source, history })
          return world.workspaceToken(acme)
        },
      })
      const run = await stage.preview({}, { ...inputs, ...more })
      expect(run.outputs).toMatchObject({ status: 'success', changed: 'true' })
      expect(stage.hub.deployments).toEqual([])
    },
  )
})
