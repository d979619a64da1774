/**
 * Says of every FlowSchema whether the priority level it sends requests to is there.
 * Source: https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#flowschema
 */
import { setCondition } from '../api/conditions.ts'
import type { KubeObject } from '../api/object.ts'
import { toRfc3339 } from '../api/time.ts'
import { FlowSchema, PriorityLevelConfiguration } from '../kinds/index.ts'
import { equal } from '../lib/equal.ts'
import type { Transition } from '../store/transition.ts'
import type { View } from '../store/view.ts'
import { controller } from './controller.ts'
import { statusOf } from './writes.ts'

const levelOf = (schema: KubeObject): string => schema.spec?.priorityLevelConfiguration?.name ?? ''

/** Keeps the condition Dangling true to what there is. */
export function reconcile(view: View, name: string): Transition[] {
  const schema = view.get(FlowSchema, '', name)
  if (schema === undefined) return []
  const level = levelOf(schema)
  const isThere = view.get(PriorityLevelConfiguration, '', level) !== undefined
  const references = `This FlowSchema references the PriorityLevelConfiguration object named "${level}"`
  const condition = {
    type: 'Dangling',
    status: isThere ? 'False' : 'True',
    reason: isThere ? 'Found' : 'NotFound',
    message: isThere ? `${references} and it exists` : `${references} but there is no such object`,
  } as const
  const conditions = setCondition(schema.status?.conditions, condition, toRfc3339(view.now))
  if (equal(conditions, schema.status?.conditions)) return []
  return [statusOf(FlowSchema, { ...schema, status: { ...schema.status, conditions } })]
}

function schemasOf(level: KubeObject, view: View): string[] {
  const schemas = view.list(FlowSchema).filter((schema) => levelOf(schema) === level.metadata.name)
  return schemas.map((schema) => schema.metadata.name)
}

export const flowSchemaController = controller({
  name: 'flow-schema',
  of: FlowSchema,
  matters: ({ type }) => type !== 'DELETED',
  watches: [{ kind: PriorityLevelConfiguration, keys: schemasOf }],
  reconcile,
})
