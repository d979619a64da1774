/**
 * What names may look like, in Kubernetes' words. Every function answers the faults it finds; an empty list is a valid name.
 * Sources: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and
 * k8s.io/apimachinery pkg/util/validation and pkg/api/validate/content (whose limits say "bytes", the former "characters").
 */
import { byteLength } from './go-text.ts'

/** A rule for metadata.name. `prefix` is true for generateName, which may end in a dash. */
export type NameRule = (name: string, prefix: boolean) => string[]

interface Pattern {
  readonly words: string
  readonly source: string
  readonly regex: RegExp
  readonly examples: readonly string[]
}

function pattern(words: string, source: string, ...examples: string[]): Pattern {
  return { words, source, regex: new RegExp(`^(?:${source})$`), examples }
}

function mismatch(pattern: Pattern): string {
  const examples = pattern.examples.map((example) => `'${example}', `).join(' or ')
  return `${pattern.words} (e.g. ${examples}regex used for validation is '${pattern.source}')`
}

function check(value: string, pattern: Pattern, longest = Number.POSITIVE_INFINITY, unit = 'characters'): string[] {
  const faults: string[] = []
  if (byteLength(value) > longest) faults.push(`must be no more than ${longest} ${unit}`)
  if (!pattern.regex.test(value)) faults.push(mismatch(pattern))
  return faults
}

const alphanumericEnds = 'and must start and end with an alphanumeric character'
const labelSource = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomainSource = `${labelSource}(\\.${labelSource})*`
const dns1123Label = pattern(
  `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', ${alphanumericEnds}`,
  labelSource,
  'my-name',
  '123-abc',
)
const dns1123Subdomain = pattern(
  `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', ${alphanumericEnds}`,
  subdomainSource,
  'example.com',
)
const dns1035Label = pattern(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  'my-name',
  'abc-123',
)
const wildcardSubdomain = pattern(
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  `\\*\\.${subdomainSource}`,
  '*.example.com',
)
const keySource = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const keyName = pattern(
  `must consist of alphanumeric characters, '-', '_' or '.', ${alphanumericEnds}`,
  keySource,
  'MyName',
  'my.name',
  '123-abc',
)
const labelValue = pattern(
  `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', ${alphanumericEnds}`,
  `(${keySource})?`,
  'MyValue',
  'my_value',
  '12345',
)
const cIdentifier = pattern(
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  '[A-Za-z_][A-Za-z0-9_]*',
  'my_name',
  'MY_NAME',
  'MyName',
)
const strictEnvVar = pattern(
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
  '[-._a-zA-Z][-._a-zA-Z0-9]*',
  'my.env-name',
  'MY_ENV.NAME',
  'MyEnvName1',
)
const configKey = pattern(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  '[-._a-zA-Z0-9]+',
  'key.name',
  'KEY_NAME',
  'key-name',
)
const percent = pattern(
  "a valid percent string must be a numeric string followed by an ending '%'",
  '[0-9]+%',
  '1%',
  '93%',
)
const headerName = pattern(
  "a valid HTTP header must consist of alphanumeric characters or '-'",
  '[-A-Za-z0-9]+',
  'X-Header-Name',
)

/** One label of a DNS name: namespaces, containers, volumes. At most 63 characters. */
export function isDns1123Label(value: string): string[] {
  const tooLong = byteLength(value) > 63 ? ['must be no more than 63 characters'] : []
  if (dns1123Label.regex.test(value)) return tooLong
  return [...tooLong, dns1123Subdomain.regex.test(value) ? 'must not contain dots' : mismatch(dns1123Label)]
}

/** A DNS name: most objects. At most 253 characters. */
export function isDns1123Subdomain(value: string): string[] {
  return check(value, dns1123Subdomain, 253)
}

/** A DNS label that starts with a letter: Services. At most 63 characters. */
export function isDns1035Label(value: string): string[] {
  return check(value, dns1035Label, 63)
}

/** `*.` and a DNS name: Ingress hosts. */
export function isWildcardDns1123Subdomain(value: string): string[] {
  return check(value, wildcardSubdomain, 253)
}

/** A label, annotation or taint key, a finalizer: an optional DNS prefix and `/`, then a name of at most 63 bytes. */
export function isQualifiedName(value: string): string[] {
  const parts = value.split('/')
  if (parts.length > 2) {
    return [
      `a valid label key ${mismatch(keyName)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const name = parts.at(-1) as string
  const faults = parts.length === 2 ? prefixFaults(parts[0] as string) : []
  if (name === '') faults.push('name part must be non-empty')
  return [...faults, ...check(name, keyName, 63, 'bytes').map((fault) => `name part ${fault}`)]
}

function prefixFaults(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty']
  return check(prefix, dns1123Subdomain, 253, 'bytes').map((fault) => `prefix part ${fault}`)
}

/** The value of a label; empty is valid. At most 63 bytes. */
export function isValidLabelValue(value: string): string[] {
  return check(value, labelValue, 63, 'bytes')
}

/** A port's name as RFC 6335 has it, in lower case. At most 15 characters. */
export function isValidPortName(value: string): string[] {
  const faults: string[] = []
  if (byteLength(value) > 15) faults.push('must be no more than 15 characters')
  if (!/^[-a-z0-9]+$/.test(value)) faults.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(value)) faults.push('must contain at least one letter (a-z)')
  if (value.includes('--')) faults.push('must not contain consecutive hyphens')
  if (value.startsWith('-') || value.endsWith('-')) faults.push('must not begin or end with a hyphen')
  return faults
}

/** A port's number, 1 to 65535. */
export function isValidPortNumber(port: number): string[] {
  return isInRange(port, 1, 65_535)
}

/** A number between two bounds, both allowed. */
export function isInRange(value: number, least: number, most: number): string[] {
  return value >= least && value <= most ? [] : [`must be between ${least} and ${most}, inclusive`]
}

/** A user id, 0 to 2^31-1. */
export function isValidUserId(id: number): string[] {
  return isInRange(id, 0, 2_147_483_647)
}

/** A name in C, which shells can expand. */
export function isCIdentifier(value: string): string[] {
  return check(value, cIdentifier)
}

/** An environment variable's name under the strict rule (before 1.34). */
export function isStrictEnvVarName(value: string): string[] {
  return [...check(value, strictEnvVar), ...dotFaults(value)]
}

/** An environment variable's name since 1.34: printable ASCII without '='. */
export function isEnvVarName(value: string): string[] {
  if (value === '') return ['environment variable name must be non-empty']
  return /^[\x20-\x3c\x3e-\x7e]+$/.test(value)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}

/** A key of a ConfigMap or Secret: it becomes a file's name. At most 253 characters. */
export function isConfigMapKey(value: string): string[] {
  return [...check(value, configKey, 253), ...dotFaults(value)]
}

function dotFaults(value: string): string[] {
  if (value === '.' || value === '..') return [`must not be '${value}'`]
  return value.startsWith('..') ? ["must not start with '..'"] : []
}

/** Digits and a percent sign. */
export function isValidPercent(value: string): string[] {
  return check(value, percent)
}

/** The name of an HTTP header in a probe. */
export function isHttpHeaderName(value: string): string[] {
  return check(value, headerName)
}

/** A segment of a URL's path, all that RBAC and other old kinds ask of a name. */
export function isPathSegmentName(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`]
  return ['/', '%'].filter((part) => value.includes(part)).map((part) => `may not contain '${part}'`)
}

// A name to be completed may end in a dash; the rule then sees what the server's own check sees: the last two
// characters replaced by one letter.
function masked(name: string, prefix: boolean): string {
  return prefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name
}

/** The rule of most kinds. */
export const nameIsDnsSubdomain: NameRule = (name, prefix) => isDns1123Subdomain(masked(name, prefix))

/** The rule of Namespaces. */
export const nameIsDnsLabel: NameRule = (name, prefix) => isDns1123Label(masked(name, prefix))

/** The rule of Services (before relaxed names). */
export const nameIsDns1035Label: NameRule = (name, prefix) => isDns1035Label(masked(name, prefix))

/** The rule of Roles, bindings and other kinds whose names are only URL segments. */
export const nameIsPathSegment: NameRule = (name) => isPathSegmentName(name)
