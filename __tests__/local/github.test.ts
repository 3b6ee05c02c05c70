import { afterEach, describe, expect, it } from '@jest/globals'
import { GitHubWorld, type LocalGitHub, startLocalGitHub } from '../../local/github/index.ts'
import { manualClock } from './railway-harness.ts'

const open: LocalGitHub[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((github) => github.close()))
})

async function start() {
  const clock = manualClock()
  const world = new GitHubWorld({ clock })
  const github = await startLocalGitHub({ world, clock })
  open.push(github)
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${github.url}/repos/acme/shop${path}`, {
      method,
      headers: { authorization: 'token ghs_x' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const { status, headers } = response
    return { status, link: headers.get('link'), body: text === '' ? null : JSON.parse(text) }
  }
  return { world, github, ask }
}

describe('the local GitHub', () => {
  it('returns lists in pages, each with a link to the next one', async () => {
    const { world, ask, github } = await start()
    for (let index = 0; index < 5; index += 1) world.comment(7, `remark ${index}`)
    world.comment(8, 'elsewhere')
    const first = await ask('GET', '/issues/7/comments?per_page=3')
    expect(first.body).toHaveLength(3)
    expect(first.link).toBe(
      `<${github.url}/repos/acme/shop/issues/7/comments?per_page=3&page=2>; rel="next"`,
    )
    const second = await ask('GET', '/issues/7/comments?per_page=3&page=2')
    expect([second.body.length, second.link]).toEqual([2, null])
  })

  it.each([
    ['POST', '/issues/7/comments', { body: 'x' }],
    ['POST', '/deployments', { ref: 'a', required_contexts: [] }],
    ['GET', '/pulls/7', undefined],
  ])('refuses a request without the permission: %s %s', async (method, path, body) => {
    const { world, ask } = await start()
    world.permissions = {}
    expect(await ask(method, path, body)).toMatchObject({
      status: 403,
      body: { message: 'Resource not accessible by integration' },
    })
  })

  it('makes earlier deployments inactive on a success, but not transient ones', async () => {
    const { world, ask } = await start()
    const open = (transient: boolean) =>
      ask('POST', '/deployments', {
        ref: 'a',
        environment: transient ? 'preview' : 'staging',
        required_contexts: [],
        transient_environment: transient,
      })
    for (const transient of [false, false, true, true]) {
      const { body } = await open(transient)
      await ask('POST', `/deployments/${body.id}/statuses`, { state: 'success' })
    }
    expect(world.deploymentStates()).toEqual([
      'staging: inactive',
      'staging: success',
      'preview: success',
      'preview: success',
    ])
  })

  it('refuses a deployment that requires the checks of the commit', async () => {
    const { ask } = await start()
    expect((await ask('POST', '/deployments', { ref: 'a' })).status).toBe(409)
  })

  it('injects a fault as often as its rule says', async () => {
    const { world, github, ask } = await start()
    github.inject({ route: 'createComment', fault: 'status-502-after-effect' })
    expect((await ask('POST', '/issues/7/comments', { body: 'x' })).status).toBe(502)
    expect(world.comments).toHaveLength(1)
    expect((await ask('POST', '/issues/7/comments', { body: 'x' })).status).toBe(201)
    expect(github.requests.map(({ route, fault }) => [route, fault])).toEqual([
      ['createComment', 'status-502-after-effect'],
      ['createComment', null],
    ])
  })
})
