/** Manifests in the editor: errors at the line, completion by the schema, and what applying comes to. */
import { describe, expect, it } from 'vitest'
import { inspected, web } from '../support/inspecting.ts'

/** The text with the cursor taken out, and where it was. */
function cursor(text: string): { text: string; offset: number } {
  const offset = text.indexOf('|')
  return { text: text.slice(0, offset) + text.slice(offset + 1), offset }
}

describe('errors stand at the line', () => {
  it('of the YAML itself', async () => {
    await using scene = await inspected()
    const { client } = scene.page
    const found = await client.ask('check', { text: 'apiVersion: v1\nkind: Pod\nmetadata:\n\tname: x\n' })
    expect(found[0]).toMatchObject({ severity: 'error', line: 4 })
    expect(await client.ask('check', { text: 'kind: Pod\nmetadata: { name: x }\n' })).toMatchObject([
      { message: 'apiVersion is missing', line: 1 },
    ])
    expect(await client.ask('check', { text: '- 1\n' })).toMatchObject([
      { message: expect.stringContaining('mapping') },
    ])
    expect(await client.ask('check', { text: '' })).toEqual([])
  })

  it('of fields that do not exist, are wrong, or break a rule', async () => {
    await using scene = await inspected()
    const { client } = scene.page
    const lines = web().split('\n')
    const at = (part: string): number => lines.findIndex((line) => line.includes(part)) + 1
    const unknown = await client.ask('check', { text: web().replace('replicas: 3', 'replicsa: 3') })
    expect(unknown).toMatchObject([{ severity: 'error', line: at('replicas'), column: 3, field: 'spec.replicsa' }])
    const both = await client.ask('check', { text: web(-1).replace('image:', 'imag:') })
    expect(both).toMatchObject([
      { line: at('replicas'), field: 'spec.replicas' },
      { field: 'spec.template.spec.containers[0].image' },
      { line: at('image:'), severity: 'error', message: expect.stringMatching(/^unknown field .*imag"$/) },
    ])
    const negative = await client.ask('check', { text: web(-1) })
    expect(negative).toMatchObject([
      { line: at('replicas'), field: 'spec.replicas', message: expect.stringContaining('greater than or equal to 0') },
    ])
    const image = await client.ask('check', {
      text: web().replace('          image: nginx:1.14.2', '          command: [x]'),
    })
    expect(image).toMatchObject([
      {
        line: at('- name: web'),
        field: 'spec.template.spec.containers[0].image',
        message: expect.stringContaining('Required value'),
      },
    ])
    const type = await client.ask('check', { text: web().replace('replicas: 3', 'replicas: many') })
    expect(type).toMatchObject([{ severity: 'error' }])
    const kind = await client.ask('check', { text: 'apiVersion: v1\nkind: Nonsense\nmetadata: { name: x }\n' })
    expect(kind).toMatchObject([{ line: 2, message: expect.stringContaining('no matches for kind') }])
    expect(scene.cluster.list('Deployment')).toEqual([])
  })

  it('of the right document among several, and against what exists', async () => {
    await using scene = await inspected()
    const { client } = scene.page
    await client.ask('apply', { text: web() })
    expect(await client.ask('check', { text: web(5) })).toEqual([])
    const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\nimmutable: true\ndata: { x: "1" }\n'
    const changed = web().replaceAll('app: web', 'app: other')
    const found = await client.ask('check', { text: `${config}---\n${changed}` })
    expect(found).toMatchObject([
      { field: 'spec.selector', line: 7 + changed.split('\n').findIndex((line) => line.includes('selector')) + 1 },
    ])
  })
})

describe('applying', () => {
  it('says what became of each object', async () => {
    await using scene = await inspected()
    const { client } = scene.page
    const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { x: "1" }\n'
    const both = `${config}---\n${web()}`
    const results = async (text: string) =>
      (await client.ask('apply', { text })).applied.map(({ name, result }) => [name, result])
    expect(await results(both)).toEqual([
      ['a', 'created'],
      ['web', 'created'],
    ])
    expect(await results(both)).toEqual([
      ['a', 'unchanged'],
      ['web', 'unchanged'],
    ])
    expect(await results(both.replace('replicas: 3', 'replicas: 4'))).toEqual([
      ['a', 'unchanged'],
      ['web', 'configured'],
    ])
  })

  it('applies the rest when one is refused, and nothing when the text is no YAML', async () => {
    await using scene = await inspected()
    const { client } = scene.page
    const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n'
    const answer = await client.ask('apply', { text: `${web(-1)}---\n${config}` })
    expect(answer.applied).toEqual([{ kind: 'ConfigMap', namespace: 'default', name: 'a', result: 'created' }])
    expect(answer.problems).toMatchObject([{ line: 8, field: 'spec.replicas' }])
    const broken = await client.ask('apply', { text: `${config.replace('a }', 'b }')}---\nx: [\n` })
    expect(broken).toMatchObject({ applied: [], problems: [{ severity: 'error' }] })
    expect(scene.cluster.get('ConfigMap', 'b')).toBeUndefined()
  })

  it('puts objects that name no namespace into the one chosen', async () => {
    await using scene = await inspected()
    const { client } = scene.page
    await client.ask('apply', { text: 'apiVersion: v1\nkind: Namespace\nmetadata: { name: there }\n' })
    await client.ask('apply', { text: web(), namespace: 'there' })
    expect(scene.cluster.get('Deployment', 'web', 'there')).toBeDefined()
    expect(scene.cluster.get('Deployment', 'web')).toBeUndefined()
  })
})

describe('completion', () => {
  const labels = async (text: string): Promise<string[]> => {
    await using scene = await inspected()
    const { options } = await scene.page.client.ask('complete', cursor(text))
    return options.map(({ label }) => label)
  }
  const head = 'apiVersion: apps/v1\nkind: Deployment\n'

  it('knows the fields at every depth, without those that stand there', async () => {
    expect(await labels(`${head}sp|`)).toEqual(['spec'])
    const spec = await labels(`${head}spec:\n  replicas: 1\n  |`)
    expect(spec).toEqual(expect.arrayContaining(['selector', 'template', 'strategy']))
    expect(spec).not.toContain('replicas')
    expect(
      await labels(`${head}spec:\n  template:\n    spec:\n      containers:\n        - name: x\n          ima|`),
    ).toEqual(['image', 'imagePullPolicy'])
    expect(await labels(`${head}spec:\n  template:\n    spec:\n      containers:\n      - na|`)).toEqual(['name'])
    expect(await labels(`${head}metadata:\n  labels:\n    a|`)).toEqual([])
  })

  it('knows values: enums, booleans, kinds and versions', async () => {
    expect(await labels(`${head}spec:\n  strategy:\n    type: R|`)).toEqual(['Recreate', 'RollingUpdate'])
    expect(await labels(`${head}spec:\n  paused: |`)).toEqual(['true', 'false'])
    expect(await labels('apiVersion: apps/v1\nkind: D|')).toEqual(['DaemonSet', 'Deployment'])
    expect(await labels('kind: Ingress\napiVersion: |')).toEqual(['networking.k8s.io/v1'])
  })

  it('knows the document it is in', async () => {
    expect(await labels(`${head}---\napiVersion: v1\nkind: ConfigMap\nda|\n---\n${head}`)).toEqual(['data'])
  })

  it('says type, need and what to put in', async () => {
    await using scene = await inspected()
    const { options, from, to } = await scene.page.client.ask('complete', cursor(`${head}spec:\n  repl|`))
    expect(options).toMatchObject([
      { label: 'replicas', kind: 'field', type: 'int32', required: false, insert: 'replicas: ' },
    ])
    expect(to - from).toBe(4)
    const list = await scene.page.client.ask('complete', cursor(`${head}spec:\n  template:\n    spec:\n      cont|`))
    expect(list.options).toMatchObject([{ label: 'containers', type: '[]Container', required: true }])
  })

  it('knows custom kinds', async () => {
    await using scene = await inspected()
    const { client } = scene.page
    const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  names: { kind: Widget, plural: widgets }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { size: { type: integer }, colour: { type: string } } } } } }
`
    expect(await client.ask('apply', { text: definition })).toMatchObject({ problems: [] })
    await client.ask('settle', {})
    const { options } = await client.ask('complete', cursor('apiVersion: example.com/v1\nkind: Widget\nspec:\n  |'))
    expect(options.map(({ label }) => label)).toEqual(['size', 'colour'])
  })
})
