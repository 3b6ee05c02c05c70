import type { Project, Service, Workspace } from './model.ts'
import type { World } from './world.ts'
import type { SeedDeployment } from './world-options.ts'

/** The objects of the sample, for tests that refer to them. */
export interface SampleWorkspace {
  acme: Workspace
  /** A second workspace, which the workspace token of `acme` cannot access. */
  beta: Workspace
  projects: { shop: Project; shopEu: Project; billing: Project; labs: Project; warehouse: Project }
  services: Record<
    'web' | 'api' | 'worker' | 'report' | 'webEu' | 'apiEu' | 'invoices' | 'mailer' | 'playground',
    Service
  >
  tokens: {
    /** Workspace token of `acme`. */
    workspace: string
    /** Workspace token of `beta`. */
    foreign: string
    /** Account token of a member of both workspaces. */
    account: string
    /** OAuth token with access to `acme`. */
    oauth: string
    /** Project token for `shop` in production. */
    project: string
    /** Revoked workspace token of `acme`. */
    revoked: string
  }
  /** The repository that most services are built from. */
  repository: string
  /** A commit of the repository that is not deployed yet. */
  commit: string
}

/**
 * Adds a typical workspace to the world. It has:
 *
 * - two projects that are built from the same repository, and one from another repository
 * - databases from images, a service from an image, and a cron service
 * - a restricted environment
 * - services without a source, one of them with a domain, for uploads
 * - a project in which Railway creates environments for pull requests
 *
 * A second workspace has one project.
 */
export function sampleWorkspace(world: World, { repository = 'acme/shop' } = {}): SampleWorkspace {
  const repo = { repo: repository, branch: 'main' }
  const acme = world.workspace('Acme')
  const beta = world.workspace('Beta')
  const names = ['production', 'staging']
  const history = [
    { commit: world.ids.commit('shop', '1') },
    { commit: world.ids.commit('shop', '2') },
  ]

  const shop = world.project(acme, 'shop', { environments: names })
  database(world, shop, 'Postgres', 'ghcr.io/railwayapp-templates/postgres-ssl:16')
  database(world, shop, 'Redis', 'redis:7.4')
  const variables = { DATABASE_URL: '$' + '{{Postgres.DATABASE_URL}}', LOG_LEVEL: 'info' }
  const web = world.service(shop, 'web', {
    source: repo,
    rootDirectory: '/apps/web',
    domain: true,
    per: { production: { customDomain: 'shop.example.com' } },
    variables: { API_URL: 'https://$' + '{{api.RAILWAY_PUBLIC_DOMAIN}}' },
    history,
  })
  const api = world.service(shop, 'api', {
    source: repo,
    rootDirectory: '/apps/api',
    domain: true,
    targetPort: 8080,
    variables,
    sealed: { STRIPE_KEY: 'sk_live_sample' },
    per: {
      staging: {
        variables: {
          ...variables,
          LOG_LEVEL: 'debug',
          FEATURE_CART: 'on',
          SECRET_OF_STAGING: 'only-for-staging',
        },
      },
    },
    history,
  })
  const worker = world.service(shop, 'worker', {
    source: repo,
    rootDirectory: '/apps/worker',
    variables,
    history,
  })
  const report = world.service(shop, 'nightly-report', {
    source: repo,
    rootDirectory: '/apps/report',
    cron: '0 3 * * *',
    in: ['production'],
    variables,
  })

  const shopEu = world.project(acme, 'shop-eu', { environments: names })
  database(world, shopEu, 'Postgres', 'ghcr.io/railwayapp-templates/postgres-ssl:16')
  const webEu = world.service(shopEu, 'web', { source: repo, domain: true, history })
  const apiEu = world.service(shopEu, 'api', { source: repo, domain: true, variables, history })

  const billing = world.project(acme, 'billing', { environments: names })
  world.environment(billing, 'audit', { restricted: true })
  database(world, billing, 'Postgres', 'ghcr.io/railwayapp-templates/postgres-ssl:16')
  const invoices = world.service(billing, 'invoices', {
    source: { repo: 'acme/billing' },
    domain: true,
    variables,
    in: [...names, 'audit'],
  })
  for (const name of ['reminders', 'exports', 'migrate']) {
    world.service(billing, name, { source: { repo: 'acme/billing' }, variables, in: names })
  }
  const mailer = world.service(billing, 'mailer', {
    source: { image: 'ghcr.io/acme/mailer:1.4.0' },
    in: names,
  })

  const labs = world.project(acme, 'labs', { prDeploys: true })
  const playground = world.service(labs, 'playground', { source: repo, domain: true })
  world.service(labs, 'scratch')

  const blog = world.project(acme, 'blog')
  world.service(blog, 'site', { domain: true })

  const warehouse = world.project(beta, 'warehouse', { environments: names })
  world.service(warehouse, 'stock', { source: { repo: 'beta/warehouse' }, domain: true })

  const revoked = world.workspaceToken(acme)
  world.revoke(revoked)
  return {
    acme,
    beta,
    projects: { shop, shopEu, billing, labs, warehouse },
    services: { web, api, worker, report, webEu, apiEu, invoices, mailer, playground },
    tokens: {
      workspace: world.workspaceToken(acme),
      foreign: world.workspaceToken(beta),
      account: world.accountToken([acme, beta]),
      oauth: world.oauthToken([acme]),
      project: world.projectToken(shop, 'production'),
      revoked,
    },
    repository,
    commit: world.ids.commit('shop', 'next'),
  }
}

function database(world: World, project: Project, name: string, image: string): void {
  const scheme = name.toLowerCase()
  const url = `${scheme}://user:$${'{{PASSWORD}}'}@$${'{{RAILWAY_PRIVATE_DOMAIN}}'}/main`
  world.service(project, name, {
    source: { image },
    variables: {
      PASSWORD: `${name}-secret`,
      [name === 'Redis' ? 'REDIS_URL' : 'DATABASE_URL']: url,
    },
  })
}

export interface LargeWorkspace {
  workspace: Workspace
  token: string
  projects: Project[]
  services: Service[]
  repository: string
  commit: string
}

/** Adds a workspace with so many projects, named `project-001` and so on. All services are built from one repository. */
export function largeWorkspace(
  world: World,
  size: {
    projects: number
    servicesPerProject: number
    environments?: string[]
    /** The deployment that each service serves with. */
    live?: SeedDeployment
  },
): LargeWorkspace {
  const repository = 'acme/fleet'
  const workspace = world.workspace('Fleet')
  const { environments = ['production'], servicesPerProject } = size
  const projects: Project[] = []
  const services: Service[] = []
  for (let index = 1; index <= size.projects; index++) {
    const project = world.project(workspace, `project-${padded(index, 3)}`, { environments })
    projects.push(project)
    for (let number = 1; number <= servicesPerProject; number++) {
      const source = { repo: repository }
      const { live } = size
      services.push(
        world.service(project, `service-${number}`, {
          source,
          domain: number === 1,
          ...(live && { live }),
        }),
      )
    }
  }
  const token = world.workspaceToken(workspace)
  const commit = world.ids.commit('fleet', 'next')
  return { workspace, token, projects, services, repository, commit }
}

const padded = (index: number, digits: number): string => String(index).padStart(digits, '0')
