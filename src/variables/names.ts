/**
 * A name that every shell and container takes. Railway states no rule, and a name
 * that a process cannot read would look set and be missing.
 */
export const isVariableName = (name: string) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)

/** Settings of Railway that people make by setting a variable: they are copied like any other. */
export const railwaySettings: ReadonlySet<string> = new Set([
  'RAILWAY_DEPLOYMENT_OVERLAP_SECONDS',
  'RAILWAY_DEPLOYMENT_DRAINING_SECONDS',
  'RAILWAY_DOCKERFILE_PATH',
  'RAILWAY_HEALTHCHECK_TIMEOUT_SEC',
  'RAILWAY_RUN_UID',
  'RAILWAY_SHM_SIZE_BYTES',
])

/**
 * Railway's own namespace. What is in it is listed among the variables of a service though much of it is
 * stored nowhere, so nothing in it is ever removed unless it is named, or copied unless it is a setting.
 */
export const isReservedName = (name: string) => name.startsWith('RAILWAY_')

const provided =
  /^RAILWAY_(PROJECT_(ID|NAME)|ENVIRONMENT(_ID|_NAME)?|SERVICE_(ID|NAME|\w+_URL)|DEPLOYMENT_ID|SNAPSHOT_ID|REPLICA_(ID|REGION)|PUBLIC_DOMAIN|PRIVATE_DOMAIN|STATIC_URL|TCP_(PROXY|APPLICATION)_\w+|VOLUME_\w+|GIT_\w+)$/

/** Tells the names that Railway sets itself, and would set again whatever is written. */
export const isRailwayProvided = (name: string) => provided.test(name)

/**
 * Tells the names of commit data. Railway sets them where it builds from a repository; a service of an image or of
 * an upload has them only if somebody writes them.
 */
export const isCommitName = (name: string) => name.startsWith('RAILWAY_GIT_')
