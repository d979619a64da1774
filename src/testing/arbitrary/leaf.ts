/** Values for fields without parts: by type, by the values the API documents, and by what names usually mean. */
import fc from 'fast-check'
import { enums } from '../../api/schema/enums.ts'
import type { FieldType, ScalarKind } from '../../api/schema/schema.ts'
import * as words from './words.ts'

const scalars: Readonly<Record<ScalarKind, fc.Arbitrary<unknown>>> = {
  string: words.name,
  int32: words.positive,
  int64: words.positive,
  number: words.count,
  boolean: fc.boolean(),
  bytes: words.bytes,
  quantity: words.smallAmount,
  time: words.time,
  'micro-time': words.microTime,
  'int-or-string': words.share,
  object: fc.constant({}),
  json: words.json,
}

/** What a field of this name holds, whichever struct it is in. The first that matches counts. */
const byName: readonly (readonly [RegExp, fc.Arbitrary<unknown>])[] = [
  [/^image$/, words.image],
  [/^namespace$/, fc.constant('default')],
  [/[sS]econds$/, words.seconds],
  [/^(key|topologyKey)$/, words.labelKey],
  [/^(containerPort|port)$/, words.port],
  [/^host$/, words.host],
  [/([pP]ath|workingDir)$/, words.path],
  [/^uid$/, fc.constant('11111111-1111-4111-8111-111111111111')],
  [/^(message|reason|description)$/, words.text],
  [/^(ip|hostIP|podIP|clusterIP)$/, words.address],
]

/** A value of a scalar field; `owner` is the short name of its definition, `core.v1.Container`. */
export function leaf(type: FieldType & { kind: ScalarKind }, owner: string, field: string): fc.Arbitrary<unknown> {
  const named = enumOf(`${owner}.${field}`)
  if (named !== undefined) return named
  const meant =
    type.kind === 'string' || /^int/.test(type.kind) ? byName.find(([pattern]) => pattern.test(field)) : undefined
  return meant?.[1] ?? scalars[type.kind]
}

/** The values the API documents for a field or (`…[]`) for the elements of one. */
export function enumOf(key: string): fc.Arbitrary<string> | undefined {
  const values = Object.hasOwn(enums, key) ? enums[key]?.split('|').filter((value) => value !== '') : undefined
  return values === undefined ? undefined : fc.constantFrom(...values)
}

const keyWords = /^(labels|matchLabels|nodeSelector|selector|annotations)$/

/** Keys of a map field. */
export function mapKey(field: string, values: FieldType): fc.Arbitrary<string> {
  if (values.kind === 'quantity') return fc.constantFrom('cpu', 'memory', 'example.com/gpu')
  return keyWords.test(field) ? words.labelKey : fc.constantFrom('a', 'b.txt', 'c_d')
}

/** Values of a map field of scalars. */
export function mapValue(field: string, values: FieldType & { kind: ScalarKind }): fc.Arbitrary<unknown> {
  if (values.kind === 'quantity') return fc.constantFrom('1', '2', '3')
  return keyWords.test(field) ? words.labelValue : values.kind === 'string' ? words.text : scalars[values.kind]
}
