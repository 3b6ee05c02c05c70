import type { Pattern } from '../src/inputs/fields.ts'
import { type ImageReference, parseImageReference } from '../src/inputs/image-reference.ts'
import type { RawInputs } from '../src/inputs/raw-inputs.ts'
import { chooseToken, type Inputs, parseInputs } from '../src/inputs/read-inputs.ts'
import { parseContext } from '../src/inputs/run-context.ts'
import type {
  Deployment,
  Environment,
  Inventory,
  MissingField,
  Project,
  ServiceInstance,
  ServiceTarget,
} from '../src/inventory/inventory.ts'
import type { Selection } from '../src/inventory/selection.ts'

/** Builds a pattern from an entry of a list input. */
export const pattern = (entry: string): Pattern => ({
  text: entry.replace(/^!/, ''),
  exclude: entry.startsWith('!'),
})

/** Builds a deployment of which only the status is known. */
export const deployment = (id: string, more: Partial<Deployment> = {}): Deployment => ({
  id,
  status: 'SUCCESS',
  createdAt: '2026-01-05T09:00:00Z',
  commit: null,
  image: null,
  ...more,
})

/** Builds a service that is built from acme/shop and was never deployed. */
export const service = (name: string, more: Partial<ServiceInstance> = {}): ServiceInstance => ({
  service: { id: `s-${name}`, name },
  source: { kind: 'repository', repository: 'acme/shop' },
  latest: null,
  active: [],
  triggers: [],
  domains: [],
  cron: false,
  configFile: null,
  ...more,
})

/** Builds an environment with services. */
export const environment = (
  name: string,
  instances: readonly ServiceInstance[],
  more: Partial<Environment> = {},
): Environment => ({
  id: `e-${name}`,
  name,
  accessible: true,
  ephemeral: false,
  instances,
  ...more,
})

/** Builds a project with environments, of which the first is its base. */
export const project = (
  name: string,
  environments: readonly Environment[],
  more: Partial<Project> = {},
): Project => ({
  id: `p-${name}`,
  name,
  workspaceId: 'w',
  baseEnvironmentId: environments[0]?.id ?? null,
  prDeploys: false,
  environments,
  ...more,
})

/** Builds an inventory of projects. */
export const inventory = (
  projects: readonly Project[],
  missingFields: readonly MissingField[] = [],
): Inventory => ({ projects, missingFields })

/** Parses a valid image reference. */
export function imageReference(text: string): ImageReference {
  const parsed = parseImageReference(text)
  if (!parsed) throw new Error(`${text} is no image reference`)
  return parsed
}

const token = chooseToken([{ source: 'input', value: 'abc' }])

/** Parses the inputs of a push to main of acme/shop, or of another event. */
export function inputsOf(
  raw: RawInputs,
  env: Record<string, string> = {},
  event: unknown = {},
): Inputs {
  const context = parseContext(
    {
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_EVENT_NAME: 'push',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_SHA: 'a'.repeat(40),
      ...env,
    },
    event,
  )
  const checked = parseInputs(raw, token, context)
  if (!checked.ok) throw new Error(JSON.stringify(checked.failures))
  return checked.value
}

/** Selects services in one environment of shop; `named` are those that the workflow names one by one. */
export function selectionOf(
  instances: readonly ServiceInstance[],
  {
    named = [],
    others = [],
    place = 'production',
  }: { named?: readonly ServiceInstance[]; others?: readonly Environment[]; place?: string } = {},
): Selection {
  const chosen = environment(place, instances)
  return {
    environments: [
      { project: project('shop', [chosen, ...others]), environment: chosen, instances },
    ],
    named: new Set(named),
    warnings: [],
    emptyReason: null,
  }
}

/** Selects every service in every environment of these projects. */
export function selectionOfProjects(...projects: readonly Project[]): Selection {
  return {
    environments: projects.flatMap((one) =>
      one.environments.map((place) => ({
        project: one,
        environment: place,
        instances: place.instances,
      })),
    ),
    named: new Set(),
    warnings: [],
    emptyReason: null,
  }
}

/** Builds the target of a service of shop in production. */
export const targetOf = (instance: ServiceInstance): ServiceTarget => ({
  project: { id: 'p-shop', name: 'shop' },
  environment: { id: 'e-production', name: 'production' },
  instance,
})
