/** Values as cel-go's `types.Format` writes them. */
import { formatText } from '../../../src/api/cel/functions/format-text.ts'
import {
  CelDouble,
  CelDuration,
  CelList,
  CelMap,
  CelObject,
  CelOptional,
  CelTimestamp,
  CelType,
  CelUint,
  PlainList,
  type Value,
} from '../../../src/api/cel/values.ts'

const versions: Readonly<Record<string, (value: object) => string>> = {
  'kubernetes.Semver': (value) => ('numbers' in value ? (value.numbers as bigint[]).join('.') : ''),
}

export function shown(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object') return String(value)
  if (value instanceof Uint8Array) return `bytes(${Buffer.from(value).toString('hex')})`
  if (value instanceof CelUint) return `${value.value}u`
  if (value instanceof CelDouble) return Number.isFinite(value.value) ? String(value.value) : `double("${value.value}")`
  if (value instanceof CelOptional)
    return value.value === undefined ? 'optional.none()' : `optional.of(${shown(value.value)})`
  if (value instanceof CelList)
    return `[${Array.from({ length: value.size }, (_, at) => shown(value.get(at))).join(', ')}]`
  if (value instanceof CelMap) {
    const entries = value.keys().map((key) => `${shown(key)}: ${shown(value.find(key) as Value)}`)
    return `{${entries.sort().join(', ')}}`
  }
  if (value instanceof CelTimestamp || value instanceof CelDuration) {
    const name = value instanceof CelTimestamp ? 'timestamp' : 'duration'
    return `${name}("${formatText('%s', new PlainList([value]))}")`
  }
  if (value instanceof CelType) return value.name
  if (!(value instanceof CelObject)) return value.message
  if ('text' in value) return String(value.text)
  return versions[value.typeName]?.(value) ?? value.typeName
}
