/** The three lessons of the inspector: a rollout, a node that dies, a broken readiness probe. */
import type { Lesson, LessonView } from './lesson.ts'

const deployment = (image: string, probe = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 3
  selector:
    matchLabels: { app: shop }
  template:
    metadata:
      labels: { app: shop }
    spec:
      containers:
        - name: shop
          image: ${image}
          ports: [{ containerPort: 80 }]${probe}
`

const shop = (seen: LessonView) => seen.object('Deployment', 'shop')
const pods = (seen: LessonView) => seen.states('Pod').filter(({ name }) => name.startsWith('shop-'))
const image = (seen: LessonView): string => shop(seen)?.spec.template.spec.containers[0].image ?? ''
const done = (seen: LessonView): boolean => {
  const { status, spec, metadata } = shop(seen) ?? { status: {}, spec: {}, metadata: {} }
  return (
    status?.observedGeneration === metadata.generation &&
    status?.updatedReplicas === spec.replicas &&
    status?.availableReplicas === spec.replicas &&
    status?.replicas === spec.replicas
  )
}

const rollout: Lesson = {
  id: 'rollout',
  title: 'A rollout',
  about: 'A Deployment replaces its pods one after the other, and can go back.',
  seed: 11,
  nodes: 3,
  yaml: deployment('nginx:1.26'),
  steps: [
    {
      title: 'Ask for a new image',
      text: 'Set the image of the Deployment to nginx:1.27. Nothing is replaced yet: you changed a wish, and the deployment controller has to see it.',
      line: 'kubectl set image deployment/shop shop=nginx:1.27',
      check: (seen) => image(seen) === 'nginx:1.27' || `the image is ${image(seen)}`,
    },
    {
      title: 'Let it happen',
      text: 'Let time pass until nothing is left to do. On the timeline a second ReplicaSet grows while the first one shrinks; at no time are fewer than three pods available.',
      line: 'settle',
      check: (seen) => (image(seen) === 'nginx:1.27' && done(seen)) || 'the rollout is still going on',
    },
    {
      title: 'Go back',
      text: 'Undo the rollout. The first ReplicaSet was kept for this: it is scaled up again.',
      line: 'kubectl rollout undo deployment/shop',
      check: (seen) => image(seen) === 'nginx:1.26' || `the image is ${image(seen)}`,
    },
    {
      title: 'See it through',
      text: 'Let time pass again. Click a pod that is gone: its whole life is still on the timeline.',
      line: 'settle',
      check: (seen) => (image(seen) === 'nginx:1.26' && done(seen)) || 'the old image is not back everywhere yet',
    },
  ],
}

const isReady = (seen: LessonView, name: string): boolean => {
  const node = seen.object('Node', name)
  return (
    node?.status.conditions.some(
      (one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True',
    ) === true
  )
}

const nodeDies: Lesson = {
  id: 'node-dies',
  title: 'A node dies',
  about: 'Nobody tells the cluster that a machine is gone. It has to notice, and then it waits before it acts.',
  seed: 5,
  nodes: 3,
  yaml: deployment('nginx:1.26'),
  steps: [
    {
      title: 'Kill node-1',
      text: 'Kill the machine of node-1 (in the cluster view, or in the terminal). Its pods still look well: what you see is what was last reported.',
      line: 'kill node-1',
      check: (seen) =>
        seen.moment.actors.some(({ id, states }) => id === 'nodes/node-1' && !states.includes('ready')) ||
        'node-1 is still alive',
    },
    {
      title: 'Wait until it is noticed',
      text: 'Advance one minute. The node renews its Lease every ten seconds; after forty seconds without, it is marked unknown and gets a taint.',
      line: 'advance 1m',
      check: (seen) => !isReady(seen, 'node-1') || 'node-1 still counts as ready',
    },
    {
      title: 'Wait until it is acted on',
      text: 'Advance ten minutes. Pods tolerate an unreachable node for five minutes; then they are evicted and made again elsewhere.',
      line: 'advance 10m',
      check: (seen) => shop(seen)?.status.availableReplicas === 3 || 'three pods are not available yet',
    },
  ],
}

const probe = (path: string): string => `
          readinessProbe:
            httpGet: { path: ${path}, port: 80 }
            periodSeconds: 5`

const brokenProbe: Lesson = {
  id: 'broken-probe',
  title: 'A broken readiness probe',
  about: 'A pod can run and yet be useless. A rollout that never gets ready does no harm, because the old pods stay.',
  seed: 3,
  nodes: 2,
  scripts: { 'broken:*': 'never ready' },
  yaml: deployment('nginx:1.26', probe('/')),
  steps: [
    {
      title: 'Roll out a broken image',
      text: 'Set the image to broken:unready, which never answers its probe, and let two minutes pass. The new pod runs but never becomes ready; the rollout stops after one.',
      line: 'kubectl set image deployment/shop shop=broken:unready',
      check: (seen) => image(seen) === 'broken:unready' || `the image is ${image(seen)}`,
    },
    {
      title: 'Watch it get stuck',
      text: 'Advance two minutes. Three old pods are still available; open the new one to see which condition is false and why.',
      line: 'advance 2m',
      check: (seen) =>
        (image(seen) === 'broken:unready' &&
          shop(seen)?.status.updatedReplicas === 1 &&
          shop(seen)?.status.availableReplicas === 3 &&
          pods(seen).filter(({ status }) => status.includes('Running')).length === 4) ||
        'there is no new pod beside three available old ones yet',
    },
    {
      title: 'Take it back',
      text: 'Undo the rollout and let it settle: the pod that never got ready goes, and nobody outside has noticed anything.',
      line: 'kubectl rollout undo deployment/shop',
      check: (seen) => image(seen) === 'nginx:1.26' || `the image is ${image(seen)}`,
    },
    {
      title: 'All is well',
      text: 'Let time pass until nothing is left to do.',
      line: 'settle',
      check: (seen) => (done(seen) && pods(seen).length === 3) || 'the broken pod is still there',
    },
  ],
}

export const lessons: readonly Lesson[] = [rollout, nodeDies, brokenProbe]

/** The objects that the checks of every lesson look at. */
export const lessonObjects = [
  ['Deployment', 'shop'],
  ['Node', 'node-1'],
] as const
