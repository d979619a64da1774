/** Quotas: what admission lets into a namespace. */
import type { KubeObject } from '../../api/object.ts'
import { isPodFinished } from '../../api/pod-status.ts'
import { value } from '../../api/quantity.ts'
import type { Moment } from '../moment.ts'
import { type Held, settled, step } from '../property.ts'
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

/** `settled ⇒ used = what there is`, of pods that have not ended. */
export const quotasCount = row(
  {
    id: 'A14b',
    name: 'quotasCount',
    says: 'When nothing is left to do, a quota says that as many pods are used as there are that have not ended.',
    class: 'C',
    source: page('concepts/policy/resource-quotas/'),
  },
  settled((s) =>
    eachOf(s.list('resourcequotas'), (quota) => {
      const pods = s.list('pods', { namespace: quota.metadata.namespace ?? '' })
      const said: string | undefined = quota.status?.used?.pods
      if (said === undefined || quota.spec?.scopes !== undefined || pods.some(isGoing)) return true
      const is = pods.filter((pod) => !isPodFinished(pod)).length
      return orElse(value(said) === is, () => `${quota.metadata.name} says ${said} pods and there are ${is}`)
    }),
  ),
)
