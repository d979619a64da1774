/** Plain JSON as dynamic values, converted when asked: integers become ints, other numbers doubles. */
import { CelDouble, CelError, CelList, CelMap, type Value } from './values.ts'

class JsonList extends CelList {
  override readonly raw: readonly unknown[]
  constructor(raw: readonly unknown[]) {
    super()
    this.raw = raw
  }
  get size(): number {
    return this.raw.length
  }
  get(index: number): Value {
    return jsonValue(this.raw[index])
  }
}

class JsonMap extends CelMap {
  override readonly raw: Readonly<Record<string, unknown>>
  constructor(raw: Readonly<Record<string, unknown>>) {
    super()
    this.raw = raw
  }
  get size(): number {
    return Object.keys(this.raw).length
  }
  find(key: Value): Value | undefined {
    return typeof key === 'string' && Object.hasOwn(this.raw, key) ? jsonValue(this.raw[key]) : undefined
  }
  keys(): Value[] {
    return Object.keys(this.raw)
  }
}

/** The value of plain JSON without a schema. */
export function jsonValue(json: unknown): Value {
  switch (typeof json) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return json
    case 'number':
      return Number.isSafeInteger(json) ? json + 0 : new CelDouble(json)
    case 'object':
      if (json === null) return null
      return Array.isArray(json) ? new JsonList(json) : new JsonMap(json as Record<string, unknown>)
    default:
      return json === undefined ? null : new CelError('unsupported conversion to ref.Val')
  }
}

/** The value without its schema; values that have none stay as they are. */
export function dynValue(value: Value): Value {
  if ((value instanceof CelMap || value instanceof CelList) && value.raw !== undefined) return jsonValue(value.raw)
  return value
}
