import type { Clock } from '../clock.ts'
import { type Behaviour, defaultBehaviour } from './behaviour.ts'
import { type DeploymentFacts, deploymentFacts, seedDeployment } from './deployments.ts'
import { Ids } from './ids.ts'
import {
  deleteEnvironmentNow,
  deleteProjectNow,
  deployingRoots,
  now,
  type RefusalOptions,
  removeServiceNow,
  supersede,
  type When,
} from './incidents.ts'
import type {
  Deployment,
  DeploymentTrigger,
  Domain,
  Environment,
  Patch,
  Project,
  Service,
  ServiceInstance,
  Source,
  Token,
  TokenKind,
  Upload,
  User,
  VariableSet,
  VolumeMount,
  Workflow,
  Workspace,
} from './model.ts'
import { finishChecks, push } from './pushes.ts'
import { tick } from './schedule.ts'
import { type Script, scripts } from './script.ts'
import { type Serving, snapshot } from './snapshot.ts'
import type {
  EnvironmentOptions,
  ProjectOptions,
  ServiceInstanceOptions,
  ServiceOptions,
  WorkspaceOptions,
  WorldOptions,
} from './world-options.ts'

export function createWorld(options: WorldOptions): World {
  return new World(options)
}

/** The maps that make up the world, in which everything is found by its id or name. */
const keptMaps = [
  'tokens',
  'workflows',
  'scripts',
  'digests',
  'heads',
  'knownCommits',
  'projects',
  'environments',
  'services',
  'deployments',
  'triggers',
  'patches',
  'hiddenCommits',
  'changedFiles',
  'reservedNames',
  'refusals',
] as const

/** A world as data. Its objects refer to each other. */
export interface WorldState {
  readonly workspaces: readonly Workspace[]
  readonly uploads: readonly Upload[]
  readonly defaults: World['defaults']
  readonly domains: readonly string[]
  readonly counts: ReadonlyMap<string, number>
  readonly maps: Readonly<Record<string, ReadonlyMap<string, unknown>>>
}

/** Everything there is at the local Railway, and the ways to fill it. */
export class World {
  readonly clock: Clock
  readonly ids: Ids
  readonly behaviour: Behaviour
  readonly workspaces: Workspace[] = []
  readonly tokens = new Map<string, Token>()
  readonly uploads: Upload[] = []
  readonly workflows = new Map<string, Workflow>()
  /** Scripts of the next deployments, by `<service id>/<environment name>`. */
  readonly scripts = new Map<string, Script[]>()
  /** Scripts of deployments for which none is given. */
  defaults: { build: Script; image: Script; rollback: Script } = {
    build: scripts.succeeds,
    image: scripts.image,
    rollback: scripts.rollsBack,
  }
  /** The digests that the registry has under an image's name. */
  readonly digests = new Map<string, string>()
  /** The commit at the tip of `<repository>#<branch>`. */
  readonly heads = new Map<string, string>()
  /** The only commits that a repository has, where that was said. */
  readonly knownCommits = new Map<string, Set<string>>()
  readonly projects = new Map<string, Project>()
  readonly environments = new Map<string, Environment>()
  readonly services = new Map<string, Service>()
  readonly deployments = new Map<string, Deployment>()
  readonly triggers = new Map<string, DeploymentTrigger>()
  readonly patches = new Map<string, Patch>()
  readonly #domains = new Set<string>()
  readonly #jobs: { at: number; run: () => void }[] = []
  #awaited: { left: number; root: string | null; happen: () => void }[] = []
  /** Commits that exist at GitHub and are not known to Railway before that time. */
  readonly hiddenCommits = new Map<string, number>()
  /** The files that a commit changes. Railway compares them with the watch paths. */
  readonly changedFiles = new Map<string, string[]>()
  /** Until when a name cannot be used, by `<project id>/<name>`. */
  readonly reservedNames = new Map<string, number>()
  /** Refusals of mutations, and of the upload as `up`, by their root field. */
  readonly refusals = new Map<string, string>()

  constructor({ clock, seed = 'railway', behaviour = {} }: WorldOptions) {
    this.clock = clock
    this.ids = new Ids(seed)
    this.behaviour = { ...defaultBehaviour, ...behaviour }
  }

  /** The time at which everything was made that is there from the start. */
  get #founded(): number {
    return this.now() - 30 * 86_400_000
  }

  now(): number {
    return this.clock.now()
  }

  /** Something that happens at a time; it is carried out when somebody looks at the world afterwards. */
  later(at: number, run: () => void): void {
    this.#jobs.push({ at, run })
  }

  /** Carries out what has become due, in order. The server calls it before every request. */
  settle(): void {
    for (;;) {
      const now = this.now()
      let next = -1
      for (const [index, job] of this.#jobs.entries()) {
        if (job.at <= now && job.at < (this.#jobs[next]?.at ?? Infinity)) next = index
      }
      const [job] = next < 0 ? [] : this.#jobs.splice(next, 1)
      if (!job) return
      job.run()
    }
  }

  /** Something that happens at once, after some time, or after some requests, while clients are at work. */
  after(when: When, happen: () => void): void {
    if ('seconds' in when && when.seconds > 0) {
      this.later(this.now() + when.seconds * 1000, happen)
    } else if ('requests' in when && when.requests > 0) {
      this.#awaited.push({ left: when.requests, root: when.root ?? null, happen })
    } else {
      happen()
    }
  }

  /** Carries out what was to happen after the requests so far. The server calls it before every request. */
  arrive(): void {
    const due = this.#awaited.filter(({ left }) => left === 0)
    this.#awaited = this.#awaited.filter(({ left }) => left > 0)
    for (const { happen } of due) happen()
    this.settle()
  }

  /** Counts a request, once its root fields are known. */
  count(roots: string[]): void {
    for (const one of this.#awaited) {
      if (one.left > 0 && (one.root === null || roots.includes(one.root))) one.left--
    }
  }

  // Tokens

  workspaceToken(workspace: Workspace): string {
    return this.#token('workspace', { workspaces: [workspace] })
  }

  accountToken(
    workspaces: Workspace[],
    options: { projects?: Project[]; hasTwoFactor?: boolean; name?: string } = {},
  ): string {
    const { projects = [] } = options
    return this.#token('account', { workspaces, projects, user: this.#user(options) })
  }

  /** An OAuth access token with what the person consented to. */
  oauthToken(
    workspaces: Workspace[],
    options: {
      scopes?: string[]
      projects?: Project[]
      hasTwoFactor?: boolean
      name?: string
    } = {},
  ): string {
    const { projects = [], scopes = ['openid', 'email', 'profile', 'workspace:admin'] } = options
    return this.#token('oauth', { workspaces, projects, scopes, user: this.#user(options) })
  }

  projectToken(project: Project, environment: Environment | string): string {
    const reached =
      typeof environment === 'string' ? this.environmentOf(project, environment) : environment
    return this.#token('project', { environment: reached })
  }

  /** Revokes the token, now or later. A token that expires is refused in the same words. */
  revoke(token: string, when: When = now): void {
    this.after(when, () => {
      const known = this.tokens.get(token)
      if (known) known.revoked = true
    })
  }

  #token(kind: TokenKind, facts: Partial<Token>): string {
    const value = this.ids.next('token', kind)
    this.tokens.set(value, {
      kind,
      value,
      user: null,
      workspaces: [],
      projects: [],
      scopes: [],
      environment: null,
      revoked: false,
      ...facts,
    })
    return value
  }

  #user({ name = 'Robin', hasTwoFactor = true }: { name?: string; hasTwoFactor?: boolean }): User {
    const email = `${name.toLowerCase()}@example.com`
    return { id: this.ids.uuid('user', name), name, email, hasTwoFactor }
  }

  // Workspaces, projects, environments

  workspace(name: string, options: WorkspaceOptions = {}): Workspace {
    const { plan = 'pro', enforcesTwoFactor = false, builders = null } = options
    const workspace: Workspace = {
      id: this.ids.next('workspace', name),
      name,
      plan,
      createdAt: this.#founded,
      enforcesTwoFactor,
      projects: [],
      lastEnvironmentAt: null,
      builders,
    }
    this.workspaces.push(workspace)
    return workspace
  }

  project(workspace: Workspace, name: string, options: ProjectOptions = {}): Project {
    const { environments = ['production'], baseEnvironment, deleted = false } = options
    const project: Project = {
      id: this.ids.next('project', workspace.id, name),
      name,
      workspace,
      createdAt: this.#founded,
      deletedAt: deleted ? this.now() : null,
      prDeploys: options.prDeploys ?? false,
      botPrEnvironments: options.botPrEnvironments ?? false,
      focusedPrEnvironments: options.focusedPrEnvironments ?? false,
      baseEnvironment: null,
      environments: [],
      services: [],
    }
    workspace.projects.push(project)
    this.projects.set(project.id, project)
    for (const environment of environments) this.environment(project, environment)
    if (baseEnvironment) project.baseEnvironment = this.environmentOf(project, baseEnvironment)
    return project
  }

  environment(project: Project, name: string, options: EnvironmentOptions = {}): Environment {
    const { restricted = false, source, deleted = false } = options
    const every: TokenKind[] = ['account', 'workspace', 'oauth', 'project']
    const environment: Environment = {
      id: this.ids.next('environment', project.id, name),
      name,
      project,
      createdAt: this.#founded,
      visibleFrom: this.#founded,
      deletedAt: deleted ? this.now() : null,
      ephemeral: options.ephemeral ?? false,
      restrictedFor: Array.isArray(restricted) ? restricted : restricted ? every : [],
      source: source ? this.environmentOf(project, source) : null,
      meta: options.meta ?? null,
      instances: [],
      triggers: [],
      sharedVariables: new Map(),
      patches: [],
    }
    project.environments.push(environment)
    this.environments.set(environment.id, environment)
    return environment
  }

  /** The environment of that name that is still there. */
  environmentOf(project: Project, name: string): Environment {
    const found = project.environments.find((one) => one.name === name && one.deletedAt === null)
    if (!found) throw new Error(`${project.name} has no environment ${name}`)
    return found
  }

  sharedVariables(environment: Environment, variables: Record<string, string>): void {
    for (const [name, value] of Object.entries(variables)) {
      environment.sharedVariables.set(name, { value, sealed: false })
    }
  }

  // Services

  service(project: Project, name: string, options: ServiceOptions = {}): Service {
    const { in: names = project.environments.map((one) => one.name), per = {} } = options
    const service: Service = {
      id: this.ids.next('service', project.id, name),
      name,
      project,
      createdAt: this.#founded,
      deletedAt: options.deleted ? this.now() : null,
      restricted: options.restricted ?? false,
    }
    project.services.push(service)
    this.services.set(service.id, service)
    for (const environment of names) {
      const place = this.environmentOf(project, environment)
      this.#seedInstance(service, place, { ...options, ...per[environment] })
    }
    return service
  }

  /** An instance without anything in it. */
  addInstance(service: Service, environment: Environment, at: number): ServiceInstance {
    const instance: ServiceInstance = {
      id: this.ids.next('instance', service.id, environment.id),
      service,
      environment,
      createdAt: at,
      deletedAt: null,
      source: null,
      settings: {
        rootDirectory: null,
        cronSchedule: null,
        startCommand: null,
        buildCommand: null,
        healthcheckPath: null,
        railwayConfigFile: null,
        watchPatterns: [],
      },
      foundConfigFile: null,
      variables: new Map(),
      autoDeploy: true,
      serviceDomains: [],
      volumes: [],
      customDomains: [],
      registryCredentials: null,
      deployments: [],
    }
    environment.instances.push(instance)
    return instance
  }

  addTrigger(
    instance: ServiceInstance,
    facts: { repository: string; branch: string; checkSuites?: boolean },
  ): DeploymentTrigger {
    const trigger: DeploymentTrigger = {
      id: this.ids.next('trigger', instance.id),
      instance,
      repository: facts.repository,
      branch: facts.branch,
      checkSuites: facts.checkSuites ?? false,
      rootDirectory: instance.settings.rootDirectory,
    }
    instance.environment.triggers.push(trigger)
    this.triggers.set(trigger.id, trigger)
    return trigger
  }

  addDomain(domains: Domain[], domain: string, targetPort: number | null, at: number): Domain {
    const added: Domain = {
      id: this.ids.next('domain', domain),
      domain,
      targetPort,
      createdAt: at,
      activeFrom: at + this.behaviour.domainSeconds * 1000,
      deletedAt: null,
      verified: true,
    }
    this.#domains.add(domain)
    domains.push(added)
    return added
  }

  addVolume(instance: ServiceInstance, name: string, mountPath: string, at: number): VolumeMount {
    const volume = {
      id: this.ids.uuid('volume', instance.service.id, name),
      name,
      createdAt: instance.service.createdAt,
    }
    const id = this.ids.next('volume-instance', instance.id, name)
    const added: VolumeMount = { id, volume, mountPath, createdAt: at }
    instance.volumes.push(added)
    return added
  }

  instance(service: Service, environment: Environment | string): ServiceInstance {
    const found = service.project.environments
      .filter((one) => one === environment || (one.name === environment && one.deletedAt === null))
      .flatMap((one) => one.instances)
      .find((one) => one.service === service && one.deletedAt === null)
    if (!found) throw new Error(`no instance of ${service.name} there`)
    return found
  }

  #seedInstance(service: Service, environment: Environment, options: ServiceInstanceOptions): void {
    const now = this.#founded
    const instance = this.addInstance(service, environment, now)
    const { source = 'none', domain = false, customDomain, targetPort = null } = options
    instance.source = toSource(source)
    instance.settings.rootDirectory = options.rootDirectory ?? null
    instance.settings.cronSchedule = options.cron ?? null
    instance.settings.startCommand = options.startCommand ?? null
    instance.settings.healthcheckPath = options.healthcheckPath ?? null
    instance.settings.railwayConfigFile = options.railwayConfigFile ?? null
    instance.foundConfigFile = options.foundConfigFile ?? null
    instance.settings.watchPatterns = options.watchPatterns ?? []
    instance.autoDeploy = options.autoDeploy ?? true
    setAll(instance.variables, options.variables, false)
    setAll(instance.variables, options.sealed, true)
    if (domain) {
      const name = domain === true ? this.domainName(instance) : domain
      this.addDomain(instance.serviceDomains, name, targetPort, now)
    }
    if (customDomain) {
      const added = this.addDomain(instance.customDomains, customDomain, targetPort, now)
      added.verified = options.customDomainVerified ?? true
    }
    if (options.volume) this.addVolume(instance, `${service.name}-volume`, options.volume, now)
    if (typeof source === 'object' && 'repo' in source && options.trigger !== false) {
      const { branch = 'main', repo } = source
      const checkSuites = options.checkSuites ?? false
      this.addTrigger(instance, { repository: repo, branch, checkSuites })
    }
    const history = options.history ?? []
    for (const [index, past] of history.entries()) {
      seedDeployment(this, instance, { minutesAgo: 1440 * (history.length - index + 1), ...past })
    }
    const live = options.live ?? (source === 'none' ? false : {})
    if (live !== false) seedDeployment(this, instance, live)
    if (options.deleted) instance.deletedAt = now
  }

  /** The domain that Railway gives an instance: distinct even where two projects have a service `web`. */
  domainName({ id, environment, service }: ServiceInstance): string {
    const plain = `${slug(service.name)}-${slug(environment.name)}`
    const free = !this.#domains.has(`${plain}.up.railway.app`)
    return `${free ? plain : `${plain}-${id.slice(0, 4)}`}.up.railway.app`
  }

  // What happens

  /**
   * Sets the scripts of the next deployments of this instance, one each. The environment may be one that
   * is not there yet, or `*` for every environment.
   */
  script(service: Service, environment: string, next: Script[]): void {
    const key = `${service.id}/${environment}`
    this.scripts.set(key, [...(this.scripts.get(key) ?? []), ...next])
  }

  /** The commit at the tip of a branch. */
  head(repo: string, branch = 'main'): string {
    const key = `${repo.toLowerCase()}#${branch}`
    return this.heads.get(key) ?? this.ids.commit(key)
  }

  /** From now on this repository has only the commits that were named, or pushed. */
  knowCommits(repo: string, commits: string[]): void {
    const known = this.knownCommits.get(repo.toLowerCase()) ?? new Set()
    for (const commit of commits) known.add(commit)
    this.knownCommits.set(repo.toLowerCase(), known)
  }

  /** Somebody pushes: Railway deploys wherever a trigger matches. */
  /** Starts a run of a service with a schedule. */
  tick(service: Service, environment: string, script?: Script): Deployment {
    this.settle()
    return tick(this, this.instance(service, environment), script)
  }

  push(repo: string, branch: string, commit: string, message?: string): Deployment[] {
    this.settle()
    return push(this, { repo, branch, commit, message: message ?? `Push to ${branch}` })
  }

  /** The checks of a commit finish: deployments that wait for them go on, or are skipped. */
  finishChecks(repo: string, commit: string, result: 'passed' | 'failed'): void {
    this.settle()
    finishChecks(this, { repo, commit, result })
  }

  // What goes wrong while clients are at work

  /** Deletes the project with all that is in it. */
  deleteProject(project: Project, when: When = now): void {
    this.after(when, () => deleteProjectNow(this, project))
  }

  /** Deletes the environment; its deployments end. */
  deleteEnvironment(environment: Environment, when: When = now): void {
    this.after(when, () => deleteEnvironmentNow(this, environment))
  }

  /** Deletes the environment of that name in the project, which may be made later than this is called. */
  deleteEnvironmentNamed(project: Project, name: string, when: When = now): void {
    this.after(when, () => {
      const found = project.environments.find((one) => one.name === name && one.deletedAt === null)
      if (found) deleteEnvironmentNow(this, found)
    })
  }

  /** Takes a service out of its environment. */
  removeService(instance: ServiceInstance, when: When = now): void {
    this.after(when, () => removeServiceNow(this, instance))
  }

  /** Refuses these mutations from then on, by default every one that deploys, and uploads. */
  refuse(message: string, { roots = deployingRoots, when = now }: RefusalOptions = {}): void {
    this.after(when, () => {
      for (const root of roots) this.refusals.set(root, message)
    })
  }

  /** Railway learns of the commit only after so many seconds. */
  hideCommit(commit: string, seconds: number): void {
    this.hiddenCommits.set(commit, this.now() + seconds * 1000)
  }

  /** The name cannot be used for an environment for so many seconds. */
  reserveName(project: Project, name: string, seconds: number): void {
    this.reservedNames.set(`${project.id}/${name}`, this.now() + seconds * 1000)
  }

  /** Somebody deploys the same content once more, which replaces the latest deployment of the instance. */
  supersede(service: Service, environment: string, when: When = now): void {
    this.after(when, () => supersede(this, this.instance(service, environment)))
  }

  /** The deployments of a service, of one environment or all, oldest first, and what became of them. */
  deploymentsOf(service: Service, environment?: string): DeploymentFacts[] {
    this.settle()
    return service.project.environments
      .filter((one) => environment === undefined || one.name === environment)
      .flatMap((one) => one.instances)
      .filter((one) => one.service === service)
      .flatMap((one) => one.deployments)
      .map((deployment) => deploymentFacts(this, deployment))
  }

  /** Every deployment that was not there from the start, oldest first. */
  newDeployments(): DeploymentFacts[] {
    this.settle()
    return [...this.deployments.values()]
      .filter(({ cause }) => cause !== 'seed')
      .map((deployment) => deploymentFacts(this, deployment))
  }

  /** Returns everything that is in the world, as data. What happens later has to be over: it is not kept. */
  save(): WorldState {
    this.settle()
    if (this.#jobs.length > 0) throw new Error(`${this.#jobs.length} things are still to happen.`)
    const { workspaces, uploads, defaults } = this
    const maps = Object.fromEntries(keptMaps.map((name) => [name, this[name]]))
    const domains = [...this.#domains]
    return { workspaces, uploads, defaults, domains, counts: this.ids.counts, maps }
  }

  /** Replaces everything that is in the world. */
  restore(state: WorldState): void {
    this.workspaces.splice(0, Infinity, ...state.workspaces)
    this.uploads.splice(0, Infinity, ...state.uploads)
    this.defaults = state.defaults
    this.ids.continueFrom(state.counts)
    this.#domains.clear()
    for (const domain of state.domains) this.#domains.add(domain)
    for (const name of keptMaps) {
      const map: Map<string, unknown> = this[name]
      map.clear()
      for (const [key, value] of state.maps[name] ?? []) map.set(key, value)
    }
  }

  /** Returns the code and variables that serve traffic, by `<project>/<environment>/<service>`, for comparison. */
  snapshot(): Record<string, Serving | null> {
    this.settle()
    return snapshot(this)
  }
}

function toSource(source: ServiceInstanceOptions['source']): Source | null {
  if (source === undefined || source === 'none') return null
  return 'repo' in source ? { repo: source.repo, image: null } : { repo: null, image: source.image }
}

function setAll(set: VariableSet, values: Record<string, string> = {}, sealed: boolean): void {
  for (const [name, value] of Object.entries(values)) set.set(name, { value, sealed })
}

const slug = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
