import type { Clock } from '../clock.ts'
import { type Behaviour, defaultBehaviour } from './behaviour.ts'
import { type DeploymentFacts, deploymentFacts } from './deployments.ts'
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
  Token,
  TokenKind,
  Upload,
  User,
  VolumeMount,
  Workflow,
  Workspace,
} from './model.ts'
import { finishChecks, push } from './pushes.ts'
import { startScheduledRun } from './schedule.ts'
import { ScheduledEvents } from './scheduled-events.ts'
import { type Script, scripts } from './script.ts'
import { seedInstance } from './seed-instance.ts'
import { type Serving, snapshot } from './snapshot.ts'
import type { WorldState } from './state.ts'
import type {
  EnvironmentOptions,
  ProjectOptions,
  ServiceOptions,
  WorkspaceOptions,
  WorldOptions,
} from './world-options.ts'

export function createWorld(options: WorldOptions): World {
  return new World(options)
}

/** The data of the local Railway, with methods that add objects and change them. The keys of its maps are ids, unless a comment names others. */
export class World {
  readonly clock: Clock
  readonly ids: Ids
  /** Changes at a later time, or after some requests. */
  readonly events = new ScheduledEvents(() => this.now())
  readonly behaviour: Behaviour
  readonly workspaces: Workspace[] = []
  readonly tokens = new Map<string, Token>()
  readonly uploads: Upload[] = []
  readonly workflows = new Map<string, Workflow>()
  /** Scripts of the next deployments, by `<service id>/<environment name>`, or `<service id>/*`. */
  readonly scripts = new Map<string, Script[]>()
  /** Scripts of deployments without a script of their own. */
  defaults: { build: Script; image: Script; rollback: Script } = {
    build: scripts.succeeds,
    image: scripts.image,
    rollback: scripts.rollsBack,
  }
  /** The digests of the image registry, by image reference. */
  readonly digests = new Map<string, string>()
  /** The latest commits of branches, by `<repository>#<branch>`. */
  readonly heads = new Map<string, string>()
  /** The commits that Railway finds, by repository in lower case. A repository without an entry has every commit. */
  readonly knownCommits = new Map<string, Set<string>>()
  readonly projects = new Map<string, Project>()
  readonly environments = new Map<string, Environment>()
  readonly services = new Map<string, Service>()
  readonly deployments = new Map<string, Deployment>()
  readonly triggers = new Map<string, DeploymentTrigger>()
  readonly patches = new Map<string, Patch>()
  readonly #domains = new Set<string>()
  /** Times before which Railway does not find a commit, by SHA. */
  readonly hiddenCommits = new Map<string, number>()
  /** The changed files of commits, by SHA. Railway compares them with the watch paths. */
  readonly changedFiles = new Map<string, string[]>()
  /** Times until which the name of an environment is refused, by `<project id>/<name>`. */
  readonly reservedNames = new Map<string, number>()
  /** Error messages of refused mutations, by root field. `up` is the upload. */
  readonly refusals = new Map<string, string>()

  constructor({ clock, seed = 'railway', behaviour = {} }: WorldOptions) {
    this.clock = clock
    this.ids = new Ids(seed)
    this.behaviour = { ...defaultBehaviour, ...behaviour }
  }

  /** The creation time of the objects that the world has at its start. */
  get #seedTime(): number {
    return this.now() - 30 * 86_400_000
  }

  now(): number {
    return this.clock.now()
  }

  /** Schedules a change for a time, in milliseconds since the epoch. */
  later(at: number, change: () => void): void {
    this.events.at(at, change)
  }

  /** Makes the changes whose time has come. The server calls it before it executes a request. */
  runDueEvents(): void {
    this.events.runDue()
  }

  // Tokens

  /** Adds a workspace token and returns its value. */
  workspaceToken(workspace: Workspace): string {
    return this.#token('workspace', { workspaces: [workspace] })
  }

  /** Adds an account token, which can access these workspaces and the projects shared with its user. */
  accountToken(
    workspaces: Workspace[],
    options: { projects?: Project[]; hasTwoFactor?: boolean; name?: string } = {},
  ): string {
    const { projects = [] } = options
    return this.#token('account', { workspaces, projects, user: this.#user(options) })
  }

  /** Adds an OAuth access token with access to these workspaces and projects. */
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

  /** Adds a project token for an environment. */
  projectToken(project: Project, environment: Environment | string): string {
    const target =
      typeof environment === 'string' ? this.environmentOf(project, environment) : environment
    return this.#token('project', { environment: target })
  }

  /** Revokes the token, immediately or at a later time. Railway returns the same error for an expired token. */
  revoke(token: string, when: When = now): void {
    this.events.after(when, () => {
      const revoked = this.tokens.get(token)
      if (revoked) revoked.revoked = true
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
      createdAt: this.#seedTime,
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
      createdAt: this.#seedTime,
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
      createdAt: this.#seedTime,
      visibleFrom: this.#seedTime,
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

  /** Returns the environment with this name that is not deleted. Throws if there is none. */
  environmentOf(project: Project, name: string): Environment {
    const found = project.environments.find((one) => one.name === name && one.deletedAt === null)
    if (!found) throw new Error(`${project.name} has no environment ${name}.`)
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
      createdAt: this.#seedTime,
      deletedAt: options.deleted ? this.now() : null,
      restricted: options.restricted ?? false,
    }
    project.services.push(service)
    this.services.set(service.id, service)
    for (const environment of names) {
      const target = this.environmentOf(project, environment)
      seedInstance(this, service, target, { ...options, ...per[environment], at: this.#seedTime })
    }
    return service
  }

  /** Adds an instance without a source, variables and deployments. */
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

  /** Returns the instance of the service in the environment. Throws if there is none. */
  instance(service: Service, environment: Environment | string): ServiceInstance {
    const found = service.project.environments
      .filter((one) => one === environment || (one.name === environment && one.deletedAt === null))
      .flatMap((one) => one.instances)
      .find((one) => one.service === service && one.deletedAt === null)
    if (!found) throw new Error(`${service.name} has no instance in this environment.`)
    return found
  }

  /** Returns a free Railway domain for the instance, made of the names of its service and environment. */
  domainName({ id, environment, service }: ServiceInstance): string {
    const plain = `${slug(service.name)}-${slug(environment.name)}`
    const free = !this.#domains.has(`${plain}.up.railway.app`)
    return `${free ? plain : `${plain}-${id.slice(0, 4)}`}.up.railway.app`
  }

  // Scripts and repositories

  /**
   * Adds scripts for the next deployments of the service, one script for each deployment. The environment may be one that
   * does not exist yet, or `*` for every environment.
   */
  script(service: Service, environment: string, next: Script[]): void {
    const key = `${service.id}/${environment}`
    this.scripts.set(key, [...(this.scripts.get(key) ?? []), ...next])
  }

  /** Returns the latest commit of a branch. */
  head(repo: string, branch = 'main'): string {
    const key = `${repo.toLowerCase()}#${branch}`
    return this.heads.get(key) ?? this.ids.commit(key)
  }

  /** Limits the commits that Railway finds in the repository to the commits of such calls and the pushed commits. */
  limitCommits(repo: string, commits: string[]): void {
    const known = this.knownCommits.get(repo.toLowerCase()) ?? new Set()
    for (const commit of commits) known.add(commit)
    this.knownCommits.set(repo.toLowerCase(), known)
  }

  /** Starts a run of a cron service. */
  runSchedule(service: Service, environment: string, script?: Script): Deployment {
    this.runDueEvents()
    return startScheduledRun(this, this.instance(service, environment), script)
  }

  /** Pushes a commit to a branch. Deploys every instance with a trigger for the branch, and returns the deployments. */
  push(repo: string, branch: string, commit: string, message?: string): Deployment[] {
    this.runDueEvents()
    return push(this, { repo, branch, commit, message: message ?? `Push to ${branch}` })
  }

  /** Ends the checks of a commit. The deployments that wait for them continue if the checks passed, and are skipped otherwise. */
  finishChecks(repo: string, commit: string, result: 'passed' | 'failed'): void {
    this.runDueEvents()
    finishChecks(this, { repo, commit, result })
  }

  // Changes during a run

  /** Deletes the project and its environments. */
  deleteProject(project: Project, when: When = now): void {
    this.events.after(when, () => deleteProjectNow(this, project))
  }

  /** Deletes the environment and ends its deployments. */
  deleteEnvironment(environment: Environment, when: When = now): void {
    this.events.after(when, () => deleteEnvironmentNow(this, environment))
  }

  /** Deletes the environment with this name, which may be created after this call. */
  deleteEnvironmentNamed(project: Project, name: string, when: When = now): void {
    this.events.after(when, () => {
      const found = project.environments.find((one) => one.name === name && one.deletedAt === null)
      if (found) deleteEnvironmentNow(this, found)
    })
  }

  /** Removes a service from its environment. */
  removeService(instance: ServiceInstance, when: When = now): void {
    this.events.after(when, () => removeServiceNow(this, instance))
  }

  /** Refuses the mutations with these root fields, by default all that deploy, and uploads. */
  refuse(message: string, { roots = deployingRoots, when = now }: RefusalOptions = {}): void {
    this.events.after(when, () => {
      for (const root of roots) this.refusals.set(root, message)
    })
  }

  /** Hides the commit from Railway for this number of seconds. */
  hideCommit(commit: string, seconds: number): void {
    this.hiddenCommits.set(commit, this.now() + seconds * 1000)
  }

  /** Refuses the name for new environments of the project for this number of seconds. */
  reserveName(project: Project, name: string, seconds: number): void {
    this.reservedNames.set(`${project.id}/${name}`, this.now() + seconds * 1000)
  }

  /** Deploys the content of the latest deployment again, which replaces that deployment. */
  supersede(service: Service, environment: string, when: When = now): void {
    this.events.after(when, () => supersede(this, this.instance(service, environment)))
  }

  /** Returns the deployments of a service with their current statuses, oldest first, in one environment or in all. */
  deploymentsOf(service: Service, environment?: string): DeploymentFacts[] {
    this.runDueEvents()
    return service.project.environments
      .filter((one) => environment === undefined || one.name === environment)
      .flatMap((one) => one.instances)
      .filter((one) => one.service === service)
      .flatMap((one) => one.deployments)
      .map((deployment) => deploymentFacts(this, deployment))
  }

  /** Returns the deployments that the world did not have at its start, oldest first. */
  newDeployments(): DeploymentFacts[] {
    this.runDueEvents()
    return [...this.deployments.values()]
      .filter(({ cause }) => cause !== 'seed')
      .map((deployment) => deploymentFacts(this, deployment))
  }

  /** Returns the state of the world. Throws if changes are scheduled for a later time, which the state cannot contain. */
  save(): WorldState {
    this.runDueEvents()
    const { pending } = this.events
    if (pending > 0)
      throw new Error(`Cannot save the world: ${pending} scheduled changes are pending.`)
    return {
      workspaces: this.workspaces,
      uploads: this.uploads,
      defaults: this.defaults,
      domains: [...this.#domains],
      counts: [...this.ids.counts],
      maps: this.#savedMaps(),
    }
  }

  #savedMaps(): WorldState['maps'] {
    return {
      tokens: [...this.tokens],
      workflows: [...this.workflows],
      scripts: [...this.scripts],
      digests: [...this.digests],
      heads: [...this.heads],
      knownCommits: [...this.knownCommits].map(([name, commits]) => [name, [...commits]]),
      projects: [...this.projects],
      environments: [...this.environments],
      services: [...this.services],
      deployments: [...this.deployments],
      triggers: [...this.triggers],
      patches: [...this.patches],
      hiddenCommits: [...this.hiddenCommits],
      changedFiles: [...this.changedFiles],
      reservedNames: [...this.reservedNames],
      refusals: [...this.refusals],
    }
  }

  /** Replaces the state of the world. */
  restore(state: WorldState): void {
    this.workspaces.splice(0, Infinity, ...state.workspaces)
    this.uploads.splice(0, Infinity, ...state.uploads)
    this.defaults = state.defaults
    this.ids.continueFrom(new Map(state.counts))
    this.#domains.clear()
    for (const domain of state.domains) this.#domains.add(domain)
    this.#restoreMaps(state.maps)
  }

  #restoreMaps(maps: WorldState['maps']): void {
    replaceEntries(this.tokens, maps.tokens)
    replaceEntries(this.workflows, maps.workflows)
    replaceEntries(this.scripts, maps.scripts)
    replaceEntries(this.digests, maps.digests)
    replaceEntries(this.heads, maps.heads)
    this.knownCommits.clear()
    for (const [name, commits] of maps.knownCommits) this.knownCommits.set(name, new Set(commits))
    replaceEntries(this.projects, maps.projects)
    replaceEntries(this.environments, maps.environments)
    replaceEntries(this.services, maps.services)
    replaceEntries(this.deployments, maps.deployments)
    replaceEntries(this.triggers, maps.triggers)
    replaceEntries(this.patches, maps.patches)
    replaceEntries(this.hiddenCommits, maps.hiddenCommits)
    replaceEntries(this.changedFiles, maps.changedFiles)
    replaceEntries(this.reservedNames, maps.reservedNames)
    replaceEntries(this.refusals, maps.refusals)
  }

  /** Returns the live content and variables of every instance, by `<project>/<environment>/<service>`. */
  snapshot(): Record<string, Serving | null> {
    this.runDueEvents()
    return snapshot(this)
  }
}

function replaceEntries<Value>(
  map: Map<string, Value>,
  entries: readonly (readonly [string, Value])[],
): void {
  map.clear()
  for (const [key, value] of entries) map.set(key, value)
}

const slug = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
