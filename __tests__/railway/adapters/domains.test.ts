import { describe, expect, it } from '@jest/globals'

import { domainsSchema, toDomains } from '../../../src/railway/operations/service-instance.ts'

const railway = { domain: 'web.up.railway.app', syncStatus: 'ACTIVE' }
const custom = (verified: boolean | null, more: object = {}) => ({
  domain: 'shop.example.com',
  syncStatus: 'ACTIVE',
  status: verified === null ? null : { verified },
  ...more,
})

const sorted = (answer: { serviceDomains: object[]; customDomains: object[] }) =>
  toDomains(domainsSchema.parse(answer))

describe('the domains of a service', () => {
  it.each([
    {
      name: 'a verified custom domain comes before the one of Railway',
      answer: { serviceDomains: [railway], customDomains: [custom(true)] },
      domains: ['shop.example.com', 'web.up.railway.app'],
      unverifiedDomains: [],
    },
    {
      name: 'an unverified custom domain leads to nothing',
      answer: { serviceDomains: [railway], customDomains: [custom(false)] },
      domains: ['web.up.railway.app'],
      unverifiedDomains: ['shop.example.com'],
    },
    {
      name: 'an unverified custom domain alone is no address',
      answer: { serviceDomains: [], customDomains: [custom(false)] },
      domains: [],
      unverifiedDomains: ['shop.example.com'],
    },
    {
      name: 'a custom domain without a status is not verified',
      answer: { serviceDomains: [], customDomains: [custom(null), { domain: 'b.example.com' }] },
      domains: [],
      unverifiedDomains: ['shop.example.com', 'b.example.com'],
    },
    {
      name: 'a verified one after an unverified one is first',
      answer: {
        serviceDomains: [railway],
        customDomains: [custom(false), custom(true, { domain: 'b.example.com' })],
      },
      domains: ['b.example.com', 'web.up.railway.app'],
      unverifiedDomains: ['shop.example.com'],
    },
    {
      name: 'deleted domains are left out, and those about to be',
      answer: {
        serviceDomains: [{ ...railway, syncStatus: 'DELETING' }],
        customDomains: [
          custom(true, { deletedAt: '2026-01-05T09:00:00Z' }),
          custom(true, { syncStatus: 'DELETED' }),
          custom(false, { syncStatus: 'DELETING' }),
        ],
      },
      domains: [],
      unverifiedDomains: [],
    },
    {
      name: 'a domain that is being made counts',
      answer: { serviceDomains: [{ ...railway, syncStatus: 'CREATING' }], customDomains: [] },
      domains: ['web.up.railway.app'],
      unverifiedDomains: [],
    },
  ])('$name', ({ answer, domains, unverifiedDomains }) => {
    expect(sorted(answer)).toEqual({ domains, unverifiedDomains })
  })
})
