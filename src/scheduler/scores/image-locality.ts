/** Nodes that already have the pod's images, scaled by how many nodes have them. Source: k8s.io/kubernetes imagelocality */
import type { KubeObject } from '../../api/object.ts'
import { normalImage, type PodFacts } from '../facts.ts'
import type { Score } from '../plugin.ts'

const mebibyte = 1024 * 1024
const leastBytes = 23 * mebibyte
const mostBytesPerContainer = 1000 * mebibyte

/** Images of a node by name (without a tag: `:latest`) with their size in bytes. */
export function imagesOn(node: KubeObject): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const image of node.status?.images ?? [])
    for (const name of image.names ?? []) found.set(normalImage(name), image.sizeBytes ?? 0)
  return found
}

/** 0..100. `holders` says how many nodes have an image. */
export function imagePoints(
  pod: PodFacts,
  images: ReadonlyMap<string, number>,
  holders: (image: string) => number,
  nodes: number,
): number {
  let sum = 0
  for (const name of pod.images) {
    const size = images.get(name)
    if (size !== undefined) sum += Math.trunc(size * (holders(name) / nodes))
  }
  const most = mostBytesPerContainer * pod.containers
  const within = Math.max(leastBytes, Math.min(sum, most))
  return Math.trunc((100 * (within - leastBytes)) / (most - leastBytes))
}

export const imageLocality: Score = {
  name: 'ImageLocality',
  weight: 1,
  score: (pod, cluster) => {
    const all = cluster.nodes.map(({ node }) => imagesOn(node))
    const holders = (image: string) => all.filter((images) => images.has(image)).length
    return { raw: ({ node }) => imagePoints(pod, imagesOn(node), holders, cluster.nodes.length) }
  },
}
