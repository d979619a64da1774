/**
 * The few fields in which two servers may differ, made equal: identities, versions, times, addresses given out. Each is
 * named here; everything else is compared as it is.
 */
import type { WireAnswer } from './suite.ts'

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g
const age = /^(<invalid>|\d+[smhdy](\d+[smhd])?)$/

/** Fields named by their key, wherever they stand. */
const byKey: Readonly<Record<string, (value: unknown) => unknown>> = {
  uid: (value) => (typeof value === 'string' && value !== '' ? value.replace(uuid, '<uid>') : value),
  resourceVersion: (value) => (typeof value === 'string' && /^[1-9]\d*$/.test(value) ? '<version>' : value),
  metadataResourceVersion: () => '<version>',
  continue: (value) => (typeof value === 'string' && value !== '' ? '<token>' : value),
  clusterIP: (value) => address(value),
  clusterIPs: (value) => (Array.isArray(value) ? value.map(address) : value),
  nodePort: (value) => (typeof value === 'number' && value >= 30000 && value < 32768 ? '<port>' : value),
  healthCheckNodePort: () => '<port>',
  serverAddress: () => '<address>',
  storageVersionHash: () => '<hash>',
  selfLink: () => undefined,
  caBundle: () => '<authority>',
  columnDefinitions: (value) => (Array.isArray(value) ? value.map(({ description: _words, ...rest }) => rest) : value),
  token: (value) => (typeof value === 'string' && value.split('.').length === 3 ? '<jwt>' : value),
}

function address(value: unknown): unknown {
  return typeof value === 'string' && /^\d+\.\d+\.\d+\.\d+$/.test(value) ? '<address>' : value
}

/** An answer with what may differ made equal. */
export function normalised(answer: WireAnswer): WireAnswer {
  return { status: answer.status, headers: answer.headers, body: value(answer.body) }
}

function value(given: unknown): unknown {
  if (typeof given === 'string') return text(given)
  if (Array.isArray(given)) return given.map(value)
  if (typeof given !== 'object' || given === null) return given
  const out: Record<string, unknown> = {}
  for (const [key, one] of Object.entries(given)) {
    const rule = byKey[key]
    const made = value(rule === undefined ? one : rule(one))
    if (made !== undefined) out[key] = made
  }
  return named(out)
}

/** A generated name keeps its prefix. */
function named(object: Record<string, unknown>): Record<string, unknown> {
  const { generateName, name } = object
  if (typeof generateName !== 'string' || typeof name !== 'string' || !name.startsWith(generateName)) return object
  return { ...object, name: `${generateName}<suffix>` }
}

function text(given: string): string {
  if (age.test(given)) return '<age>'
  return (
    given
      .replace(uuid, '<uid>')
      .replace(time, '<time>')
      .replace(/https:\/\/127\.0\.0\.1:\d{4,5}\//g, 'https://<webhooks>/')
      // An object that is quoted whole inside a message: the order of its fields is nobody's promise.
      .replace(/Invalid value: "\{.*\}": /s, 'Invalid value: <object>: ')
      .replace(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-<suffix>')
      .replace(/(resource version: |current: |ResourceVersion: |StorageError: .*?, )\d+/g, '$1<version>')
  )
}
