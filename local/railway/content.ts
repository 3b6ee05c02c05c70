/** Selection of the content of a deployment: a commit, an image, or an uploaded archive. */
import type { Content, ServiceInstance } from './model.ts'
import { notFound, problem, refusal } from './refusal.ts'
import type { World } from './world.ts'
import type { SeedDeployment } from './world-options.ts'

/** Returns the content of a deployment that the world has at its start. */
export function seedContent(
  world: World,
  instance: ServiceInstance,
  seed: SeedDeployment,
): Content {
  const { source } = instance
  if (source?.repo) {
    const branch = triggerOf(instance)?.branch ?? 'main'
    const commit = seed.commit ?? world.head(source.repo, branch)
    return { kind: 'commit', repo: source.repo, branch, commit, message: seed.message ?? 'Ship it' }
  }
  if (source?.image) {
    const digest = seed.digest ?? digestOf(world, source.image)
    return { kind: 'image', image: source.image, digest }
  }
  const archive = world.ids.imageDigest('archive', instance.id).slice('sha256:'.length)
  return { kind: 'upload', archive, message: seed.message ?? 'railway up' }
}

/** Returns the digest in the image reference, or else the one that the registry has for it. */
export const digestOf = (world: World, image: string): string =>
  image.split('@')[1] ?? world.digests.get(image) ?? world.ids.imageDigest(image)

export const triggerOf = (instance: ServiceInstance) =>
  instance.environment.triggers.find((trigger) => trigger.instance === instance)

/**
 * Returns the content of a redeployment: the image of the source, the latest deployed commit of the repository, or the
 * last upload. Throws if the instance has none of them.
 */
export function currentContent(world: World, instance: ServiceInstance): Content {
  const { source } = instance
  if (source?.image) {
    return { kind: 'image', image: source.image, digest: digestOf(world, source.image) }
  }
  const latest = instance.deployments.at(-1)?.content
  if (source?.repo) {
    if (latest?.kind === 'commit' && sameRepo(latest.repo, source.repo)) return latest
    return headContent(world, instance)
  }
  if (latest?.kind === 'upload') return latest
  throw refusal('Cannot redeploy without a snapshot')
}

/** Returns the content for `serviceInstanceDeployV2` without a commit. It may differ from the running one. */
export function contentToDeploy(world: World, instance: ServiceInstance): Content {
  const { deployOfUploaded, deployOfUploadedImage, deployWithoutSource } = world.behaviour
  const { source } = instance
  const latest = instance.deployments.at(-1)?.content
  if (source?.image || source?.repo) {
    const keepsUpload = latest?.kind === 'upload' && deployOfUploadedImage === 'last-upload'
    return source.image && keepsUpload ? latest : currentContent(world, instance)
  }
  const result = latest ? deployOfUploaded : deployWithoutSource
  if (result === 'not-found') throw notFound('Deployment')
  return currentContent(world, instance)
}

/** Returns the latest commit of the branch: the given one, or that of the instance's trigger. */
export function headContent(world: World, instance: ServiceInstance, branch?: string): Content {
  const repo = instance.source?.repo
  if (!repo) return currentContent(world, instance)
  const followed = branch ?? triggerOf(instance)?.branch ?? 'main'
  const commit = world.head(repo, followed)
  return { kind: 'commit', repo, branch: followed, commit, message: `Tip of ${followed}` }
}

/** Returns the content for a commit of the instance's repository. Throws if Railway does not find the commit. */
export function commitContent(world: World, instance: ServiceInstance, commit: string): Content {
  const repo = instance.source?.repo
  if (!repo) throw problem()
  const known = world.knownCommits.get(repo.toLowerCase())
  const isHidden = world.now() < (world.hiddenCommits.get(commit) ?? -Infinity)
  if (!/^[0-9a-f]{40}$/.test(commit) || isHidden || (known && !known.has(commit))) {
    throw refusal(`Commit not found: ${commit}`)
  }
  const branch = triggerOf(instance)?.branch ?? 'main'
  return { kind: 'commit', repo, branch, commit, message: `Change ${commit.slice(0, 7)}` }
}

export const sameRepo = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
