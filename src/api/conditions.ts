/**
 * Conditions: the list in a status that says, by type, what holds of an object.
 * Source: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
 */

/** One condition. Kinds add fields of their own (lastUpdateTime, lastProbeTime, observedGeneration). */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: string
  readonly [field: string]: unknown
}

/** What a writer says; lastTransitionTime follows from the status. */
export type ConditionChange = Omit<Condition, 'lastTransitionTime'> & {
  readonly type: string
  readonly status: Condition['status']
}

/**
 * The list with the condition of that type set. `lastTransitionTime` becomes `nowText` only when the status differs;
 * a field the change does not mention stays. Answers the same list when nothing changes.
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  change: ConditionChange,
  nowText: string,
): readonly Condition[] {
  const list = conditions ?? []
  const at = list.findIndex((condition) => condition.type === change.type)
  const found = list[at]
  if (found === undefined) return [...list, { ...change, lastTransitionTime: nowText } as Condition]
  const fields = Object.keys(change) as (keyof ConditionChange)[]
  if (fields.every((field) => found[field] === change[field])) return list
  const moved = found.status !== change.status ? { lastTransitionTime: nowText } : {}
  return list.with(at, { ...found, ...change, ...moved } as Condition)
}

/** The list without the condition of that type; the same list when there is none. */
export function removeCondition(conditions: readonly Condition[], type: string): readonly Condition[] {
  return conditions.some((condition) => condition.type === type)
    ? conditions.filter((condition) => condition.type !== type)
    : conditions
}

/** The condition of that type. */
export function getCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type)
}

/** True when the condition is there and its status is 'True'. */
export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return getCondition(conditions, type)?.status === 'True'
}
