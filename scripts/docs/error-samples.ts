import type { ErrorCode, Facts } from '../../src/errors/codes.ts'

const web = { project: 'shop', environment: 'production', service: 'web' }

/**
 * Sample facts for each error code, with at least one sample for each variant of its message. The first sample of a code
 * is the example in `docs/errors.md`. Tests check the messages of all samples.
 */
export const errorSamples: {
  readonly [Code in ErrorCode]: readonly [Facts[Code], ...Facts[Code][]]
} = {
  'input-invalid': [
    {
      input: 'timeout',
      given: 'soon',
      problem: { kind: 'format', expected: 'a duration such as `90s`, `20m` or `1h`, up to `24h`' },
    },
    {
      input: 'environment',
      given: '',
      problem: {
        kind: 'required',
        because:
          'Expected the name or id of an environment. `command: deploy` has no default for it, because a wrong guess could change production.',
      },
    },
    {
      input: 'force',
      given: 'true',
      problem: { kind: 'unused', command: 'check', commands: ['deploy', 'preview'] },
    },
    {
      input: 'image',
      given: 'ghcr.io/acme/web:1.5.0',
      problem: { kind: 'excluded', by: '`directory`', because: 'A run deploys one or the other.' },
    },
    {
      input: 'canary',
      given: 'web',
      problem: {
        kind: 'requires',
        setting: '`wait: true`',
        because: 'The other services start when the canary is healthy.',
      },
    },
    ...(['@repository', '*', '[]', null] as const).map((byDefault) => ({
      input: byDefault === '*' ? 'projects' : byDefault === null ? 'environment' : 'services',
      given: null,
      problem: {
        kind: 'empty-expression' as const,
        expressions: [`\`$${'{{ inputs.selection }}'}\``],
        default: byDefault,
      },
    })),
    {
      input: 'variables',
      given: null,
      problem: {
        kind: 'rejected',
        because:
          'Expected dotenv lines (`NAME=value`) or a JSON object of strings. Found errors: line 3: the line is no assignment.',
      },
    },
    {
      input: 'services',
      given: 'web',
      problem: { kind: 'ambiguous-name', ids: ['4c1f', '9d2e'], project: null },
    },
    {
      input: 'variables-from',
      given: 'staging',
      problem: { kind: 'ambiguous-name', ids: ['4c1f', '9d2e'], project: 'shop' },
    },
    { input: 'variables-from', given: 'production', problem: { kind: 'same-environment' } },
    {
      input: 'directory',
      given: 'dist',
      problem: { kind: 'one-service', services: ['shop/web', 'shop/api'] },
    },
    { input: 'directory', given: 'dist', problem: { kind: 'no-files' } },
    { input: 'directory', given: '/srv', problem: { kind: 'outside-workspace' } },
    { input: 'directory', given: '.git', problem: { kind: 'repository-data' } },
    ...(
      [
        { kind: 'repository', repository: 'acme/shop' },
        { kind: 'image', image: 'postgres:16' },
        { kind: 'none' },
      ] as const
    ).map((source) => ({
      input: 'image',
      given: 'ghcr.io/acme/web:1.5.0',
      problem: {
        kind: 'other-source' as const,
        service: 'shop/web',
        environment: 'production',
        image: 'ghcr.io/acme/web',
        source,
      },
    })),
    {
      input: 'variables-mode',
      given: 'replace',
      problem: { kind: 'removes-everything', services: ['shop/web'] },
    },
    {
      input: 'canary',
      given: 'wbe',
      problem: {
        kind: 'no-match',
        of: 'projects-or-services',
        available: ['shop', 'web', 'api'],
      },
    },
    {
      input: 'order',
      given: 'dbb',
      problem: { kind: 'no-match', of: 'services', available: ['db', 'web'] },
    },
    {
      input: 'variables-names',
      given: 'DATABASE',
      problem: { kind: 'no-match', of: 'variables', available: ['DATABASE_URL'] },
    },
  ],
  'token-missing': [
    {
      situation: 'empty-input',
      evidence: [
        {
          kind: 'set-but-empty',
          name: 'token',
          expression: `$${'{{ secrets.RAILWAY_TOKEN }}'}`,
        },
      ],
    },
    { situation: 'fork', evidence: [] },
    { situation: 'dependabot', evidence: [] },
    {
      situation: 'reusable-workflow',
      evidence: [
        {
          kind: 'call-without-secrets',
          job: 'deploy',
          file: '.github/workflows/main.yml',
        },
      ],
    },
    { situation: 'none', evidence: [] },
    { situation: 'none', evidence: [{ kind: 'empty-variable', name: 'RAILWAY_TOKEN' }] },
  ],
  'token-malformed': [
    { source: 'input', fault: 'bearer-prefix' },
    { source: 'RAILWAY_API_TOKEN', fault: 'quotes' },
    { source: 'RAILWAY_TOKEN', fault: 'white-space' },
    { source: 'input', fault: 'line-break' },
    { source: 'input', fault: 'characters' },
  ],
  'token-invalid': [
    {
      source: 'input',
      questions: [
        'me',
        'apiToken',
        'projectToken',
        'externalWorkspaces',
        'projects',
        'the OAuth user endpoint',
      ],
    },
    { source: 'RAILWAY_API_TOKEN', questions: ['me', 'apiToken'], worked: '5 min' },
  ],
  'token-project-scoped': [
    {
      project: 'shop',
      environment: 'production',
      beyond: { kind: 'environment', name: 'staging' },
      nearest: null,
    },
    {
      project: 'shop',
      environment: 'production',
      beyond: { kind: 'project', name: 'shpo' },
      nearest: 'shop',
    },
    { project: 'shop', environment: 'production', beyond: { kind: 'preview' } },
    {
      project: 'shop',
      environment: 'production',
      beyond: { kind: 'other-environment', name: 'staging', input: 'variables-from' },
    },
    { project: 'shop', environment: 'production', beyond: { kind: 'environment', name: null } },
  ],
  'token-account-scoped': [
    { tokenType: 'account', workspaces: ['Acme', 'Beta'] },
    { tokenType: 'oauth', workspaces: [] },
  ],
  'workspace-ambiguous': [
    { tokenType: 'account', workspaces: ['Acme', 'Beta'], requested: null },
    {
      tokenType: 'account',
      workspaces: [
        'Acme (8f1e0c9a-5d3b-4f6a-9b7c-2e1d0f3a4b5c)',
        'Acme (0b2d4f6a-8c1e-4a3b-9d5f-7e6c8a0b2d4f)',
      ],
      requested: 'acme',
    },
  ],
  'workspace-mismatch': [
    { tokenType: 'workspace', scopedTo: ['Beta'], requested: 'Acme', nearest: null },
    { tokenType: 'workspace', scopedTo: [], requested: null, nearest: null },
    { tokenType: 'account', scopedTo: ['Beta', 'Acme Inc'], requested: 'Acme', nearest: null },
    { tokenType: 'account', scopedTo: [], requested: null, nearest: null },
    { tokenType: 'oauth', scopedTo: ['Acme'], requested: 'Acne', nearest: 'Acme' },
    { tokenType: 'oauth', scopedTo: [], requested: 'Acme', nearest: null },
    { tokenType: 'project', scopedTo: ['Beta'], requested: 'Acme', nearest: null },
  ],
  'project-not-in-scope': [
    {
      requested: 'shpo',
      workspace: 'workspace "Acme"',
      available: ['shop', 'billing'],
      nearest: 'shop',
    },
    {
      requested: 'warehouse',
      workspace: 'workspace "Acme"',
      available: ['shop', 'billing'],
      nearest: null,
      elsewhere: ['Beta'],
    },
    { requested: 'shop', workspace: 'workspace "Acme"', available: [], nearest: null },
  ],
  'environment-not-found': [
    {
      requested: 'staging',
      project: 'labs',
      available: ['production'],
      nearest: null,
      elsewhere: ['shop', 'billing'],
    },
    {
      requested: 'prodution',
      project: 'shop',
      available: ['production', 'staging'],
      nearest: 'production',
      elsewhere: [],
    },
    {
      requested: 'staging',
      project: 'shop',
      available: ['production'],
      nearest: null,
      elsewhere: [],
      input: 'variables-from',
    },
  ],
  'environment-restricted': [
    { project: 'billing', environment: 'audit', tokenType: 'account' },
    { project: 'billing', environment: 'audit', tokenType: 'workspace', hasOtherProjects: true },
  ],
  'service-not-found': [
    {
      requested: 'wbe',
      where: 'environment "production" of project "shop"',
      available: ['"web" (acme/shop)', '"Postgres" (image postgres:16)'],
      nearest: 'web',
      repository: 'acme/shop',
    },
    {
      requested: null,
      where: 'environment "production" of the 3 selected projects',
      available: ['"Postgres" (image postgres:16)'],
      nearest: null,
      repository: 'acme/shop',
    },
    {
      requested: 'report',
      where: 'environment "staging" of project "shop"',
      available: [],
      nearest: null,
      repository: 'acme/shop',
      elsewhere: ['environment "production" of project "shop"'],
    },
    {
      requested: null,
      where: 'environment "production" of project "shop"',
      available: ['"Postgres" (image postgres:16)'],
      nearest: null,
      repository: 'acme/shop',
      image: 'ghcr.io/acme/web',
    },
    {
      requested: null,
      where: 'environment "production" of project "shop"',
      available: ['"Postgres" (image postgres:16)'],
      nearest: null,
      repository: 'acme/shop',
      purpose: 'preview',
    },
    {
      requested: 'web',
      where: 'environment "staging" of project "shop"',
      available: ['"api" (acme/shop)'],
      nearest: null,
      repository: '',
      purpose: 'copy',
    },
  ],
  'operation-not-permitted': [
    {
      activity: 'deploy',
      object: web,
      tokenType: 'account',
      reason: 'not-authorized',
      message: 'Not Authorized (trace 8249049703828353081)',
    },
    {
      activity: 'deploy',
      object: web,
      tokenType: 'workspace',
      reason: 'not-authorized',
      message: 'Not Authorized',
    },
    {
      activity: 'deploy',
      object: web,
      tokenType: 'workspace',
      reason: 'not-found',
      message: 'ServiceInstance not found',
    },
    {
      activity: 'write-variables',
      object: web,
      tokenType: 'workspace',
      reason: 'other',
      message: 'Problem processing request',
    },
    {
      activity: 'deploy',
      object: web,
      tokenType: 'workspace',
      reason: 'not-authorized',
      message: 'Not Authorized',
      tokenChecked: true,
    },
    {
      activity: 'deploy',
      object: web,
      tokenType: 'workspace',
      reason: 'not-found',
      message: 'Environment not found',
      presence: {
        kind: 'deleted',
        what: 'environment',
        at: { project: 'shop', environment: 'production', service: 'web' },
      },
    },
    {
      activity: 'change-preview',
      object: { project: 'shop', environment: 'pr-7', service: null },
      tokenType: 'workspace',
      reason: 'not-authorized',
      message: 'Not Authorized',
      tokenChecked: true,
      presence: {
        kind: 'deleted',
        what: 'project',
        at: { project: 'shop', environment: 'pr-7', service: null },
      },
    },
    {
      activity: 'apply-preview-changes',
      object: { project: 'shop', environment: 'pr-7', service: null },
      tokenType: 'workspace',
      reason: 'not-applied',
      waited: '45 s',
      message: '',
    },
    {
      activity: 'clone-services',
      object: 'api',
      tokenType: 'workspace',
      reason: 'not-applied',
      waited: '1 min',
      message: '(not shown, because it may contain values of variables)',
    },
    {
      activity: 'write-variables',
      object: web,
      tokenType: 'workspace',
      reason: 'not-found',
      message: 'ServiceInstance not found',
      presence: { kind: 'deleted', what: 'service', at: web },
    },
    {
      activity: 'read-deployment',
      object: null,
      tokenType: 'workspace',
      reason: 'not-found',
      message: 'Deployment not found',
      presence: { kind: 'deleted', what: 'deployment', at: web },
    },
    {
      activity: 'deploy',
      object: web,
      tokenType: 'workspace',
      reason: 'not-found',
      message: 'Deployment not found',
      presence: { kind: 'there' },
    },
    {
      activity: 'deploy',
      object: web,
      tokenType: 'workspace',
      reason: 'plan',
      message: 'Deploys on the Free plan are paused during peak hours.',
    },
  ],
  'two-factor-required': [{ workspace: 'Acme' }, { workspace: null }],
  'untrusted-commit': [
    {
      commit: '4f2c1d9e8b7a6f5e4d3c2b1a09f8e7d6c5b4a392',
      event: 'workflow_run',
      repository: 'stranger/shop',
      certain: true,
    },
    {
      commit: '4f2c1d9e8b7a6f5e4d3c2b1a09f8e7d6c5b4a392',
      event: 'status',
      repository: null,
      certain: false,
    },
  ],
  'commit-mismatch': [
    {
      ...web,
      requested: '4f2c1d9e8b7a6f5e4d3c2b1a09f8e7d6c5b4a392',
      live: '9d8c7b6a5f4e3d2c1b0a99887766554433221100',
    },
  ],
  'commit-not-found': [{ ...web, commit: '4f2c1d9e8b7a6f5e4d3c2b1a09f8e7d6c5b4a392' }],
  'source-not-live': [
    { ...web, from: 'staging', reason: { kind: 'not-live', status: 'CRASHED' } },
    { ...web, from: 'staging', reason: { kind: 'absent' } },
    { ...web, from: 'staging', reason: { kind: 'never-deployed' } },
    { ...web, from: 'staging', reason: { kind: 'uploaded' } },
  ],
  'inherited-variable': [
    { ...web, environment: 'pr-7', variable: 'DATABASE_URL', pattern: '*_URL', end: null },
    {
      ...web,
      environment: 'pr-7',
      variable: 'DATABASE_URL',
      pattern: '*_URL',
      end: { name: 'legacy.DSN', isPassword: false, isItself: false },
    },
    {
      ...web,
      environment: 'pr-7',
      variable: 'DATABASE_URL',
      pattern: '*_URL',
      end: { name: 'legacy.DSN', isPassword: true, isItself: false },
    },
    {
      ...web,
      environment: 'pr-7',
      variable: 'DATABASE_URL',
      pattern: '*_URL',
      end: { name: 'web.DATABASE_URL', isPassword: true, isItself: true },
    },
    {
      project: 'shop',
      environment: 'pr-7',
      service: null,
      variable: 'STRIPE_LIVE_KEY',
      pattern: '*_LIVE_*',
      end: null,
    },
  ],
  'empty-value': [
    { ...web, variables: ['STRIPE_KEY'], sealed: [] },
    { ...web, variables: ['STRIPE_KEY', 'SMTP_PASSWORD'], sealed: ['SMTP_PASSWORD'] },
  ],
  'staged-changes': [
    {
      project: 'shop',
      environment: 'production',
      purpose: 'remove-variables',
      since: '2026-11-20T09:30:00.000Z',
    },
    { project: 'shop', environment: 'pr-7', purpose: 'preview', since: null },
    {
      project: 'shop',
      environment: 'production',
      purpose: 'remove-variables',
      since: null,
      isRemovalStaged: true,
    },
  ],
  'name-taken': [
    { project: 'shop', environment: 'pr-7', reason: { kind: 'persistent' } },
    { project: 'shop', environment: 'production', reason: { kind: 'base-environment' } },
    { project: 'shop', environment: 'pr-7', reason: { kind: 'restricted' } },
    { project: 'shop', environment: 'pr-7', reason: { kind: 'unknown' } },
    {
      project: 'shop',
      environment: 'pr-7',
      reason: { kind: 'railway-preview', pullRequest: 7 },
    },
    {
      project: 'shop',
      environment: 'pr-7',
      reason: { kind: 'other-repository', repository: 'acme/shop' },
    },
    {
      project: 'shop',
      environment: 'pr-7',
      reason: { kind: 'other-base', source: 'staging', base: 'production' },
    },
    { project: 'shop', environment: 'pr-7', reason: { kind: 'created-meanwhile' } },
    { project: 'shop', environment: 'pr-7', reason: { kind: 'reserved' } },
  ],
  'rollback-unavailable': [
    { ...web, read: 12 },
    { ...web, read: 0 },
  ],
  'rate-limited': [
    {
      by: 'api',
      activity: 'execute-plan',
      object: '40 changes',
      needed: 46,
      remaining: 12,
      resetsAt: '2026-11-20T13:00:00.000Z',
    },
    {
      by: 'edge',
      activity: 'detect-token',
      object: 'WhoAmI',
      needed: null,
      remaining: null,
      resetsAt: null,
    },
  ],
  'api-unavailable': [
    {
      activity: 'read-workspace',
      object: 'Acme',
      detail: 'HTTP 502',
      effect: 'nothing-changed',
    },
    {
      activity: 'read-workspace',
      object: 'Acme',
      detail: 'HTTP 407 from the proxy',
      effect: 'nothing-changed',
      proxy: 'HTTPS_PROXY',
    },
    {
      activity: 'read-workspace',
      object: 'Acme',
      detail: 'a network error (SELF_SIGNED_CERT_IN_CHAIN)',
      effect: 'nothing-changed',
      untrusted: true,
    },
    { variable: 'HTTPS_PROXY', problem: { kind: 'unreadable' } },
    { variable: 'https_proxy', problem: { kind: 'unsupported-protocol', protocol: 'socks5' } },
    { variable: 'HTTP_PROXY', problem: { kind: 'unsupported-node', version: '24.10.0' } },
  ],
  'api-incompatible': [
    {
      operation: 'WorkspaceProjects',
      field: 'projects.edges.0.node.name',
      detail: 'Invalid input: expected string, received number',
    },
  ],
  'deployment-failed': [
    {
      ...web,
      how: 'failed',
      step: 'BUILD_IMAGE',
      diagnosis: null,
      firstErrorLine: 'error TS2304: Cannot find name "foo".',
    },
    { ...web, how: 'crashed', step: null, diagnosis: 'Ran out of memory.', firstErrorLine: null },
    { ...web, how: 'removed', step: null, diagnosis: null, firstErrorLine: null },
    { ...web, how: 'no-longer-live', step: null, diagnosis: null, firstErrorLine: null },
    { ...web, how: 'failed', step: 'BUILD_IMAGE', diagnosis: null, firstErrorLine: null },
    {
      ...web,
      how: 'removed',
      step: null,
      diagnosis: null,
      firstErrorLine: null,
      waiting: 'after-canary',
    },
    {
      ...web,
      how: 'failed',
      step: null,
      diagnosis: null,
      firstErrorLine: null,
      reason: 'The root directory "apps/web" does not exist',
      hasLog: false,
    },
    {
      ...web,
      how: 'failed',
      step: null,
      diagnosis: null,
      firstErrorLine: null,
      hasLog: false,
    },
  ],
  unhealthy: [
    {
      ...web,
      url: 'https://shop.example.com/healthz',
      result: { kind: 'status', status: 503 },
      waited: '2 min',
    },
    {
      ...web,
      url: 'https://shop.example.com/healthz',
      result: { kind: 'no-response', detail: 'connection refused' },
      waited: '2 min',
    },
  ],
  'deployment-skipped': [
    { ...web, why: null },
    { ...web, why: 'No changed files matched patterns.' },
    { ...web, why: null, waiting: 'after-canary' },
    { ...web, why: null, waiting: 'later-waves' },
  ],
  'upload-refused': [
    {
      ...web,
      directory: 'dist',
      bytes: 314_572_800,
      why: 'The upload is too large (HTTP 413). Railway documents no limit, but users report that uploads of more than 200 MB fail.',
    },
    {
      ...web,
      directory: 'dist',
      bytes: null,
      why: 'Symbolic links point outside of the directory: assets -> /srv/assets.',
    },
  ],
  'deployment-timeout': [
    { ...web, status: 'BUILDING', waited: '20 min' },
    { ...web, status: null, waited: '20 min' },
    { ...web, status: "WAITING (it waits for the commit's checks)", waited: '20 min' },
    { ...web, status: 'NEEDS_APPROVAL (it waits for a person to approve it)', waited: '20 min' },
    {
      project: 'shop',
      environment: 'pr-7',
      service: null,
      status: 'waiting for its services to appear',
      waited: '20 min',
    },
  ],
  'changes-pending': [
    { targets: [web, { ...web, service: 'api' }] },
    { targets: [{ ...web, environment: 'pr-7', service: null }] },
  ],
  cancelled: [
    { started: 3, unfinished: 2 },
    { started: 1, unfinished: 0 },
    { started: 0, unfinished: 0 },
  ],
  'internal-error': [
    { name: 'TypeError', where: 'planDeploy' },
    { name: 'string', where: '' },
    { name: 'Error', where: '', missing: '382.index.js' },
  ],
}
