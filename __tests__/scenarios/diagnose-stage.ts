import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Behaviour,
  type LocalRailwayOptions,
  scripts,
  type World,
} from '../../local/railway/index.ts'
import type { RunOptions } from '../../local/runner/index.ts'
import { SIMULATED_START } from '../../local/simulated-clock.ts'
import { type Run, repository, type Stage, setStage } from './stage.ts'

/** An entry of `diagnosis` in the report file. */
export interface Entry {
  id: string
  verdict: 'confirmed' | 'refuted' | 'undecided'
  expected: string
  seen: string | null
  reason: string | null
}

/** `narrow`: an OAuth token that was not granted the profile. */
export type TokenKind = 'workspace' | 'account' | 'oauth' | 'narrow' | 'project'

export interface DiagnoseStage extends Stage {
  tokens: Record<TokenKind, string>
  diagnose(kind?: TokenKind, options?: Partial<RunOptions>): Promise<Diagnosed>
}

export interface Diagnosed {
  run: Run
  entries: Entry[]
}

/**
 * A start that is not at a full hour, to distinguish an hour that begins with the first request from one of the clock.
 */
const start = SIMULATED_START + 17 * 60_000

/** A workspace with at least one object for every assumption that reading can decide. */
export function fillEverything(world: World, tokens: Partial<Record<TokenKind, string>>): string {
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop', { environments: ['production', 'staging'] })
  world.project(acme, 'gone', { deleted: true })
  const here = { in: ['production'] }
  const past = Array.from({ length: 104 }, (_, index) => ({ minutesAgo: 2_000 + index }))
  world.service(shop, 'web', {
    source: { repo: repository },
    domain: true,
    sealed: { SEALED_NAME: 'sealed-value' },
    variables: { PLAIN_NAME: 'plain-value' },
    history: [
      ...past,
      { minutesAgo: 1_500, script: scripts.skippedByWatchPaths },
      { minutesAgo: 1_400, script: scripts.configInvalid },
    ],
    ...here,
  })
  world.service(shop, 'db', { source: { image: 'postgres:16' }, ...here })
  world.environment(shop, 'audit', { restricted: ['workspace', 'account', 'oauth'] })
  world.environment(shop, 'past', { deleted: true })
  if (world.behaviour.duplicateEnvironmentNames === 'allowed') world.environment(shop, 'staging')
  const production = world.environmentOf(shop, 'production')
  production.patches.push({
    id: world.ids.uuid('patch', 'failed'),
    environment: production,
    createdAt: world.now(),
    appliedAt: null,
    status: 'FAILED',
    error: 'it failed',
    message: null,
    config: {},
    workflow: null,
  })
  tokens.workspace = world.workspaceToken(acme)
  tokens.account = world.accountToken([acme])
  tokens.oauth = world.oauthToken([acme])
  tokens.narrow = world.oauthToken([acme], { scopes: ['openid'] })
  tokens.project = world.projectToken(shop, 'production')
  return tokens.workspace
}

export async function setDiagnoseStage(
  behaviour: Partial<Behaviour> = {},
  options: Partial<Pick<LocalRailwayOptions, 'faults' | 'limits'>> = {},
): Promise<DiagnoseStage> {
  const tokens = { workspace: '', account: '', oauth: '', narrow: '', project: '' }
  const fill = (world: World) => fillEverything(world, tokens)
  const stage = await setStage({ behaviour, start, fill, ...options })
  return {
    ...stage,
    tokens,
    diagnose: async (kind = 'workspace', more = {}) => {
      const folder = mkdtempSync(join(tmpdir(), 'diagnose-'))
      try {
        const inputs = { command: 'check', diagnose: 'true', token: tokens[kind] }
        const run = await stage.run(inputs, { ...more, env: { RUNNER_TEMP: folder, ...more.env } })
        const report: { diagnosis?: Entry[] } = JSON.parse(
          readFileSync(run.outputs['report-file'] ?? '', 'utf8'),
        )
        return { run, entries: report.diagnosis ?? [] }
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}
