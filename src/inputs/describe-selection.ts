import { isChanging } from './commands.ts'
import type { Pattern } from './fields.ts'
import type { Inputs } from './read-inputs.ts'

/** Describes the meaning of every selection input in one line each, its default included. */
export function describeSelectionInputs(inputs: Inputs): string[] {
  const { shard, canary, order } = inputs
  return [
    `projects: ${describeProjects(inputs)}`,
    `environment: ${describeEnvironment(inputs)}`,
    `services: ${describeServices(inputs)}`,
    ...(shard ? [`shard: part ${shard.part} of ${shard.of} of the selected projects`] : []),
    ...(canary ? [`canary: ${listPatterns(canary, 'nothing')}`] : []),
    ...(order ? [`order: ${order.map(({ text }) => text).join(', then ')}, then the rest`] : []),
  ]
}

function describeProjects({ projects }: Inputs): string {
  if (projects === null) return 'every project of the workspace (left out)'
  return projects.length === 0 ? 'none (an empty list)' : listPatterns(projects, 'every project')
}

function describeEnvironment({ command, environment, preview, fromEnvironment }: Inputs): string {
  if (command === 'preview' && preview.action !== 'create') {
    return 'the previews that are found by their names'
  }
  if (command === 'preview') {
    return environment === null
      ? 'previews are cloned from the base environment of each project (left out)'
      : `previews are cloned from ${environment}`
  }
  if (environment === null) return 'every environment (left out)'
  return fromEnvironment === null ? environment : `${environment}, from ${fromEnvironment}`
}

function describeServices(inputs: Inputs): string {
  const { services } = inputs
  if (services === null && inputs.command === 'preview' && inputs.preview.action === 'create') {
    return `all that a preview clones; the commit goes to the services built from ${inputs.context.repository} (left out)`
  }
  if (services === null) return `${servicesByDefault(inputs)} (left out)`
  if (services.length === 0) return 'none (an empty list)'
  return listPatterns(services, servicesByDefault(inputs))
}

function servicesByDefault({ command, image, variables, context }: Inputs): string {
  if (command === 'variables' && variables.shared) return 'the whole environment'
  if (!isChanging(command)) return 'every service'
  if (command !== 'preview' && image) return `the services that run ${image.repository}`
  return `the services built from ${context.repository}`
}

/** Lists patterns in one line. A list of exclusions only is subtracted from `byDefault`. */
function listPatterns(patterns: readonly Pattern[], byDefault: string): string {
  const texts = (exclude: boolean) =>
    patterns.filter((one) => one.exclude === exclude).map(({ text }) => text)
  const [included, excluded] = [texts(false), texts(true)]
  const left = included.length === 0 ? byDefault : included.join(', ')
  return excluded.length === 0 ? left : `${left} without ${excluded.join(', ')}`
}
