/** Quotas: what admission lets into a namespace. */
import type { KubeObject } from '../../api/object.ts'
import { value } from '../../api/quantity.ts'
import type { Moment } from '../moment.ts'
import { type Held, settled, step } from '../property.ts'
import { isPodFinished } from './documented.ts'
import { chargeOf, countedBy, isOf, measured } from './quota-words.ts'
import { page, row } from './row.ts'
import { eachOf, isGoing, named, orElse } from './words.ts'

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

/** How much there is under a name of a quota; undefined where that is left open. */
function thereIs(s: Moment, quota: KubeObject, name: string): number | undefined {
  const resource = countedBy(name)
  if (resource === undefined) return undefined
  let sum = 0
  for (const object of s.list(resource, { namespace: quota.metadata.namespace ?? '' })) {
    const is = isOf(quota, object)
    const charge = is === true ? chargeOf(object, name, s.now) : is === false ? 0 : undefined
    if (charge === undefined) return undefined
    sum += charge
  }
  return sum
}

const hardOf = ({ spec }: KubeObject): readonly (readonly [string, string])[] => Object.entries(spec?.hard ?? {})

/** `[create o ∧ o counts ⇒ Σ ≤ hard]`, of amounts as well as of numbers, by scope. */
export const amountsAreHeld = row(
  {
    id: 'A14c',
    name: 'amountsAreHeld',
    says: 'No pod, claim or service is made that takes what a quota counts beyond what it allows: what pods ask for, their limits, storage, ports, each by its scopes.',
    class: 'C',
    source: page('concepts/policy/resource-quotas/#quota-scopes'),
  },
  step(({ type, resource, object }, before, after) => {
    const { namespace } = object.metadata
    if (type !== 'ADDED' || namespace === undefined) return undefined
    const quotas = before.list('resourcequotas', { namespace }).filter((quota) => isOf(quota, object) === true)
    return eachOf(quotas, (quota) =>
      eachOf(hardOf(quota), ([name]) => {
        const most: string | undefined = quota.status?.hard?.[name]
        if (most === undefined || countedBy(name) !== resource || !chargeOf(object, name, after.now)) return true
        const is = thereIs(after, quota, name)
        return orElse(
          is === undefined || is <= measured(name, most),
          () => `${named(object)} takes ${name} to ${is}, and ${quota.metadata.name} allows ${most}`,
        )
      }),
    )
  }),
)

/** `settled ⇒ hard = spec.hard ∧ used = what there is`. */
export const quotasCount = row(
  {
    id: 'A14b',
    name: 'quotasCount',
    says: 'When nothing is left to do, a quota tells what it allows, and how much is used: objects that there are, and of its scopes the pods that have not ended and what those ask for.',
    class: 'C',
    source: page('concepts/policy/resource-quotas/'),
  },
  settled((s) =>
    eachOf(s.list('resourcequotas'), (quota) => {
      const { name } = quota.metadata
      const { hard = {}, used = {} } = quota.status ?? {}
      if (quota.status === undefined || isGoing(quota)) return true
      return eachOf(hardOf(quota), ([what, most]) => {
        if (measured(what, hard[what] ?? '-1') !== measured(what, most))
          return `${name} allows ${most} ${what} and says ${hard[what]}`
        const is = thereIs(s, quota, what)
        return orElse(
          is === undefined || measured(what, used[what] ?? '-1') === is,
          () => `${name} says ${used[what]} ${what} and there are ${is}`,
        )
      })
    }),
  ),
)
