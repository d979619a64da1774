/** What users do to a cluster, drawn at random: plain data that `perform` does and an explorer reads. */
import fc from 'fast-check'
import type { KubeObject } from '../../api/object.ts'
import { KybernError } from '../../lib/coded-error.ts'
import type { Operation } from '../operation.ts'
import { kindNamed, valid } from './object.ts'
import { labelKey, labelValue } from './words.ts'

/** The names of operations: `kill` and `restore` are faults of a node, `wait` lets time go by. */
export type OperationName =
  | 'apply'
  | 'scale'
  | 'setImage'
  | 'undo'
  | 'delete'
  | 'drain'
  | 'cordon'
  | 'uncordon'
  | 'taint'
  | 'label'
  | 'kill'
  | 'restore'
  | 'wait'

export interface OperationsShape {
  /** What may be done. Default: everything. */
  readonly only?: readonly OperationName[]
  /** The names of the nodes; default node-1, node-2, node-3 as `createCluster()` has them. */
  readonly nodes?: readonly string[]
  /** Kinds of objects that are applied and changed. Default Deployment, StatefulSet, DaemonSet. */
  readonly kinds?: readonly string[]
  /** Names of objects: few, so that operations meet. Default ['web', 'db']. */
  readonly names?: readonly string[]
  /** Objects that may be applied beside those that are drawn from the schemas; with them only these are. */
  readonly objects?: readonly KubeObject[]
  readonly images?: readonly string[]
  /** Replicas asked for by scale: from 0 to this. Default 5. */
  readonly replicas?: number
  /** How long a wait lasts. Default ['1s', '30s', '10m']. */
  readonly waits?: readonly string[]
}

const usual = {
  nodes: ['node-1', 'node-2', 'node-3'],
  kinds: ['Deployment', 'StatefulSet', 'DaemonSet'],
  names: ['web', 'db'],
  images: ['nginx:1', 'nginx:2', 'nginx:3'],
  waits: ['1s', '30s', '10m'],
}

/** One operation. Throws KYB-ARBITRARY for kinds nobody serves and lists with nothing in them. */
export function operation(shape: OperationsShape = {}): fc.Arbitrary<Operation> {
  const made = makers(shape)
  const names = shape.only ?? (Object.keys(made) as OperationName[])
  const unknown = names.filter((name) => made[name] === undefined)
  if (unknown.length > 0 || names.length === 0)
    throw new KybernError(
      'KYB-ARBITRARY',
      `there are no operations ${JSON.stringify(names)}; there are ${Object.keys(made).join(', ')}`,
    )
  return fc.oneof(...names.map((name) => made[name]()))
}

/** A list of operations, one after the other; shrinks to few of the simplest. Default length: 0 to 8; from 0 shrinks best. */
export function operations(
  shape: OperationsShape & { readonly length?: readonly [number, number] } = {},
): fc.Arbitrary<Operation[]> {
  const [minLength, maxLength] = shape.length ?? [0, 8]
  return fc.array(operation(shape), { minLength, maxLength, size: 'max' })
}

function makers(shape: OperationsShape): Record<OperationName, () => fc.Arbitrary<Operation>> {
  const node = oneOf(shape.nodes ?? usual.nodes)
  const name = oneOf(shape.names ?? usual.names)
  const of = (...wanted: string[]): fc.Arbitrary<{ kind: string; name: string }> => {
    const asked = shape.kinds ?? usual.kinds
    const fitting = wanted.length === 0 ? asked : asked.filter((kind) => wanted.includes(kind))
    return fc.record({ kind: oneOf(fitting.length > 0 ? fitting : asked), name })
  }
  const image = oneOf(shape.images ?? usual.images)
  const replicas = fc.nat({ max: shape.replicas ?? 5 })
  const labels = fc.dictionary(labelKey, fc.option(labelValue), { minKeys: 1, maxKeys: 1 })
  const effect = fc.constantFrom('NoSchedule' as const, 'NoExecute' as const, 'PreferNoSchedule' as const)
  const taint = fc.record({ key: labelKey, value: labelValue, effect })
  return {
    wait: () => oneOf(shape.waits ?? usual.waits).map((wait) => ({ wait })),
    scale: () =>
      fc
        .tuple(of('Deployment', 'StatefulSet', 'ReplicaSet'), replicas)
        .map(([target, n]) => ({ op: 'scale', ...target, replicas: n })),
    setImage: () => fc.tuple(of(), image).map(([target, to]) => ({ op: 'setImage', ...target, image: to })),
    apply: () => applied(shape).map((object) => ({ op: 'apply', object })),
    undo: () => of('Deployment', 'StatefulSet', 'DaemonSet').map((target) => ({ op: 'undo', ...target })),
    delete: () =>
      fc
        .tuple(of(), fc.constantFrom(undefined, 'Foreground' as const, 'Orphan' as const))
        .map(([target, propagation]) => ({ op: 'delete', ...target, ...(propagation && { propagation }) })),
    label: () => fc.tuple(of(), labels).map(([target, some]) => ({ op: 'label', ...target, labels: some })),
    cordon: () => node.map((one) => ({ op: 'cordon', node: one })),
    uncordon: () => node.map((one) => ({ op: 'uncordon', node: one })),
    drain: () => node.map((one) => ({ op: 'drain', node: one })),
    taint: () =>
      fc.tuple(node, taint, fc.boolean()).map(([one, some, remove]) => ({
        op: 'taint',
        node: one,
        taint: some,
        ...(remove && { remove: true as const }),
      })),
    restore: () => node.map((restore) => ({ fault: { restore } })),
    kill: () => node.map((kill) => ({ fault: { kill } })),
  }
}

function applied({ objects, kinds = usual.kinds, names = usual.names }: OperationsShape): fc.Arbitrary<KubeObject> {
  if (objects !== undefined) return oneOf(objects)
  return fc.oneof(...kinds.flatMap((kind) => names.map((name) => valid(kindNamed(kind), { name }))))
}

function oneOf<T>(values: readonly T[]): fc.Arbitrary<T> {
  if (values.length === 0) throw new KybernError('KYB-ARBITRARY', 'there is nothing to draw from an empty list')
  return fc.constantFrom(...values)
}
