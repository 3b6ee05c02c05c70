import { describe, expect, it } from '@jest/globals'
import { scripts, type World } from '../../local/railway/index.ts'
import { stage } from './fleet.ts'
import { setPreviewStage } from './preview-stage.ts'
import { repository } from './stage.ts'

const live = { commit: 'b'.repeat(40) }

/** Two projects of one name, each with a service `web`, and one of another name. */
function fill(world: World) {
  const acme = world.workspace('Acme')
  const projects = ['shop', 'Shop', 'blog'].map((name, index) => {
    const project = world.project(acme, name)
    const domain = `web-${index}.up.railway.app`
    const web = world.service(project, 'web', { source: { repo: repository }, live, domain })
    return { project, web }
  })
  const [one, two] = projects
  if (!one || !two) throw new Error('no projects')
  return { token: world.workspaceToken(acme), one, two }
}

/** A project with two services of one name. */
function fillTwins(world: World) {
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop')
  const services = [0, 1].map((index) =>
    world.service(shop, 'web', {
      source: { repo: repository },
      live,
      domain: `web-${index}.up.railway.app`,
    }),
  )
  const [one, two] = services
  if (!one || !two) throw new Error('no services')
  return { token: world.workspaceToken(acme), shop, one, two }
}

describe('two projects of one name', () => {
  it('have their ids in `urls`, with one warning', async () => {
    const { run, one, two } = await stage(fill)
    const { json, warnings } = await run({})
    expect(json('urls')).toEqual({
      [`${one.project.id}/web`]: 'https://web-0.up.railway.app',
      [`${two.project.id}/web`]: 'https://web-1.up.railway.app',
      'blog/web': 'https://web-2.up.railway.app',
    })
    const shared = warnings.filter((message) => message.includes('same name'))
    expect(shared).toEqual([expect.stringMatching(/"shop", "Shop".*`urls` contain their ids/)])
  })

  it('are distinguished in the log, the results and the summary', async () => {
    const { run, world, one, two } = await stage(fill)
    world.script(two.web, 'production', [scripts.buildFails])
    const deployed = await run({})
    const log = deployed.log.map(({ text }) => text).join('\n')
    const names = [one, two].map(({ project: { name, id } }) => `${name} (${id})`)
    for (const name of names) {
      expect(log).toContain(`deploy  ${name}/web`)
      expect(deployed.summary).toContain(`| ${name} |`)
    }
    expect(deployed.errors).toEqual([expect.stringContaining(names[1] ?? '')])
    expect(deployed.json('results')).toMatchObject([
      { project: 'shop', projectId: one.project.id, status: 'success' },
      { project: 'Shop', projectId: two.project.id, status: 'failed' },
      { project: 'blog', status: 'success' },
    ])
    expect(log).toContain('blog/web: success')
  })

  it('have a GitHub environment and a row of the comment each', async () => {
    const ids: string[] = []
    const stage = await setPreviewStage({
      fill: (world) => {
        const { token, one, two } = fill(world)
        ids.push(one.project.id, two.project.id)
        return token
      },
    })
    await stage.preview(
      {},
      {
        command: 'deploy',
        environment: 'production',
        comment: 'true',
        'github-deployments': 'true',
      },
    )
    expect(stage.hub.deploymentStates()).toEqual([
      `shop (${ids[0]}) / production: success`,
      `Shop (${ids[1]}) / production: success`,
      'blog / production: success',
    ])
    const body = stage.hub.comments[0]?.body
    expect(body).toContain(`**shop (${ids[0]})**`)
    expect(body).toContain(`**Shop (${ids[1]})**`)
  })
})

describe('two services of one name', () => {
  it('have their ids in `urls`, and rows of their own', async () => {
    const { run, shop, one, two } = await stage(fillTwins)
    const deployed = await run({})
    expect(deployed.outputs.status).toBe('success')
    expect(deployed.json('urls')).toEqual({
      [`shop/${one.id}`]: 'https://web-0.up.railway.app',
      [`shop/${two.id}`]: 'https://web-1.up.railway.app',
    })
    expect(deployed.json('results')).toMatchObject([
      { projectId: shop.id, service: 'web', serviceId: one.id },
      { projectId: shop.id, service: 'web', serviceId: two.id },
    ])
    for (const { id } of [one, two]) expect(deployed.summary).toContain(`[web (${id})]`)
  })

  it('are distinguished in a preview', async () => {
    const ids: string[] = []
    const stage = await setPreviewStage({
      fill: (world) => {
        const { token, one, two } = fillTwins(world)
        ids.push(one.id, two.id)
        return token
      },
    })
    await stage.preview({})
    for (const id of ids) expect(stage.hub.comments[0]?.body).toContain(`[web (${id})]`)
  })
})

describe('names with a slash', () => {
  it('do not lead to one address for two services', async () => {
    const { run, one, two } = await stage((world) => {
      const acme = world.workspace('Acme')
      const add = (project: string, service: string, domain: string) => {
        const made = world.project(acme, project)
        world.service(made, service, { source: { repo: repository }, live, domain })
        return made
      }
      const one = add('a', 'b/c', 'one.up.railway.app')
      const two = add('a/b', 'c', 'two.up.railway.app')
      return { token: world.workspaceToken(acme), one, two }
    })
    const urls = (await run({ command: 'list' })).json('urls')
    expect(Object.keys(urls ?? {}).map((key) => key.split('/')[0])).toEqual([one.id, two.id])
  })
})
