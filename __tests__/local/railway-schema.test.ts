import { afterEach, describe, expect, it } from '@jest/globals'
import { type GraphQLOutputType, isListType, isNonNullType, isObjectType } from 'graphql'
import { buildRailwaySchema } from '../../local/railway/schema.ts'
import { bench, closeAll } from './railway-harness.ts'

afterEach(closeAll)

describe('the schema of the local Railway', () => {
  it('resolves every field of every type', async () => {
    const { ask, world } = await bench()
    const acme = world.workspace('Acme')
    const shop = world.project(acme, 'shop', { environments: ['production', 'staging'] })
    const production = world.environmentOf(shop, 'production')
    const web = world.service(shop, 'web', {
      source: { repo: 'acme/shop' },
      domain: true,
      customDomain: 'shop.example.com',
      variables: { A: '1' },
    })
    const token = world.accountToken([acme], { projects: [shop] })
    const deployment = world.instance(web, production).deployments[0]
    const ids: Record<string, string> = {
      workspaceId: acme.id,
      projectId: shop.id,
      environmentId: production.id,
      serviceId: web.id,
      deploymentId: deployment?.id ?? '',
      workflowId: 'none',
    }
    const byType: Record<string, string> = {
      Project: shop.id,
      Environment: production.id,
      Service: web.id,
      Deployment: deployment?.id ?? '',
      QueryDeploymentEventsConnection: deployment?.id ?? '',
    }
    const query = buildRailwaySchema().getQueryType()
    for (const field of Object.values(query?.getFields() ?? {})) {
      if (['projectToken', 'environmentPatch'].includes(field.name)) continue
      const args = field.args.flatMap(({ name, type }) => {
        if (name === 'input') return [`input: { environmentId: "${production.id}" }`]
        if (name === 'ids') return [`ids: ["${shop.id}"]`]
        if (name === 'id') return [`id: "${byType[bare(field.type)]}"`]
        return isNonNullType(type) ? [`${name}: "${ids[name]}"`] : []
      })
      const given = args.length > 0 ? `(${args.join(', ')})` : ''
      const { body } = await ask(token, `{ ${field.name}${given} ${selection(field.type, 6)} }`)
      expect({ field: field.name, errors: body.errors }).toEqual({ field: field.name })
    }
  })
})

const bare = (type: GraphQLOutputType): string => String(type).replaceAll(/[![\]]/g, '')

/** Returns everything below a type, each type once on the way down. */
function selection(type: GraphQLOutputType, depth: number, seen: string[] = []): string {
  if (isNonNullType(type) || isListType(type)) return selection(type.ofType, depth, seen)
  if (!isObjectType(type)) return ''
  const fields = Object.values(type.getFields()).flatMap((field) => {
    if (seen.includes(bare(field.type)) || depth === 0) return []
    const below = selection(field.type, depth - 1, [...seen, type.name])
    const leaf = !isObjectType(isNonNullType(field.type) ? field.type.ofType : field.type)
    return leaf && !isNested(field.type) ? [field.name] : below ? [`${field.name} ${below}`] : []
  })
  return fields.length > 0 ? `{ ${fields.join(' ')} }` : ''
}

const isNested = (type: GraphQLOutputType): boolean =>
  isNonNullType(type) || isListType(type) ? isNested(type.ofType) : isObjectType(type)
