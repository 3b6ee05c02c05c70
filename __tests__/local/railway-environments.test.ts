import { afterEach, describe, expect, it } from '@jest/globals'
import type { Behaviour } from '../../local/railway/index.ts'
import { bench, closeAll } from './railway-harness.ts'

afterEach(closeAll)

async function shop(behaviour: Partial<Behaviour> = {}) {
  const started = await bench({ behaviour })
  const { ask, world } = started
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop', { environments: ['production', 'staging'] })
  const production = world.environmentOf(project, 'production')
  world.sharedVariables(production, { REGION: 'eu' })
  const web = world.service(project, 'web', {
    source: { repo: 'acme/shop' },
    domain: true,
    targetPort: 3000,
    customDomain: 'shop.example.com',
    variables: { A: '1' },
    sealed: { KEY: 'sealed' },
    in: ['production'],
  })
  const api = world.service(project, 'api', { source: { repo: 'acme/shop' }, in: ['production'] })
  const token = world.workspaceToken(acme)
  const create = async (input: Record<string, unknown> = {}) => {
    const { body } = await ask(
      token,
      'mutation ($input: EnvironmentCreateInput!) { environmentCreate(input: $input) { id name isEphemeral serviceInstances { edges { node { serviceName } } } } }',
      {
        input: {
          projectId: project.id,
          name: 'pr-7',
          sourceEnvironmentId: production.id,
          ephemeral: true,
          skipInitialDeploys: true,
          applyChangesInBackground: true,
          ...input,
        },
      },
    )
    return body.data?.environmentCreate ?? body.errors[0].message
  }
  const look = async (id: string, fields: string) => {
    const { body } = await ask(token, `{ environment(id: "${id}") { ${fields} } }`)
    return body.data?.environment ?? body.errors[0].message
  }
  const mutate = async (mutation: string, variables: Record<string, unknown> = {}) => {
    const { body } = await ask(token, mutation, variables)
    return body.data ?? body.errors[0].message
  }
  const listed = async () => {
    const { body } = await ask(
      token,
      `{ environments(projectId: "${project.id}") { edges { node { name } } } }`,
    )
    return body.data.environments.edges.map(({ node }: { node: { name: string } }) => node.name)
  }
  const preview = () => world.environmentOf(project, 'pr-7')
  return {
    ...started,
    acme,
    project,
    production,
    web,
    api,
    token,
    create,
    look,
    mutate,
    listed,
    preview,
  }
}

describe('creating an environment in the background', () => {
  it('responds immediately, and adds the services later', async () => {
    const { clock, create, look } = await shop()
    const { id, isEphemeral, serviceInstances } = await create()
    expect({ isEphemeral, serviceInstances }).toEqual({
      isEphemeral: true,
      serviceInstances: { edges: [] },
    })
    await clock.pass(8)
    const { serviceInstances: later } = await look(
      id,
      'serviceInstances { edges { node { serviceName } } }',
    )
    expect(later.edges).toHaveLength(2)
  })

  it('adds the services one by one if `cloneStepSeconds` is set', async () => {
    const { clock, create, look } = await shop({ cloneSeconds: 5, cloneStepSeconds: 5 })
    const { id } = await create()
    await clock.pass(5)
    const fields = 'serviceInstances { edges { node { serviceName } } }'
    expect((await look(id, fields)).serviceInstances.edges).toHaveLength(1)
  })

  it('has a patch that is committed at the end', async () => {
    const { clock, create, ask, token } = await shop()
    const { id } = await create()
    const state = async () => {
      const { body } = await ask(
        token,
        `{ environmentStagedChanges(environmentId: "${id}") { status lastAppliedError } }`,
      )
      return body.data.environmentStagedChanges.status
    }
    expect(await state()).toBe('APPLYING')
    await clock.pass(8)
    expect(await state()).toBe('COMMITTED')
  })

  it('has a patch that failed if the clone fails', async () => {
    const { ask, clock, create, token } = await shop({ cloneError: 'no room', cloneOmits: ['api'] })
    const { id } = await create()
    await clock.pass(8)
    const { body } = await ask(
      token,
      `{ environmentStagedChanges(environmentId: "${id}") { status lastAppliedError environment { serviceInstances { edges { node { serviceName } } } } } }`,
    )
    expect(body.data.environmentStagedChanges).toMatchObject({
      status: 'FAILED',
      lastAppliedError: 'no room',
      environment: { serviceInstances: { edges: [{ node: { serviceName: 'web' } }] } },
    })
  })
})

describe('creating an environment and waiting for it', () => {
  it('delays the response, and holds the request at the clock', async () => {
    const { clock, create } = await shop()
    let done = false
    const created = create({ applyChangesInBackground: false }).then((answer) => {
      done = true
      return answer
    })
    while (clock.held.length === 0) await new Promise(setImmediate)
    expect(done).toBe(false)
    await clock.pass(8)
    expect((await created).serviceInstances.edges).toHaveLength(2)
    expect(clock.held).toEqual([])
  })
})

describe('a clone', () => {
  it('has the branch and the variables of its source, except sealed ones', async () => {
    const { clock, create, preview, web, world } = await shop()
    await create()
    await clock.pass(8)
    world.runDueEvents()
    const copy = world.instance(web, 'pr-7')
    expect(preview().triggers.map(({ branch, repository }) => [repository, branch])).toEqual([
      ['acme/shop', 'main'],
      ['acme/shop', 'main'],
    ])
    expect([...copy.variables.keys()]).toEqual(['A'])
    expect(preview().sharedVariables.get('REGION')?.value).toBe('eu')
    expect(world.push('acme/shop', 'main', 'a'.repeat(40))).toHaveLength(4)
  })

  it.each([
    [false, null],
    [true, 'web-pr-7.up.railway.app'],
  ])('has Railway domains: %s, and never custom ones', async (cloneDomains, domain) => {
    const { clock, create, web, world } = await shop({ cloneDomains })
    await create()
    await clock.pass(8)
    world.runDueEvents()
    const { customDomains, serviceDomains } = world.instance(web, 'pr-7')
    expect(serviceDomains[0]?.domain ?? null).toBe(domain)
    expect(customDomains).toEqual([])
  })

  it('deploys every service, unless `skipInitialDeploys` is set', async () => {
    const { clock, create, world } = await shop()
    await create({ name: 'quiet' })
    await clock.pass(30)
    expect(world.newDeployments()).toEqual([])
    await create({ skipInitialDeploys: false })
    await clock.pass(30)
    expect(world.newDeployments()).toMatchObject([
      { environment: 'pr-7', service: 'web', cause: 'clone', status: 'BUILDING' },
      { environment: 'pr-7', service: 'api', cause: 'clone' },
    ])
  })

  it('is a staged patch with `stageInitialChanges`', async () => {
    const { clock, create, mutate, preview, world } = await shop()
    const { id } = await create({ stageInitialChanges: true })
    await clock.pass(30)
    world.runDueEvents()
    expect(preview().instances).toEqual([])
    await mutate(
      `mutation { environmentPatchCommitStaged(environmentId: "${id}", skipDeploys: true) }`,
    )
    await clock.pass(3)
    world.runDueEvents()
    expect(preview().instances.map(({ service }) => service.name)).toEqual(['web', 'api'])
    expect(preview().triggers.map(({ branch }) => branch)).toEqual(['main', 'main'])
    expect(world.newDeployments()).toEqual([])
  })
})

describe('creating a second environment', () => {
  it('within half a minute is refused with HTTP 200, and creates nothing', async () => {
    const { clock, create, listed } = await shop()
    await create()
    await clock.pass(29)
    expect(await create({ name: 'pr-8' })).toBe(
      'You are creating environments too quickly. This workspace allows 1 environment per 30 seconds',
    )
    expect(await listed()).toEqual(['production', 'staging', 'pr-7'])
    await clock.pass(1)
    expect(await create({ name: 'pr-8' })).toMatchObject({ name: 'pr-8' })
  })

  it.each([
    ['refused', 'An environment named "pr-7" already exists in this project'],
    ['allowed', { name: 'pr-7' }],
  ] as const)('of the same name: %s', async (duplicateEnvironmentNames, expected) => {
    const { clock, create } = await shop({ duplicateEnvironmentNames })
    await create()
    await clock.pass(60)
    const second = await create()
    if (typeof expected === 'string') expect(second).toBe(expected)
    else expect(second).toMatchObject(expected)
  })

  it('with a project token is refused', async () => {
    const { ask, project, world } = await shop()
    const token = world.projectToken(project, 'production')
    const mutation = `mutation { environmentCreate(input: { projectId: "${project.id}", name: "x" }) { id } }`
    const { body } = await ask({ 'project-access-token': token }, mutation)
    expect(body.errors[0].message).toBe('Not Authorized')
  })
})

describe('lists of environments', () => {
  it('may not contain a new environment yet', async () => {
    const { clock, create, listed, look } = await shop({ listLagSeconds: 28 })
    const { id } = await create()
    expect(await listed()).toEqual(['production', 'staging'])
    expect(await look(id, 'name')).toEqual({ name: 'pr-7' })
    await clock.pass(28)
    expect(await listed()).toEqual(['production', 'staging', 'pr-7'])
  })

  it('may contain a deleted environment for some time', async () => {
    const { clock, create, listed, mutate } = await shop({ deletedLingerSeconds: 5 })
    const { id } = await create()
    expect(await mutate(`mutation { environmentDelete(id: "${id}") }`)).toEqual({
      environmentDelete: true,
    })
    expect(await listed()).toContain('pr-7')
    await clock.pass(5)
    expect(await listed()).not.toContain('pr-7')
  })
})

describe('deleting an environment', () => {
  it('twice is an error without a reason', async () => {
    const { create, look, mutate } = await shop()
    const { id } = await create()
    await mutate(`mutation { environmentDelete(id: "${id}") }`)
    expect(await mutate(`mutation { environmentDelete(id: "${id}") }`)).toBe(
      'Problem processing request',
    )
    expect(await look(id, 'deletedAt')).toEqual({ deletedAt: expect.any(String) })
  })

  it('while it is being cloned ends the clone', async () => {
    const { clock, create, mutate, world } = await shop()
    const { id } = await create({ skipInitialDeploys: false })
    await mutate(`mutation { environmentDelete(id: "${id}") }`)
    await clock.pass(60)
    expect(world.newDeployments()).toEqual([])
  })
})

describe('a patch', () => {
  const commit = `mutation ($id: String!, $patch: EnvironmentConfig) { environmentPatchCommit(environmentId: $id, patch: $patch, commitMessage: "m") }`

  async function filled(behaviour: Partial<Behaviour> = {}) {
    const started = await shop(behaviour)
    const { id } = await started.create()
    await started.clock.pass(30)
    const state = async (workflow: string) => {
      const { body } = await started.ask(
        started.token,
        `{ workflowStatus(workflowId: "${workflow}") { status error } }`,
      )
      return body.data.workflowStatus
    }
    return { ...started, id, state }
  }

  it('changes branch, variables and image together, and deploys the changed services', async () => {
    const { api, clock, id, mutate, preview, state, web, world } = await filled()
    world.heads.set('acme/shop#feature', 'f'.repeat(40))
    const patch = {
      services: {
        [web.id]: { source: { branch: 'feature' }, variables: { A: null, B: { value: 'b' } } },
        [api.id]: { source: { image: 'ghcr.io/acme/api:2' } },
      },
    }
    const { environmentPatchCommit: workflow } = await mutate(commit, { id, patch })
    expect(await state(workflow)).toEqual({ status: 'Running', error: null })
    expect(world.newDeployments()).toEqual([])
    await clock.pass(3)
    expect(await state(workflow)).toEqual({ status: 'Complete', error: null })
    expect(world.newDeployments()).toMatchObject([
      { service: 'web', commit: 'f'.repeat(40), cause: 'patch' },
      { service: 'api', image: 'ghcr.io/acme/api:2', cause: 'patch' },
    ])
    expect([...world.instance(web, 'pr-7').variables.keys()]).toEqual(['B'])
    expect(preview().triggers[0]?.branch).toBe('feature')
  })

  it('for a service that is not in the environment needs `isCreated`', async () => {
    const { clock, id, mutate, project, state, world } = await filled({ workflowHiddenSeconds: 1 })
    const extra = world.service(project, 'extra', { in: [] })
    const add = (more: object) => ({
      id,
      patch: { services: { [extra.id]: { source: { image: 'redis' }, ...more } } },
    })
    const first = await mutate(commit, add({}))
    expect(await state(first.environmentPatchCommit)).toMatchObject({ status: 'NotFound' })
    await clock.pass(3)
    expect(await state(first.environmentPatchCommit)).toEqual({
      status: 'Error',
      error: 'ServiceInstance not found',
    })
    await mutate(commit, add({ isCreated: true }))
    await clock.pass(3)
    expect(world.newDeployments()).toMatchObject([{ service: 'extra', image: 'redis' }])
  })

  it('with an invalid format is refused', async () => {
    const { id, mutate } = await filled()
    const patch = { services: { x: { variables: { A: 1 } } } }
    expect(await mutate(commit, { id, patch })).toBe('Problem processing request')
  })

  it('that is staged replaces the staged changes, or is merged with them', async () => {
    const { id, mutate, preview, web } = await filled()
    const stage = `mutation ($id: String!, $input: EnvironmentConfig!, $merge: Boolean) {
      environmentStageChanges(environmentId: $id, input: $input, merge: $merge) { status } }`
    const input = (name: string) => ({
      services: { [web.id]: { variables: { [name]: { value: '1' } } } },
    })
    const names = () => JSON.stringify(preview().patches.at(-1)?.config).match(/[XYZ](?=":)/g)
    await mutate(stage, { id, input: input('X') })
    await mutate(stage, { id, input: input('Y'), merge: true })
    expect(names()).toEqual(['X', 'Y'])
    await mutate(stage, { id, input: input('Z') })
    expect(names()).toEqual(['Z'])
  })

  it('cannot be committed if nothing is staged', async () => {
    const { id, mutate } = await filled()
    const mutation = `mutation { environmentPatchCommitStaged(environmentId: "${id}") }`
    expect(await mutate(mutation)).toBe('No patch to apply')
  })
})

describe('pointing a preview at its branch', () => {
  async function filled(behaviour: Partial<Behaviour> = {}) {
    const started = await shop(behaviour)
    const { id } = await started.create()
    await started.clock.pass(30)
    const { deploymentTriggers } = await started.look(
      id,
      'deploymentTriggers { edges { node { id branch serviceId } } }',
    )
    return { ...started, id, trigger: deploymentTriggers.edges[0].node.id }
  }
  const update =
    'mutation ($id: String!) { deploymentTriggerUpdate(id: $id, input: { branch: "feature" }) { branch } }'

  it.each([
    [false, 0],
    [true, 1],
  ])('by its trigger, which may deploy: %s', async (triggerUpdateDeploys, count) => {
    const { mutate, trigger, world } = await filled({ triggerUpdateDeploys })
    expect(await mutate(update, { id: trigger })).toEqual({
      deploymentTriggerUpdate: { branch: 'feature' },
    })
    expect(world.newDeployments()).toHaveLength(count)
    expect(world.push('acme/shop', 'feature', 'b'.repeat(40))).toHaveLength(1)
  })

  it('by giving it a domain, one only', async () => {
    const { id, mutate, web } = await filled()
    const create = `mutation { serviceDomainCreate(input: { environmentId: "${id}", serviceId: "${web.id}", targetPort: 3000 }) { domain targetPort syncStatus } }`
    expect(await mutate(create)).toEqual({
      serviceDomainCreate: {
        domain: 'web-pr-7.up.railway.app',
        targetPort: 3000,
        syncStatus: 'ACTIVE',
      },
    })
    expect(await mutate(create)).toBe('A service can only have one Railway domain')
  })

  it('reads and switches autodeploy', async () => {
    const { ask, id, mutate, project, token, web } = await filled()
    const place = `projectId: "${project.id}", environmentId: "${id}", serviceId: "${web.id}"`
    const state = async () =>
      (await ask(token, `{ serviceInstanceAutoDeployStatus(${place}) { enabled canEnable } }`)).body
        .data.serviceInstanceAutoDeployStatus
    expect(await state()).toEqual({ enabled: true, canEnable: true })
    await mutate(
      `mutation { serviceInstanceAutoDeployUpdate(input: { ${place}, enabled: false }) { enabled } }`,
    )
    expect(await state()).toEqual({ enabled: false, canEnable: true })
  })
})
