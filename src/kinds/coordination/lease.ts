/** Lease: coordination.k8s.io/v1. */
import { defineKind } from '../../api/kind.ts'
import { leaseColumns } from '../columns.ts'

export const Lease = defineKind({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  shortNames: [],
  categories: [],
  namespaced: true,
  schema: 'io.k8s.api.coordination.v1.Lease',
  hasGeneration: false,
  columns: leaseColumns,
})
