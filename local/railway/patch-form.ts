import { z } from 'zod'

const variables = z.record(
  z.string(),
  z.looseObject({ value: z.string(), isSealed: z.boolean().optional() }).nullable(),
)

const domains = z.record(z.string(), z.looseObject({ port: z.number().optional() }).nullable())

/** A setting in a patch. `null` removes it. A missing key does not change it. */
const setting = z.string().nullable().optional()

const servicePatch = z.looseObject({
  source: z
    .looseObject({
      repo: setting,
      branch: setting,
      commitSha: setting,
      image: setting,
      rootDirectory: setting,
      checkSuites: z.boolean().optional(),
    })
    .optional(),
  variables: variables.optional(),
  build: z
    .looseObject({ buildCommand: setting, watchPatterns: z.array(z.string()).optional() })
    .optional(),
  deploy: z
    .looseObject({ startCommand: setting, healthcheckPath: setting, cronSchedule: setting })
    .optional(),
  networking: z.looseObject({ serviceDomains: domains.optional() }).optional(),
  volumeMounts: z.record(z.string(), z.looseObject({ mountPath: z.string() })).optional(),
  isCreated: z.boolean().optional(),
  isDeleted: z.boolean().optional(),
})

/** The format of a patch. It has the keys that the local Railway applies; other keys are accepted and ignored. */
export const patchForm = z.looseObject({
  services: z.record(z.string(), servicePatch).optional(),
  sharedVariables: variables.optional(),
})

export type PatchForm = z.infer<typeof patchForm>
export type ServicePatch = z.infer<typeof servicePatch>
export type VariablesPatch = z.infer<typeof variables>
