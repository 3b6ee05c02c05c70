import { liveDeployments } from './lifecycle.ts'
import type { ServiceInstance } from './model.ts'
import type { World } from './world.ts'

/** The content of an instance's live deployment, and its variables. `image` has the form `<name>@<digest>`. */
export interface Serving {
  commit: string | null
  image: string | null
  archive: string | null
  variables: Record<string, string>
}

/** Returns the live content of every instance, by `<project>/<environment>/<service>`. `null`: no deployment is live. */
export function snapshot(world: World): Record<string, Serving | null> {
  const all: Record<string, Serving | null> = {}
  for (const { deletedAt, instances, name, project } of world.environments.values()) {
    if (deletedAt !== null || project.deletedAt !== null) continue
    for (const instance of instances) {
      if (instance.deletedAt !== null) continue
      const path = `${project.name}/${name}/${instance.service.name}`
      all[path in all ? `${path} ${instance.id}` : path] = serving(instance, world.now())
    }
  }
  return all
}

function serving(instance: ServiceInstance, now: number): Serving | null {
  const live = liveDeployments(instance, now).at(-1)
  if (!live) return null
  const { content } = live
  return {
    commit: content.kind === 'commit' ? content.commit : null,
    image: content.kind === 'image' ? pinned(content) : null,
    archive: content.kind === 'upload' ? content.archive : null,
    variables: { ...live.variables },
  }
}

const pinned = ({ image, digest }: { image: string; digest: string }): string =>
  `${image.split('@')[0]}@${digest}`
