/** A real kubectl and a custom kind: the CronTab of Kubernetes' own documentation, with rules, columns and a scale. */
import { describe, expect, test } from 'vitest'
import { kubectlPath } from '../support/kubectl.ts'
import { refusal, rows, useServedCluster } from '../support/served.ts'

const served = useServedCluster()
const { kubectl, prints } = served

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: crontabs.stable.example.com }
spec:
  group: stable.example.com
  scope: Namespaced
  names: { plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct], categories: [all] }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          description: CronTab runs an image by the clock.
          properties:
            spec:
              type: object
              description: What to run and when.
              x-kubernetes-validations:
                - { rule: 'self.replicas <= self.maxReplicas', message: replicas must not exceed maxReplicas }
              properties:
                cronSpec: { type: string, description: When to run., pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$' }
                image: { type: string }
                replicas: { type: integer, minimum: 1, default: 1 }
                maxReplicas: { type: integer, default: 10 }
            status:
              type: object
              properties:
                replicas: { type: integer }
      subresources:
        status: {}
        scale: { specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas }
      additionalPrinterColumns:
        - { name: Spec, type: string, jsonPath: .spec.cronSpec }
        - { name: Replicas, type: integer, jsonPath: .spec.replicas }
        - { name: Image, type: string, jsonPath: .spec.image, priority: 1 }
        - { name: Age, type: date, jsonPath: .metadata.creationTimestamp }
`
const crontab = (spec: string, name = 'my'): string =>
  `apiVersion: stable.example.com/v1\nkind: CronTab\nmetadata: {name: ${name}}\nspec: {${spec}}\n`

async function defined(): Promise<void> {
  await served.applied(definition)
  await prints('wait', '--for=condition=Established', 'crd/crontabs.stable.example.com', '--timeout=20s')
}

describe.skipIf(kubectlPath === undefined)('kubectl and a custom kind', () => {
  test('is defined, told and explained', async () => {
    await defined()
    expect(rows(await prints('get', 'crd'))).toEqual([
      ['NAME', 'CREATED AT'],
      ['crontabs.stable.example.com', expect.stringMatching(/^20\d\d-/)],
    ])
    expect(rows(await prints('api-resources', '--api-group=stable.example.com'))[1]).toEqual([
      'crontabs',
      'ct',
      'stable.example.com/v1',
      'true',
      'CronTab',
    ])
    const explained = await prints('explain', 'crontab.spec')
    expect(explained).toContain('GROUP:      stable.example.com\nKIND:       CronTab\nVERSION:    v1')
    expect(explained).toContain('What to run and when.')
    expect(await prints('explain', 'ct.spec.cronSpec')).toContain('FIELD: cronSpec <string>')
  })

  test('objects are applied, shown, scaled, edited and deleted', async () => {
    await defined()
    await served.applied(crontab('cronSpec: "* * * * */5", image: awesome'))
    expect(rows(await prints('get', 'ct', '--no-headers'))[0]?.slice(0, 3)).toEqual(['my', '* * * * */5', '1'])
    expect(rows(await prints('get', 'ct', '-o', 'wide'))[0]).toEqual(['NAME', 'SPEC', 'REPLICAS', 'IMAGE', 'AGE'])
    expect(await prints('get', 'all', '-o', 'name')).toContain('crontab.stable.example.com/my')
    expect(await prints('scale', 'ct/my', '--replicas=3')).toBe('crontab.stable.example.com/my scaled\n')
    expect(await prints('get', 'ct', 'my', '-o', 'jsonpath={.spec.replicas}')).toBe('3')
    expect(await prints('patch', 'ct', 'my', '--type=merge', '-p', '{"spec":{"image":"other"}}')).toBe(
      'crontab.stable.example.com/my patched\n',
    )
    expect(await prints('delete', 'ct', 'my')).toBe('crontab.stable.example.com "my" deleted\n')
  })

  test('what the schema and its rules refuse', async () => {
    await defined()
    expect(await refusal(served.applied(crontab('cronSpec: "* * * *"')))).toContain(
      `spec.cronSpec: Invalid value: "* * * *": spec.cronSpec in body should match '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$'`,
    )
    expect(await refusal(served.applied(crontab('replicas: 11')))).toContain(
      'spec: Invalid value: replicas must not exceed maxReplicas',
    )
    expect(await refusal(served.applied(crontab('image: a, colour: red')))).toContain('unknown field "spec.colour"')
  })

  test('a definition that goes takes its objects and its place in discovery', async () => {
    await defined()
    await served.applied(crontab('image: a'))
    await prints('delete', 'crd', 'crontabs.stable.example.com')
    expect(await refusal(kubectl('get', 'crontabs'))).toContain('could not find the requested resource')
  })
})
