import { z } from 'zod'
import type {
  Deployment,
  DeploymentTrigger,
  Environment,
  Patch,
  Project,
  Service,
  Token,
  Upload,
  Workflow,
  Workspace,
} from './model.ts'
import type { Script } from './script.ts'

/**
 * Returns the schema of an object of the world, which checks only that the value is an object. The objects of a world have
 * references to each other in both directions, and zod does not support such cycles.
 */
const objectOfWorld = <Type extends object>() =>
  z.custom<Type>((value) => typeof value === 'object' && value !== null)

/** Returns the schema of the entries of a map. */
const entriesOf = <Value extends z.ZodType>(value: Value) => z.array(z.tuple([z.string(), value]))

const script = objectOfWorld<Script>()

/** The state of a world as plain data. Its maps and sets are lists, and its objects have references to each other. */
export const worldStateSchema = z.object({
  workspaces: z.array(objectOfWorld<Workspace>()),
  uploads: z.array(objectOfWorld<Upload>()),
  defaults: z.object({ build: script, image: script, rollback: script }),
  domains: z.array(z.string()),
  counts: entriesOf(z.number()),
  maps: z.object({
    tokens: entriesOf(objectOfWorld<Token>()),
    workflows: entriesOf(objectOfWorld<Workflow>()),
    scripts: entriesOf(z.array(script)),
    digests: entriesOf(z.string()),
    heads: entriesOf(z.string()),
    knownCommits: entriesOf(z.array(z.string())),
    projects: entriesOf(objectOfWorld<Project>()),
    environments: entriesOf(objectOfWorld<Environment>()),
    services: entriesOf(objectOfWorld<Service>()),
    deployments: entriesOf(objectOfWorld<Deployment>()),
    triggers: entriesOf(objectOfWorld<DeploymentTrigger>()),
    patches: entriesOf(objectOfWorld<Patch>()),
    hiddenCommits: entriesOf(z.number()),
    changedFiles: entriesOf(z.array(z.string())),
    reservedNames: entriesOf(z.number()),
    refusals: entriesOf(z.string()),
  }),
})

export type WorldState = z.infer<typeof worldStateSchema>
