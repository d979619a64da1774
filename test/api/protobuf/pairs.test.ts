/** Protobuf bodies against those of Kubernetes itself: every kind of field, both ways. */
import { describe, expect, it } from 'vitest'
import { decodeObject, encodeObject } from '../../../src/api/protobuf/index.ts'
import { pairs, recordings } from './pairs.ts'

describe('objects written by k8s.io/apimachinery 0.36', () => {
  it.each(pairs())('$name decodes to the JSON Go gives', ({ bytes, json }) => {
    expect(decodeObject(bytes)).toEqual(json)
  })

  it.each(pairs())('$name comes back as it was encoded', ({ json }) => {
    expect(decodeObject(encodeObject(json))).toEqual(json)
  })
})

describe('bodies kubectl 1.32 sends', () => {
  const decoded = new Map(recordings().map(({ command, bytes }) => [command.split(' --')[0], decodeObject(bytes)]))

  it('keeps the zero replicas of create deployment', () => {
    expect(decoded.get('kubectl create deployment web')).toEqual({
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'nginx', image: 'nginx' }] } },
      },
    })
  })

  it('reads data of config maps as text and of secrets as base64', () => {
    expect(decoded.get('kubectl create configmap settings')?.data).toEqual({ 'a.txt': 'hello\n', color: 'blue' })
    expect(decoded.get('kubectl create secret generic login')?.data).toEqual({ user: 'YWRtaW4=', password: 'czNjcmV0' })
  })

  it('reads the other creations', () => {
    expect(decoded.get('kubectl create namespace team')).toEqual({
      kind: 'Namespace',
      apiVersion: 'v1',
      metadata: { name: 'team' },
    })
    expect(decoded.get('kubectl create serviceaccount robot')?.metadata).toEqual({ name: 'robot' })
    expect(decoded.get('kubectl create job once')?.spec.template.spec).toEqual({
      containers: [{ name: 'once', image: 'busybox', command: ['date'] }],
      restartPolicy: 'Never',
    })
    expect(decoded.get('kubectl create quota q')?.spec.hard).toEqual({ cpu: '1', memory: '1Gi', pods: '2' })
    expect(decoded.get('kubectl create pdb pdb')?.spec.minAvailable).toBe('50%')
    expect(decoded.get('kubectl create service clusterip svc')?.spec.ports[0].targetPort).toBe(8080)
  })

  it('reads autoscale, tokens and reviews', () => {
    expect(decoded.get('kubectl autoscale deployment web')?.spec).toEqual({
      scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' },
      minReplicas: 1,
      maxReplicas: 5,
      targetCPUUtilizationPercentage: 80,
    })
    expect(decoded.get('kubectl create token robot')?.spec).toEqual({ expirationSeconds: 600 })
    expect(decoded.get('kubectl auth can-i create pods')?.spec.resourceAttributes.verb).toBe('create')
    expect(decoded.get('kubectl auth whoami')?.kind).toBe('SelfSubjectReview')
  })

  it('reads the delete options of drain', () => {
    expect(decoded.get('kubectl drain n1')).toEqual(
      expect.objectContaining({ kind: 'DeleteOptions', gracePeriodSeconds: 0 }),
    )
  })
})
