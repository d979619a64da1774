/** What a user does to single pods: makes one of some sort, ends it sooner or later, changes what may be changed. */
import { chosen, type Operation, tried } from './operation-tools.ts'
import { podSpecs, podText } from './scenarios-pods.ts'

/** Makes one of the pods again, where it is gone. */
const pod: Operation = async (rig, [a]) => {
  const one = chosen(podSpecs, a)
  if (one === undefined) return undefined
  return tried(`create pod ${one.name}`, () => rig.cluster.apply(podText(one)))
}

/** Deletes a pod, and perhaps again with less time. */
const endPod: Operation = async (rig, [a, b, c]) => {
  const object = chosen(rig.cluster.list('Pod', { namespace: '*' }), a)
  if (object === undefined) return undefined
  const { name, namespace = 'default' } = object.metadata
  const times = [[undefined], [5], [300, 5], [undefined, 1], [60, 0]][(b ?? 0) % 5] ?? []
  const told = times.map((one) => (one === undefined ? 'its own time' : `${one} s`)).join(', then ')
  return tried(`delete pod ${name} with ${told}`, async () => {
    for (const graceSeconds of times) {
      await rig.cluster.delete('Pod', name, { namespace, ...(graceSeconds === undefined ? {} : { graceSeconds }) })
      if ((c ?? 0) % 2 === 0) rig.drain()
    }
  })
}

const editPod: Operation = async (rig, [a, b]) => {
  const object = chosen(rig.cluster.list('Pod', { namespace: '*' }), a)
  if (object === undefined) return undefined
  const [first] = object.spec.containers
  const tolerations = [...(object.spec.tolerations ?? []), { key: 'maintenance', operator: 'Exists' }]
  const change = chosen(
    [
      { spec: { activeDeadlineSeconds: 60 } },
      { spec: { activeDeadlineSeconds: 20 } },
      { spec: { containers: [{ name: first.name, image: first.image === 'nginx:1' ? 'nginx:2' : 'nginx:1' }] } },
      { spec: { tolerations } },
      { metadata: { labels: { app: 'other' } } },
    ],
    b,
  )
  return tried(`change pod ${object.metadata.name}: ${JSON.stringify(change)}`, () =>
    rig.cluster.patch('Pod', object.metadata.name, change as object, { type: 'strategic' }),
  )
}

export const podOperations: Readonly<Record<string, Operation>> = { pod, 'end-pod': endPod, 'edit-pod': editPod }
