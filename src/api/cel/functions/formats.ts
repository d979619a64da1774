/** Kubernetes' format library. Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-format-library */
import { parseUrl } from '../../../lib/go-url.ts'
import {
  isQualifiedName,
  isValidLabelValue,
  nameIsDns1035Label,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
} from '../../names.ts'
import { parseDate, parseTimestamp } from '../time-text.ts'
import { type CelError, CelObject, CelOptional, none, noOverload, PlainList, type Value } from '../values.ts'
import type { Functions } from './dispatch.ts'

/** A named format: what a text must look like. */
export class CelFormat extends CelObject {
  readonly typeName = 'kubernetes.NamedFormat'
  readonly name: string
  readonly faults: (text: string) => readonly string[]
  /** How long its pattern may be: what validating costs. */
  readonly patternSize: number
  constructor(name: string, patternSize: number, faults: (text: string) => readonly string[]) {
    super()
    this.name = name
    this.patternSize = patternSize
    this.faults = faults
  }
  equals(other: Value): boolean | CelError {
    return other instanceof CelFormat ? other.name === this.name : noOverload
  }
}

const when = (bad: boolean, message: string) => (bad ? [message] : [])
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/

function uriFaults(text: string): readonly string[] {
  const parsed = parseUrl(text, true)
  return 'fault' in parsed ? [parsed.fault] : []
}

const formats: Readonly<Record<string, CelFormat>> = {
  dns1123Label: new CelFormat('DNS1123Label', 30, (text) => nameIsDnsLabel(text, false)),
  dns1123Subdomain: new CelFormat('DNS1123Subdomain', 60, (text) => nameIsDnsSubdomain(text, false)),
  dns1035Label: new CelFormat('DNS1035Label', 30, (text) => nameIsDns1035Label(text, false)),
  qualifiedName: new CelFormat('QualifiedName', 60, isQualifiedName),
  dns1123LabelPrefix: new CelFormat('DNS1123LabelPrefix', 30, (text) => nameIsDnsLabel(text, true)),
  dns1123SubdomainPrefix: new CelFormat('DNS1123SubdomainPrefix', 60, (text) => nameIsDnsSubdomain(text, true)),
  dns1035LabelPrefix: new CelFormat('DNS1035LabelPrefix', 30, (text) => nameIsDns1035Label(text, true)),
  labelValue: new CelFormat('LabelValue', 40, isValidLabelValue),
  uri: new CelFormat('URI', 1103, uriFaults),
  uuid: new CelFormat('uuid', 70, (text) => when(!uuid.test(text), 'does not match the UUID format')),
  byte: new CelFormat('byte', 84, (text) => when(!base64.test(text), 'invalid base64')),
  date: new CelFormat('date', 71, (text) => when(parseDate(text) === undefined, 'invalid date')),
  datetime: new CelFormat('datetime', 71, (text) => when(parseTimestamp(text) === undefined, 'invalid datetime')),
}

function validate(format: Value, text: Value): Value {
  if (!(format instanceof CelFormat) || typeof text !== 'string') return noOverload
  const faults = format.faults(text)
  return faults.length === 0 ? none : new CelOptional(new PlainList([...faults]))
}

export const formatFunctions: Functions = {
  ...Object.fromEntries(Object.entries(formats).map(([name, format]) => [`format.${name}`, () => format])),
  'format.named': ([name = null]) => {
    const found = typeof name === 'string' && Object.hasOwn(formats, name) ? formats[name] : undefined
    return found ? new CelOptional(found) : none
  },
  validate: ([format = null, text = null]) => validate(format, text),
}
