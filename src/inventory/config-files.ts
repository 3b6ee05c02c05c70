import { listNames } from '../errors/list-names.ts'
import type { Warning } from '../errors/warning.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import { labelOf } from '../named.ts'
import { count, oneLine } from '../text.ts'
import { type ServiceInstance, type ServiceTarget, targetName } from './inventory.ts'

/** The time from which Railway reads no config files, in milliseconds. Its announcement names only the day. */
export const configFilesEnd = Date.UTC(2026, 11, 1)

/** The maximum length of a path in a warning, in characters. */
const maxPathLength = 100

/** Returns whether a run warns of config files. */
export function concernsConfigFiles({ command, preview }: Pick<Inputs, 'command' | 'preview'>) {
  if (command === 'preview') return preview.action === 'create'
  return command === 'check' || command === 'list' || command === 'deploy'
}

/** Returns whether a service may have a config file that its settings do not name. An image has none. */
export const mayHaveConfigFile = ({ instance: { source, configFile } }: ServiceTarget) =>
  configFile === null && source.kind !== 'image'

/**
 * Builds one warning for all services with a config file; none if no service has one. `resolved` holds the files that
 * Railway read last. The warning depends on whether `now` is after {@link configFilesEnd}.
 */
export function configFileWarnings(
  targets: readonly ServiceTarget[],
  resolved: ReadonlyMap<ServiceInstance, string>,
  now: number,
): Warning[] {
  const severalEnvironments = new Set(targets.map(({ environment }) => environment.name)).size > 1
  const names = targets.flatMap((target) => {
    const { project, environment, instance } = target
    const file = instance.configFile ?? resolved.get(instance)
    if (!file || instance.source.kind === 'image') return []
    const name = severalEnvironments
      ? `${labelOf(project)}/${environment.name}/${instance.service.name}`
      : targetName(target)
    return [`${name} (${oneLine(file, maxPathLength)})`]
  })
  if (names.length === 0) return []
  const over = now >= configFilesEnd
  const have = `${count(names.length, 'selected service')} ${names.length === 1 ? 'has' : 'have'}`
  return [
    {
      title: over ? 'config files are no longer read' : 'config files end on 2026-12-01',
      message: `${have} settings in a config file such as railway.json or railway.toml: ${listNames(names)}. Railway ${over ? 'stopped reading config files on 2026-12-01. Settings that are only in the file have no effect any more' : 'stops reading config files on 2026-12-01. From then on, settings that are only in the file have no effect'}. Move them into the settings of the service in Railway, or manage them with Railway's action for configuration as code, \`railwayapp/config\`. Then remove the file, and its path from the settings.`,
    },
  ]
}
