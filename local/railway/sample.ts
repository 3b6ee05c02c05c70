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

/** The parts that several projects of the sample have in common. */
interface Common {
  world: World
  acme: Workspace
  environments: string[]
  /** The source of the services that are built from the main repository. */
  source: { repo: string; branch: string }
  history: SeedDeployment[]
  variables: Record<string, string>
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
  const acme = world.workspace('Acme')
  const beta = world.workspace('Beta')
  const common: Common = {
    world,
    acme,
    environments: ['production', 'staging'],
    source: { repo: repository, branch: 'main' },
    history: ['1', '2'].map((name) => ({ commit: world.ids.commit('shop', name) })),
    variables: { DATABASE_URL: '$' + '{{Postgres.DATABASE_URL}}', LOG_LEVEL: 'info' },
  }
  const { shop, ...shopServices } = addShop(common)
  const { shopEu, ...shopEuServices } = addShopEu(common)
  const { billing, ...billingServices } = addBilling(common)
  const { labs, ...labsServices } = addLabs(common)
  addBlog(common)
  const warehouse = addWarehouse(common, beta)
  return {
    acme,
    beta,
    projects: { shop, shopEu, billing, labs, warehouse },
    services: { ...shopServices, ...shopEuServices, ...billingServices, ...labsServices },
    tokens: addTokens(world, { acme, beta, shop }),
    repository,
    commit: world.ids.commit('shop', 'next'),
  }
}

function addShop(common: Common) {
  const { world, acme, environments, source, history, variables } = common
  const shop = world.project(acme, 'shop', { environments })
  addDatabase(world, shop, 'Postgres', 'ghcr.io/railwayapp-templates/postgres-ssl:16')
  addDatabase(world, shop, 'Redis', 'redis:7.4')
  const web = world.service(shop, 'web', {
    source,
    rootDirectory: '/apps/web',
    domain: true,
    per: { production: { customDomain: 'shop.example.com' } },
    variables: { API_URL: 'https://$' + '{{api.RAILWAY_PUBLIC_DOMAIN}}' },
    history,
  })
  const api = addShopApi(common, shop)
  const worker = world.service(shop, 'worker', {
    source,
    rootDirectory: '/apps/worker',
    variables,
    history,
  })
  const report = world.service(shop, 'nightly-report', {
    source,
    rootDirectory: '/apps/report',
    cron: '0 3 * * *',
    in: ['production'],
    variables,
  })
  return { shop, web, api, worker, report }
}

/** Adds the service with a sealed variable and with different variables in each environment. */
function addShopApi({ world, source, history, variables }: Common, shop: Project): Service {
  const ofStaging = {
    ...variables,
    LOG_LEVEL: 'debug',
    FEATURE_CART: 'on',
    SECRET_OF_STAGING: 'only-for-staging',
  }
  return world.service(shop, 'api', {
    source,
    rootDirectory: '/apps/api',
    domain: true,
    targetPort: 8080,
    variables,
    sealed: { STRIPE_KEY: 'sk_live_sample' },
    per: { staging: { variables: ofStaging } },
    history,
  })
}

function addShopEu({ world, acme, environments, source, history, variables }: Common) {
  const shopEu = world.project(acme, 'shop-eu', { environments })
  addDatabase(world, shopEu, 'Postgres', 'ghcr.io/railwayapp-templates/postgres-ssl:16')
  const webEu = world.service(shopEu, 'web', { source, domain: true, history })
  const apiEu = world.service(shopEu, 'api', { source, domain: true, variables, history })
  return { shopEu, webEu, apiEu }
}

/** Adds the project with another repository, a service from an image and the restricted environment `audit`. */
function addBilling({ world, acme, environments, variables }: Common) {
  const source = { repo: 'acme/billing' }
  const billing = world.project(acme, 'billing', { environments })
  world.environment(billing, 'audit', { restricted: true })
  addDatabase(world, billing, 'Postgres', 'ghcr.io/railwayapp-templates/postgres-ssl:16')
  const invoices = world.service(billing, 'invoices', {
    source,
    domain: true,
    variables,
    in: [...environments, 'audit'],
  })
  for (const name of ['reminders', 'exports', 'migrate']) {
    world.service(billing, name, { source, variables, in: environments })
  }
  const mailer = world.service(billing, 'mailer', {
    source: { image: 'ghcr.io/acme/mailer:1.4.0' },
    in: environments,
  })
  return { billing, invoices, mailer }
}

/** Adds the project in which Railway creates environments for pull requests. */
function addLabs({ world, acme, source }: Common) {
  const labs = world.project(acme, 'labs', { prDeploys: true })
  const playground = world.service(labs, 'playground', { source, domain: true })
  world.service(labs, 'scratch')
  return { labs, playground }
}

/** Adds the project whose service has a domain and no source, for uploads. */
function addBlog({ world, acme }: Common): void {
  const blog = world.project(acme, 'blog')
  world.service(blog, 'site', { domain: true })
}

/** Adds the project of the second workspace. */
function addWarehouse({ world, environments }: Common, beta: Workspace): Project {
  const warehouse = world.project(beta, 'warehouse', { environments })
  world.service(warehouse, 'stock', { source: { repo: 'beta/warehouse' }, domain: true })
  return warehouse
}

function addTokens(
  world: World,
  { acme, beta, shop }: { acme: Workspace; beta: Workspace; shop: Project },
): SampleWorkspace['tokens'] {
  const revoked = world.workspaceToken(acme)
  world.revoke(revoked)
  return {
    workspace: world.workspaceToken(acme),
    foreign: world.workspaceToken(beta),
    account: world.accountToken([acme, beta]),
    oauth: world.oauthToken([acme]),
    project: world.projectToken(shop, 'production'),
    revoked,
  }
}

function addDatabase(world: World, project: Project, name: string, image: string): void {
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

/** Adds a workspace with this number of projects, named `project-001` and so on. All services are built from one repository. */
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
