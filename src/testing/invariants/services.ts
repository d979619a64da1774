/** Services: addresses and ports that are given out. */
import type { KubeObject } from '../../api/object.ts'
import { settled, step } from '../property.ts'
import { page, row } from './row.ts'
import { eachOf, isGoing, named, orElse, uidOf } from './words.ts'

const docs = page('concepts/services-networking/')

const portsOf = ({ spec }: KubeObject): readonly number[] =>
  ((spec?.ports ?? []) as { nodePort?: number }[]).flatMap(({ nodePort }) => (nodePort ? [nodePort] : []))

const addressesOf = ({ spec }: KubeObject): readonly string[] =>
  ((spec?.clusterIPs ?? (spec?.clusterIP ? [spec.clusterIP] : [])) as string[]).filter(
    (ip) => ip !== 'None' && ip !== '',
  )

/** `[ip(a) = ip(b) ⇒ a = b]`, of cluster addresses and of node ports. */
export const addressesAreGivenOnce = row(
  {
    id: 'E5',
    name: 'addressesAreGivenOnce',
    says: 'No two services, of whatever namespaces, have one cluster IP or one node port.',
    class: 'C',
    source: `${docs}cluster-ip-allocation/, ${docs}service/#type-nodeport`,
  },
  step(({ type, resource, object }, _before, after) => {
    if (resource !== 'services' || type === 'DELETED') return undefined
    return eachOf(after.list('services', { namespace: '*' }), (other) => {
      if (uidOf(other) === uidOf(object)) return true
      const ip = addressesOf(object).find((one) => addressesOf(other).includes(one))
      const port = portsOf(object).find((one) => portsOf(other).includes(one))
      return orElse(
        ip === undefined && port === undefined,
        () => `${named(object)} and ${named(other)} have ${ip ?? `the node port ${port}`}`,
      )
    })
  }),
)

/** `settled ⇒ a service has what its type needs, and no more`. */
export const servicesHaveAddresses = row(
  {
    id: 'E5b',
    name: 'servicesHaveAddresses',
    says: 'When nothing is left to do, every service has a cluster IP or says None, those of type NodePort a port on nodes for each of theirs, and those of type ClusterIP none.',
    class: 'C',
    source: `${docs}service/#publishing-services-service-types`,
  },
  settled((s) =>
    eachOf(s.list('services', { namespace: '*' }), (service) => {
      const { type = 'ClusterIP', clusterIP = '', ports = [] } = service.spec ?? {}
      if (isGoing(service) || type === 'ExternalName') return true
      if (clusterIP === '') return `${named(service)} has no address`
      const given = portsOf(service).length
      if (type === 'ClusterIP') return orElse(given === 0, () => `${named(service)} keeps a port on nodes`)
      return orElse(type !== 'NodePort' || given === ports.length, () => `${named(service)} lacks a port on nodes`)
    }),
  ),
)
