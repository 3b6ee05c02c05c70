import { z } from 'zod'

const variables = z.record(
  z.string(),
  z.looseObject({ value: z.string(), isSealed: z.boolean().optional() }).nullable(),
)

const domains = z.record(z.string(), z.looseObject({ port: z.number().optional() }).nullable())

/** `null` unsets a setting; a key that is left out stays as it is. */
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

/** The parts of a patch that the local Railway acts on. It takes others and does nothing with them. */
export const patchForm = z.looseObject({
  services: z.record(z.string(), servicePatch).optional(),
  sharedVariables: variables.optional(),
})

export type PatchForm = z.infer<typeof patchForm>
export type ServicePatch = z.infer<typeof servicePatch>
export type VariablesPatch = z.infer<typeof variables>
