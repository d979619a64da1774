/** Which changes of a Deployment are a new generation for reasons other than its spec. */
import { expect, test } from 'vitest'
import { prepareDeploymentUpdate } from '../../src/kinds/apps/deployment-prepare.ts'

const deployment = (annotations: Record<string, string>) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', generation: 4, annotations },
})

test.each([
  ['the same annotations', { a: '1' }, '', 4],
  ['another annotation', { a: '2' }, '', 5],
  ['another annotation with the status', { a: '2' }, 'status', 4],
] as const)('%s', (_name, annotations, subresource, generation) => {
  const next = prepareDeploymentUpdate(deployment({ ...annotations }), deployment({ a: '1' }), subresource)
  expect(next.metadata.generation).toBe(generation)
})
