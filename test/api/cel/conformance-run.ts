/** Runs one test of CEL's own conformance suite. Source: https://github.com/google/cel-spec/tree/master/tests/simple */

import type { Decl, Type as ProtoType } from '@bufbuild/cel-spec/cel/expr/checked_pb.js'
import { Type_PrimitiveType, Type_WellKnownType } from '@bufbuild/cel-spec/cel/expr/checked_pb.js'
import type { SimpleTest } from '@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js'
import type { Value as ProtoValue } from '@bufbuild/cel-spec/cel/expr/value_pb.js'
import { timestampOf } from '../../../src/api/cel/arithmetic.ts'
import { compileExpression, environment, evaluate } from '../../../src/api/cel/index.ts'
import * as types from '../../../src/api/cel/types.ts'
import {
  CelDouble,
  CelDuration,
  CelType,
  CelUint,
  int,
  PlainList,
  PlainMap,
  type Value,
} from '../../../src/api/cel/values.ts'
import { shown } from './shown.ts'

/** Thrown for what needs protobuf messages. */
export class NeedsMessages extends Error {}

const primitives: Readonly<Record<number, types.Type>> = {
  [Type_PrimitiveType.BOOL]: types.boolType,
  [Type_PrimitiveType.INT64]: types.intType,
  [Type_PrimitiveType.UINT64]: types.uintType,
  [Type_PrimitiveType.DOUBLE]: types.doubleType,
  [Type_PrimitiveType.STRING]: types.stringType,
  [Type_PrimitiveType.BYTES]: types.bytesType,
}

function protoType(type: ProtoType | undefined): types.Type {
  const kind = type?.typeKind
  switch (kind?.case) {
    case 'primitive':
      return primitives[kind.value] ?? types.dynType
    case 'dyn':
      return types.dynType
    case 'null':
      return types.nullType
    case 'listType':
      return types.listType(protoType(kind.value.elemType))
    case 'mapType':
      return types.mapType(protoType(kind.value.keyType), protoType(kind.value.valueType))
    case 'wellKnown':
      if (kind.value === Type_WellKnownType.DURATION) return types.durationType
      if (kind.value === Type_WellKnownType.TIMESTAMP) return types.timestampType
      throw new NeedsMessages()
    case 'abstractType':
      return types.opaqueType(kind.value.name, ...kind.value.parameterTypes.map(protoType))
    case 'type':
      return types.typeOf(protoType(kind.value))
    case 'typeParam':
      return types.paramType(kind.value)
    default:
      throw new NeedsMessages()
  }
}

function protoValue(value: ProtoValue | undefined): Value {
  const kind = value?.kind
  switch (kind?.case) {
    case 'nullValue':
      return null
    case 'boolValue':
    case 'stringValue':
    case 'bytesValue':
      return kind.value
    case 'int64Value':
      return int(kind.value)
    case 'uint64Value':
      return new CelUint(kind.value)
    case 'doubleValue':
      return new CelDouble(kind.value)
    case 'typeValue':
      return new CelType(kind.value)
    case 'listValue':
      return new PlainList(kind.value.values.map(protoValue))
    case 'mapValue': {
      const map = new PlainMap()
      for (const entry of kind.value.entries) map.set(protoValue(entry.key), protoValue(entry.value))
      return map
    }
    case 'objectValue': {
      const { typeUrl, value: bytes } = kind.value
      const parts = secondsAndNanos(bytes)
      const nanos = parts.seconds * 1_000_000_000n + parts.nanos
      if (typeUrl.endsWith('google.protobuf.Duration')) return new CelDuration(nanos)
      if (typeUrl.endsWith('google.protobuf.Timestamp')) return timestampOf(nanos)
      throw new NeedsMessages()
    }
    default:
      throw new NeedsMessages()
  }
}

/** The two varint fields of a Timestamp or Duration. */
function secondsAndNanos(bytes: Uint8Array): { seconds: bigint; nanos: bigint } {
  const fields = [0n, 0n, 0n]
  for (let at = 0; at < bytes.length; ) {
    const field = (bytes[at++] ?? 0) >> 3
    let [value, shift] = [0n, 0n]
    for (let more = true; more; shift += 7n) {
      const byte = bytes[at++] ?? 0
      value |= BigInt(byte & 0x7f) << shift
      more = byte > 0x7f
    }
    fields[field] = BigInt.asIntN(64, value)
  }
  return { seconds: fields[1] ?? 0n, nanos: fields[2] ?? 0n }
}

function variables(decls: readonly Decl[]): Record<string, types.Type> {
  const found: Record<string, types.Type> = {}
  for (const decl of decls) if (decl.declKind.case === 'ident') found[decl.name] = protoType(decl.declKind.value.type)
  return found
}

/** `undefined` when the test passes, else what was wrong. */
export function failureOf(test: SimpleTest): string | undefined {
  const env = environment({
    variables: variables(test.typeEnv),
    container: test.container,
    escapedFields: true,
    validated: false,
  })
  const bindings: Record<string, Value> = {}
  for (const [name, bound] of Object.entries(test.bindings)) {
    if (bound.kind.case !== 'value') throw new NeedsMessages()
    bindings[name] = protoValue(bound.kind.value)
  }
  const { resultMatcher: wanted } = test
  const wantsError = wanted.case === 'evalError' || wanted.case === 'anyEvalErrors'
  const compiled = compileExpression(test.expr, env)
  if (!('program' in compiled)) return wantsError ? undefined : JSON.stringify(compiled)
  if (wanted.case === 'typedResult' && wanted.value.deducedType) {
    const type = protoType(wanted.value.deducedType)
    if (type.text !== compiled.program.type.text) return `type ${compiled.program.type.text}, wanted ${type.text}`
    if (test.checkOnly) return undefined
  }
  const result = evaluate(compiled.program, bindings, { costLimit: Number.POSITIVE_INFINITY })
  if ('error' in result) return wantsError ? undefined : `error ${result.error}`
  if (wantsError) return `value ${shown(result.value)}, wanted an error`
  const proto = wanted.case === 'value' ? wanted.value : wanted.case === 'typedResult' ? wanted.value.result : undefined
  const value = shown(proto ? protoValue(proto) : true)
  return shown(result.value) === value ? undefined : `value ${shown(result.value)}, wanted ${value}`
}
