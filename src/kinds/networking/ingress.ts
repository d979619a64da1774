/** Ingress: networking.k8s.io/v1. */
import { listOf } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { path } from '../../api/field-error.ts'
import { ipWarnings } from '../../api/ip-range.ts'
import { defineKind } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { withStatus } from '../without-status.ts'
import { validateIngress } from './ingress-validate.ts'

const mostHosts = 3

function hosts({ spec }: KubeObject): string {
  const rules = listOf(spec?.rules)
  const named: string[] = []
  let more = false
  for (const { host = '' } of rules) {
    if (named.length === mostHosts) more = true
    if (!more && host !== '') named.push(host)
  }
  if (named.length === 0) return '*'
  return more ? `${named.join(',')} + ${rules.length - mostHosts} more...` : named.join(',')
}

/** Where the load balancer is; kubectl asks for narrow cells, wide ones are the client's choice. */
function address({ status }: KubeObject): string {
  const points = listOf(status?.loadBalancer?.ingress).map(({ ip, hostname }) => ip || hostname || '')
  return [...new Set(points.filter((point) => point !== ''))].sort().join(',')
}

function warnings(ingress: KubeObject, previous: KubeObject | undefined): string[] {
  const annotation = 'kubernetes.io/ingress.class'
  const old = ingress.metadata.annotations?.[annotation] !== undefined && ingress.spec?.ingressClassName === undefined
  const points = listOf(ingress.status?.loadBalancer?.ingress)
  const at = path('status', 'loadBalancer', 'ingress')
  if (previous === undefined)
    return old ? [`annotation "${annotation}" is deprecated, please use 'spec.ingressClassName' instead`] : []
  if (ingress.status === previous.status) return []
  return points.flatMap(({ ip }, index) => (ip ? ipWarnings(ip, at.index(index)) : []))
}

export const Ingress = defineKind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  shortNames: ['ing'],
  namespaced: true,
  schema: 'io.k8s.api.networking.v1.Ingress',
  subresources: { status: true },
  hasGeneration: true,
  prepare: { create: (ingress) => withStatus(ingress, { loadBalancer: {} }) },
  validate: validateIngress,
  warnings,
  columns: [
    nameColumn,
    column('Class', ({ spec }) => spec?.ingressClassName ?? '<none>'),
    column('Hosts', hosts),
    column('Address', address),
    column('Ports', ({ spec }) => (listOf(spec?.tls).length > 0 ? '80, 443' : '80')),
    ageColumn,
  ],
})
