/** Bytes nobody should send: refused as ProtobufError, whatever they are. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeObject, encodeObject, ProtobufError } from '../../../src/api/protobuf/index.ts'
import { utf8, Writer } from '../../../src/api/protobuf/writer.ts'
import { pairs } from './pairs.ts'

/** Decodes; anything thrown that is no ProtobufError goes on. */
function outcome(bytes: Uint8Array): 'object' | 'refused' {
  try {
    const object = decodeObject(bytes)
    JSON.stringify(object)
    return typeof object.kind === 'string' ? 'object' : 'refused'
  } catch (error) {
    if (error instanceof ProtobufError) return 'refused'
    throw error
  }
}

function body(apiVersion: string, kind: string, raw: Uint8Array, contentType = ''): Uint8Array {
  const type = new Writer()
  type.bytes(1, utf8(apiVersion))
  type.bytes(2, utf8(kind))
  const unknown = new Writer()
  unknown.bytes(1, type.finish())
  unknown.bytes(2, raw)
  unknown.bytes(4, utf8(contentType))
  return Uint8Array.from([0x6b, 0x38, 0x73, 0, ...unknown.finish()])
}

const samples = pairs().map((pair) => pair.bytes)

describe('arbitrary bytes', () => {
  it('are refused without the magic', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => outcome(bytes) === 'refused'))
  })

  it('never break the decoder behind the magic or as a message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('Pod', 'Secret', 'Status'), (bytes, kind) => {
        outcome(Uint8Array.from([0x6b, 0x38, 0x73, 0, ...bytes]))
        return ['object', 'refused'].includes(outcome(body('v1', kind, bytes)))
      }),
      { numRuns: 500 },
    )
  })

  it('cut short are refused, but for cuts between the parts of the envelope', () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.double({ min: 0, max: 1, noNaN: true }), (bytes, part) => {
        const typeEnd = 6 + (bytes[5] as number)
        const length = Math.floor((bytes.length - 5) * part)
        return outcome(bytes.subarray(0, length)) === (length === typeEnd ? 'object' : 'refused')
      }),
      { numRuns: 500 },
    )
  })

  it('changed in places never break it', () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 8 }), (bytes, changes) => {
        const changed = bytes.slice()
        for (const [at, byte] of changes) changed[at % changed.length] = byte
        return ['object', 'refused'].includes(outcome(changed))
      }),
      { numRuns: 1000 },
    )
  })
})

/** A schema within a schema, `depth` times: JSONSchemaProps.not is field 28. */
function nestedSchemas(depth: number): unknown {
  let schema: unknown = { type: 'string' }
  for (let i = 0; i < depth; i++) schema = { not: schema }
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }]
  const spec = { group: 'a.b', names: { plural: 'x', kind: 'X' }, scope: 'Namespaced', versions }
  return { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'x.a.b' }, spec }
}

describe('faults', () => {
  it('bounds nesting when writing and reading', () => {
    const fine = nestedSchemas(60) as { kind: string; apiVersion: string }
    expect(decodeObject(encodeObject(fine))).toEqual(fine)
    expect(() => encodeObject(nestedSchemas(120) as never)).toThrow('nested deeper than 100')
    // `not` a hundred and twenty times, written by hand.
    let schema: Uint8Array = new Uint8Array()
    const wrap = (number: number, bytes: Uint8Array) => {
      const writer = new Writer()
      writer.bytes(number, bytes)
      return writer.finish()
    }
    for (let i = 0; i < 120; i++) schema = wrap(28, schema)
    const raw = wrap(2, wrap(7, wrap(4, wrap(1, schema))))
    expect(() => decodeObject(body('apiextensions.k8s.io/v1', 'CustomResourceDefinition', raw))).toThrow(
      'protobuf: nested deeper than 100',
    )
  })

  it('names kinds it has no messages for', () => {
    expect(() => decodeObject(body('example.com/v1', 'Cron', new Uint8Array()))).toThrow(ProtobufError)
    expect(() => decodeObject(body('v1', 'Deployment', new Uint8Array()))).toThrow(
      'no message for kind "Deployment" in v1',
    )
    expect(() => encodeObject({ apiVersion: 'example.com/v1', kind: 'Cron' })).toThrow(ProtobufError)
    expect(() => encodeObject({ apiVersion: '__proto__/v1', kind: 'constructor' })).toThrow(ProtobufError)
  })

  it('refuses to write what the messages cannot hold', () => {
    const pod = (spec: unknown) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec })
    expect(() => encodeObject(pod({ colour: 'blue' }))).toThrow('core.v1.PodSpec has no field colour')
    expect(() => encodeObject(pod({ priority: 'high' }))).toThrow('"high" is not an integer')
    expect(() => encodeObject(pod({ containers: {} }))).toThrow('field containers is not a list')
    expect(() => encodeObject(pod({ hostNetwork: 1 }))).toThrow('1 is not true or false')
  })

  it('keeps the key __proto__ of a map', () => {
    const data = JSON.parse('{"__proto__":"x"}')
    const back = decodeObject(encodeObject({ apiVersion: 'v1', kind: 'ConfigMap', data } as never))
    expect(Object.keys(back.data)).toEqual(['__proto__'])
  })

  it('takes JSON in the envelope and refuses other contents', () => {
    const raw = utf8('{"metadata":{"name":"a"}}')
    expect(decodeObject(body('v1', 'Pod', raw, 'application/json')).metadata.name).toBe('a')
    expect(() => decodeObject(body('v1', 'Pod', raw, 'text/plain'))).toThrow(
      'content type "text/plain" is not supported',
    )
    expect(() => decodeObject(body('v1', 'Pod', utf8('[1]'), 'application/json'))).toThrow(ProtobufError)
  })

  it('drops zero values of omitempty fields and keeps those of pointers', () => {
    const spec = {
      containers: [{ name: 'c', image: '' }],
      hostname: '',
      hostNetwork: false,
      terminationGracePeriodSeconds: 0,
    }
    const back = decodeObject(encodeObject({ apiVersion: 'v1', kind: 'Pod', spec } as never))
    expect(back.spec).toEqual({ containers: [{ name: 'c' }], terminationGracePeriodSeconds: 0 })
  })
})

describe('times', () => {
  const encoded = (time: string) =>
    decodeObject(
      encodeObject({
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        metadata: { managedFields: [{ time }] },
      } as never),
    )

  it('keeps times to the second', () => {
    expect(encoded('2026-01-31T08:00:00+01:00').metadata.managedFields).toEqual([{ time: '2026-01-31T07:00:00Z' }])
    expect(() => encoded('yesterday')).toThrow(ProtobufError)
  })
})
