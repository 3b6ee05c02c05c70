/**
 * Returns whether every shell and container accepts a name. Railway documents no rule. A variable with another name
 * would be set, and a process could not read it.
 */
export const isVariableName = (name: string) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)

/** The variables that are settings of Railway. Users set them, and they are copied like any other variable. */
export const railwaySettings: ReadonlySet<string> = new Set([
  'RAILWAY_DEPLOYMENT_OVERLAP_SECONDS',
  'RAILWAY_DEPLOYMENT_DRAINING_SECONDS',
  'RAILWAY_DOCKERFILE_PATH',
  'RAILWAY_HEALTHCHECK_TIMEOUT_SEC',
  'RAILWAY_RUN_UID',
  'RAILWAY_SHM_SIZE_BYTES',
])

/**
 * Returns whether a name is in Railway's own namespace. Railway lists such variables for a service without storing most
 * of them. They are only removed if they are named, and only copied if they are {@link railwaySettings}.
 */
export const isReservedName = (name: string) => name.startsWith('RAILWAY_')

const provided =
  /^RAILWAY_(PROJECT_(ID|NAME)|ENVIRONMENT(_ID|_NAME)?|SERVICE_(ID|NAME|\w+_URL)|DEPLOYMENT_ID|SNAPSHOT_ID|REPLICA_(ID|REGION)|PUBLIC_DOMAIN|PRIVATE_DOMAIN|STATIC_URL|TCP_(PROXY|APPLICATION)_\w+|VOLUME_\w+|GIT_\w+)$/

/** Returns whether Railway sets this variable itself and ignores values written by users. */
export const isRailwayProvided = (name: string) => provided.test(name)

/**
 * Returns whether a variable holds data of a commit. Railway sets it for a service that it builds from a repository.
 * For images and uploads, it has the value that a user sets.
 */
export const isCommitName = (name: string) => name.startsWith('RAILWAY_GIT_')
