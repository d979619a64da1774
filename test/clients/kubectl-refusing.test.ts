/** What is refused, in Kubernetes' own words. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { kubectlPath } from '../support/kubectl.ts'
import { refusal, useServedCluster } from '../support/served.ts'

const served = useServedCluster()
const { applied, kubectl, prints } = served

describe.skipIf(kubectlPath === undefined)('kubectl refusing', () => {
  const deployment = (spec: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: bad }
spec: ${spec}
`
  const template = '{ metadata: { labels: { app: b } }, spec: { containers: [{ name: c, image: x }] } }'

  test('YAML that is none', async () => {
    expect(await refusal(applied('a: b: c'))).toBe(
      'error: error parsing STDIN: error converting YAML to JSON: yaml: mapping values are not allowed in this context\n',
    )
  })

  test('an unknown field', async () => {
    const text = deployment(`{ replicaz: 3, selector: { matchLabels: { app: b } }, template: ${template} }`)
    expect(await refusal(applied(text))).toBe(
      'Error from server (BadRequest): error when creating "STDIN": Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replicaz"\n',
    )
  })

  test('an unknown kind', async () => {
    expect(await refusal(applied('apiVersion: example.com/v1\nkind: Foo\nmetadata: { name: x }'))).toBe(
      'error: resource mapping not found for name: "x" namespace: "" from "STDIN": no matches for kind "Foo" in version "example.com/v1"\nensure CRDs are installed first\n',
    )
    expect(await refusal(kubectl('get', 'nosuch'))).toBe('error: the server doesn\'t have a resource type "nosuch"\n')
  })

  test('a selector that does not match the template', async () => {
    const text = deployment(`{ selector: { matchLabels: { app: a } }, template: ${template} }`)
    expect(await refusal(applied(text))).toBe(
      'The Deployment "bad" is invalid: spec.template.metadata.labels: Invalid value: {"app":"b"}: `selector` does not match template `labels`\n',
    )
  })

  test('a name that is none', async () => {
    expect(await refusal(applied('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: Bad_Name }'))).toMatch(
      /^The ConfigMap "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of/,
    )
  })

  test('a stale resourceVersion', async () => {
    await prints('create', 'configmap', 'settings', '--from-literal=a=b')
    const old = await prints('get', 'configmap', 'settings', '-o', 'yaml')
    await prints('label', 'configmap', 'settings', 'x=y')
    writeFileSync(join(served.bench.folder, 'old.yaml'), old)
    expect(await refusal(kubectl('replace', '-f', join(served.bench.folder, 'old.yaml')))).toBe(
      `Error from server (Conflict): error when replacing "${join(served.bench.folder, 'old.yaml')}": Operation cannot be fulfilled on configmaps "settings": the object has been modified; please apply your changes to the latest version and try again\n`,
    )
  })

  test('what exists already, and what does not exist', async () => {
    await prints('create', 'configmap', 'settings')
    expect(await refusal(kubectl('create', 'configmap', 'settings'))).toBe(
      'error: failed to create configmap: configmaps "settings" already exists\n',
    )
    expect(await refusal(kubectl('get', 'pod', 'nosuch'))).toBe(
      'Error from server (NotFound): pods "nosuch" not found\n',
    )
    expect(await refusal(kubectl('-n', 'nowhere', 'create', 'deployment', 'web', '--image=x'))).toBe(
      'error: failed to create deployment: namespaces "nowhere" not found\n',
    )
  })

  test('callers without a name', async () => {
    const anonymous = [
      'get',
      'pods',
      `--server=${served.server.url}`,
      '--insecure-skip-tls-verify',
      '--kubeconfig=/dev/null',
      '--token=wrong',
    ]
    expect(await refusal(kubectl(...anonymous))).toMatch(/You must be logged in to the server/)
  })
})
