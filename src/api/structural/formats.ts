/**
 * The formats a custom resource's strings may be asked to have. Unknown formats are no rule.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation (formats)
 */
import { isIp } from '../ip-rules.ts'

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const uuid = (version: string): RegExp =>
  new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$`, 'i')
const duration = /^[-+]?(\d+(\.\d+)?(ns|us|µs|μs|ms|s|m|h|d|w))+$|^0$/
const hostname =
  /^([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9])(\.([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]))*$/
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

const rules: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': (text) =>
    /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text) && isDay(text.slice(0, 10)),
  date: (text) => /^\d{4}-\d\d-\d\d$/.test(text) && isDay(text),
  duration: (text) => duration.test(text),
  byte: (text) => base64.test(text.replace(/[\r\n]/g, '')),
  email: (text) => /^[^@\s]+@[^@\s]+$/.test(text),
  hostname: (text) => text.length <= 255 && hostname.test(text),
  ipv4: (text) => /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && isIp(text),
  ipv6: (text) => text.includes(':') && isIp(text),
  cidr: (text) => /^(.+)\/(\d{1,3})$/.test(text) && isIp(text.slice(0, text.lastIndexOf('/'))),
  mac: (text) => /^([0-9A-Fa-f]{2}[:-]){5,7}[0-9A-Fa-f]{2}$/.test(text),
  uuid: (text) => uuid('[0-9a-f]').test(text),
  uuid3: (text) => uuid('3').test(text),
  uuid4: (text) => uuid('4').test(text),
  uuid5: (text) => uuid('5').test(text),
  uri: (text) => /^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(text) || text.startsWith('/'),
  hexcolor: (text) => /^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/.test(text),
  rgbcolor: (text) => /^rgb\((\s*\d{1,3}\s*,){2}\s*\d{1,3}\s*\)$/i.test(text),
  creditcard: (text) => /^\d[\d -]{11,18}\d$/.test(text),
  ssn: (text) => /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text),
  isbn: (text) => /^[\d-]{9,16}[\dXx]$/.test(text),
  isbn10: (text) => /^[\d-]{9,12}[\dXx]$/.test(text),
  isbn13: (text) => /^[\d-]{13,17}$/.test(text),
  'k8s-short-name': (text) => text.length <= 63 && label.test(text),
  'k8s-long-name': (text) => text.length <= 253 && text.split('.').every((part) => label.test(part)),
}

function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number)
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return month >= 1 && month <= 12 && day >= 1 && day <= (days[month - 1] as number)
}

/** Whether a text has the format; true for formats nobody knows. */
export function hasFormat(format: string, text: string): boolean {
  return !Object.hasOwn(rules, format) || (rules[format] as (text: string) => boolean)(text)
}
