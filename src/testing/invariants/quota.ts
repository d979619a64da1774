/** Quotas: what admission lets into a namespace. */
import type { KubeObject } from '../../api/object.ts'
import { podLimits, podRequests } from '../../api/pod-resources.ts'
import { addQuantity, type Quantity, value } from '../../api/quantity.ts'
import { zero } from '../../api/resource-list.ts'
import type { Moment } from '../moment.ts'
import { type Held, settled, step } from '../property.ts'
import { isPodFinished } from './documented.ts'
import { page, row } from './row.ts'
import { eachOf, isGoing, orElse } from './words.ts'

/** What of a quota a kind counts against: `pods` and `count/pods`, … */
const namesOf = (resource: string): readonly string[] => [`count/${resource}`, resource]

function exceeded(s: Moment, quota: KubeObject, resource: string): Held {
  const { namespace = '' } = quota.metadata
  return eachOf(namesOf(resource), (name) => {
    const hard: string | undefined = quota.status?.hard?.[name]
    if (hard === undefined || quota.spec?.hard?.[name] === undefined) return true
    const all = s.list(resource, { namespace })
    const counts = name === 'pods' ? all.filter((pod) => !isPodFinished(pod) && !isGoing(pod)) : all
    return orElse(
      counts.length <= value(hard),
      () => `${counts.length} ${name} where ${quota.metadata.name} allows ${hard}`,
    )
  })
}

/**
 * `□ Σ admitted ≤ hard`, at each creation. Of quotas without scopes, and of numbers of objects; pods that have ended or are
 * ending may be counted by the quota for a while yet, never the other way round.
 */
export const quotaHolds = row(
  {
    id: 'A14',
    name: 'quotaHolds',
    says: 'No creation takes a namespace beyond what its quotas allow.',
    class: 'C',
    source: page('concepts/policy/resource-quotas/'),
  },
  step(({ type, resource, object }, before, after) => {
    const { namespace } = object.metadata
    if (type !== 'ADDED' || namespace === undefined) return undefined
    const quotas = before.list('resourcequotas', { namespace })
    const plain = quotas.filter(({ spec }) => spec?.scopes === undefined && spec?.scopeSelector === undefined)
    return plain.length === 0 ? undefined : eachOf(plain, (quota) => exceeded(after, quota, resource))
  }),
)

/** What there is of a name that a quota counts; undefined for names that are not judged here. */
function thereIs(s: Moment, name: string, namespace: string): number | undefined {
  const active = (): readonly KubeObject[] => s.list('pods', { namespace }).filter((pod) => !isPodFinished(pod))
  const asked = /^(requests\.|limits\.)?(cpu|memory)$/.exec(name)
  if (asked !== null) {
    const amounts = active().map((pod) =>
      (asked[1] === 'limits.' ? podLimits(pod) : podRequests(pod)).get(asked[2] ?? ''),
    )
    return value(amounts.reduce<Quantity>((sum, one) => (one === undefined ? sum : addQuantity(sum, one)), zero))
  }
  if (name === 'pods') return active().length
  if (name === 'services.nodeports')
    return s
      .list('services', { namespace })
      .filter(({ spec }) => spec?.type === 'NodePort' || spec?.type === 'LoadBalancer')
      .reduce((sum, { spec }) => sum + (spec?.ports?.length ?? 0), 0)
  if (name === 'count/pods') return s.list('pods', { namespace }).length
  const plain = /^(?:count\/)?(services|configmaps|secrets|persistentvolumeclaims)$/.exec(name)?.[1]
  return plain === undefined ? undefined : s.list(plain, { namespace }).length
}

/** `settled ⇒ hard = spec.hard ∧ used = what there is`, of quotas without scopes. */
export const quotasCount = row(
  {
    id: 'A14b',
    name: 'quotasCount',
    says: 'When nothing is left to do, a quota tells what it allows, and how much is used: objects that there are, pods that have not ended and what those ask for.',
    class: 'C',
    source: page('concepts/policy/resource-quotas/'),
  },
  settled((s) =>
    eachOf(s.list('resourcequotas'), (quota) => {
      const { namespace = '', name } = quota.metadata
      const { hard = {}, used = {} } = quota.status ?? {}
      const isPlain = quota.spec?.scopes === undefined && quota.spec?.scopeSelector === undefined
      if (!isPlain || quota.status === undefined || s.list('pods', { namespace }).some(isGoing)) return true
      return eachOf(Object.entries((quota.spec?.hard ?? {}) as Record<string, string>), ([what, most]) => {
        if (value(hard[what] ?? '-1') !== value(most)) return `${name} allows ${most} ${what} and says ${hard[what]}`
        const is = thereIs(s, what, namespace)
        return orElse(
          is === undefined || value(used[what] ?? '-1') === is,
          () => `${name} says ${used[what]} ${what} and there are ${is}`,
        )
      })
    }),
  ),
)
