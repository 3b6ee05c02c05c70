import { describe, expect, it } from '@jest/globals'
import {
  isCommitName,
  isRailwayProvided,
  isReservedName,
  isVariableName,
} from '../../src/variables/names.ts'

it.each<[string, boolean]>([
  ['A', true],
  ['_', true],
  ['a1_B', true],
  ['__proto__', true],
  ['', false],
  ['1A', false],
  ['A-B', false],
  ['A B', false],
  ['A\n', false],
  ['É', false],
  ['A.B', false],
])('%j is a name of a variable: %s', (name, expected) => {
  expect(isVariableName(name)).toBe(expected)
})

describe('names of Railway', () => {
  // name, in Railway's namespace, set by Railway itself, of commit data
  it.each<[string, boolean, boolean, boolean]>([
    ['RAILWAY_PROJECT_ID', true, true, false],
    ['RAILWAY_PROJECT_NAME', true, true, false],
    ['RAILWAY_ENVIRONMENT', true, true, false],
    ['RAILWAY_ENVIRONMENT_ID', true, true, false],
    ['RAILWAY_ENVIRONMENT_NAME', true, true, false],
    ['RAILWAY_SERVICE_ID', true, true, false],
    ['RAILWAY_SERVICE_NAME', true, true, false],
    ['RAILWAY_SERVICE_WEB_APP_URL', true, true, false],
    ['RAILWAY_DEPLOYMENT_ID', true, true, false],
    ['RAILWAY_SNAPSHOT_ID', true, true, false],
    ['RAILWAY_REPLICA_REGION', true, true, false],
    ['RAILWAY_PUBLIC_DOMAIN', true, true, false],
    ['RAILWAY_PRIVATE_DOMAIN', true, true, false],
    ['RAILWAY_STATIC_URL', true, true, false],
    ['RAILWAY_TCP_PROXY_PORT', true, true, false],
    ['RAILWAY_VOLUME_MOUNT_PATH', true, true, false],
    ['RAILWAY_GIT_COMMIT_SHA', true, true, true],
    ['RAILWAY_GIT_', true, false, true],
    ['RAILWAY_RUN_UID', true, false, false],
    ['RAILWAY_DEPLOYMENT_OVERLAP_SECONDS', true, false, false],
    ['RAILWAY_PROJECT', true, false, false],
    ['RAILWAY_PROJECT_ID_OLD', true, false, false],
    ['MY_RAILWAY_PROJECT_ID', false, false, false],
    ['MY_RAILWAY_', false, false, false],
    ['MY_RAILWAY_GIT_', false, false, false],
    ['railway_project_id', false, false, false],
    ['RAILWAY', false, false, false],
    ['PORT', false, false, false],
  ])('%s', (name, reserved, provided, commit) => {
    expect([isReservedName(name), isRailwayProvided(name), isCommitName(name)]).toEqual([
      reserved,
      provided,
      commit,
    ])
  })
})
