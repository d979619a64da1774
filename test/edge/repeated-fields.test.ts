/** Keys given twice, in the words of a real kube-apiserver 1.36. */
import { expect, test } from 'vitest'
import { createCluster } from '../../src/index.ts'
import { ask } from '../support/requests.ts'

const base = '/api/v1/namespaces/default/configmaps'
const json =
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"dup","labels":{"a":"1","a":"2"},"name":"dup"},"foo":1,"data":{"x":"1","x":"2"},"data":{"y":"1"},"bar":{"q":1}}'
const yaml = `apiVersion: v1
kind: ConfigMap
metadata: {name: dup, labels: {a: "1", a: "2"}}
foo: 1
data: {x: "1", x: "2"}
`
const patch = '{"metadata":{"labels":{"a":"1","a":"2"}},"data":{"x":"1","x":"2"},"odd":1}'
const warnings = (headers: Headers): string[] =>
  [...(headers.get('warning') ?? '').matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map((found) =>
    (found[1] as string).replaceAll('\\"', '"'),
  )

test('documents: refused when strict, told in their order otherwise, taken silently when asked', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  const post = (body: string, validation: string, type: string) =>
    ask(cluster, 'POST', `${base}?fieldValidation=${validation}&dryRun=All`, { body, type })
  const head = 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: '
  const told = [
    'duplicate field "metadata.labels.a"',
    'duplicate field "metadata.name"',
    'unknown field "foo"',
    'duplicate field "data.x"',
    'duplicate field "data"',
    'unknown field "bar"',
  ]
  const strict = await post(json, 'Strict', 'application/json')
  expect([strict.code, strict.body.message]).toEqual([400, head + told.join(', ')])
  const warned = await post(json, 'Warn', 'application/json')
  expect([warned.code, warnings(warned.headers)]).toEqual([201, told])
  expect(warned.body.metadata.labels).toEqual({ a: '2' })
  const ignored = await post(json, 'Ignore', 'application/json')
  expect([ignored.code, warnings(ignored.headers)]).toEqual([201, []])
  const lines = ['line 3: key "a" already set in map', 'line 5: key "x" already set in map']
  const strictYaml = await post(yaml, 'Strict', 'application/yaml')
  const said = `${head}yaml: unmarshal errors:\n  ${lines.join('\n  ')}, unknown field "foo"`
  expect([strictYaml.code, strictYaml.body.message]).toEqual([400, said])
  const warnedYaml = await post(yaml, 'Warn', 'application/yaml')
  expect(warnings(warnedYaml.headers)).toEqual([...lines, 'unknown field "foo"'])
})

test('patches: what they repeat is told before what they do not know', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  await ask(cluster, 'POST', base, { body: { metadata: { name: 'pp' } } })
  const send = (validation: string, type: string, body = patch) =>
    ask(cluster, 'PATCH', `${base}/pp?fieldValidation=${validation}&dryRun=All`, { body, type })
  const told = ['duplicate field "metadata.labels.a"', 'duplicate field "data.x"', 'unknown field "odd"']
  for (const type of ['application/merge-patch+json', 'application/strategic-merge-patch+json']) {
    const strict = await send('Strict', type)
    expect(strict.code).toBe(422)
    expect(strict.body.message).toContain(`strict decoding error: ${told.join(', ')}`)
    const warned = await send('Warn', type)
    expect([warned.code, warnings(warned.headers)]).toEqual([200, told])
  }
  const steps = '[{"op":"add","path":"/odd","value":3,"op":"add"}]'
  const strict = await send('Strict', 'application/json-patch+json', steps)
  expect(strict.body.message).toContain('json patch duplicate field "[0].op", unknown field "odd"')
})
