/** A Deployment named web in a workshop, and short questions about its ReplicaSets and conditions. */
import { getCondition } from '../../src/api/conditions.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { deploymentController } from '../../src/controllers/deployment.ts'
import { replicaSetController } from '../../src/controllers/replicaset.ts'
import { Workshop } from './workshop.ts'

export const labels = { app: 'web' }
export const key = 'default/web'
export const both = [deploymentController, replicaSetController]

export function deployment(replicas: number, more: object = {}, image = 'nginx:1'): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image }] } },
      ...more,
    },
  }
}

export const rolling = (surge: number | string, unavailable: number | string) => ({
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } },
})

export const settled = (shop: Workshop) => shop.settle(both, () => shop.runPods())

export function begun(object: object): Workshop {
  const shop = new Workshop()
  shop.create(object)
  settled(shop)
  return shop
}

export function setImage(shop: Workshop, image: string): void {
  const [container] = shop.get('Deployment', 'web').spec.template.spec.containers
  shop.patch('Deployment', 'web', { spec: { template: { spec: { containers: [{ ...container, image }] } } } })
}

export const sets = (shop: Workshop) => shop.list('ReplicaSet')
export const byImage = (shop: Workshop, image: string) =>
  sets(shop).find((set) => set.spec.template.spec.containers[0].image === image) as KubeObject
export const sizes = (shop: Workshop) =>
  Object.fromEntries(sets(shop).map((set) => [set.spec.template.spec.containers[0].image, set.spec.replicas]))
export const annotation = (object: KubeObject, name: string) =>
  object.metadata.annotations?.[`deployment.kubernetes.io/${name}`]
export const progressing = (shop: Workshop) =>
  getCondition(shop.get('Deployment', 'web').status?.conditions, 'Progressing')
export const available = (shop: Workshop) => getCondition(shop.get('Deployment', 'web').status?.conditions, 'Available')
