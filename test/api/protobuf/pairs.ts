/** Objects as k8s.io/apimachinery 0.36 wrote them in protobuf and in JSON, and what of that JSON says nothing. */
import { readdirSync, readFileSync } from 'node:fs'

export interface Pair {
  readonly name: string
  readonly bytes: Uint8Array
  readonly json: { readonly apiVersion: string; readonly kind: string }
}

export interface Recording {
  readonly command: string
  readonly bytes: Uint8Array
}

const folder = (name: string) => new URL(`../../../fixtures/wire/${name}/`, import.meta.url)

function filesOf(name: string): { base64: string; name: string; command: string; json: unknown }[] {
  const files = readdirSync(folder(name)).filter((file) => file.endsWith('.json'))
  return files.sort().map((file) => JSON.parse(readFileSync(new URL(file, folder(name)), 'utf8')))
}

/** Every committed pair; the JSON without nulls and without the empty structs Go writes for non-pointers. */
export function pairs(): Pair[] {
  return filesOf('protobuf-0.36').map(({ name, base64, json }) => ({
    name,
    bytes: new Uint8Array(Buffer.from(base64, 'base64')),
    json: meaningful(json) as Pair['json'],
  }))
}

/** Bodies kubectl 1.32 sent. */
export function recordings(): Recording[] {
  return filesOf('kubectl-1.32').map(({ command, base64 }) => ({
    command,
    bytes: new Uint8Array(Buffer.from(base64, 'base64')),
  }))
}

const structs = new Set(
  [
    'metadata',
    'spec',
    'status',
    'strategy',
    'updateStrategy',
    'resources',
    'state',
    'lastState',
    'loadBalancer',
  ].concat(['nodeInfo', 'daemonEndpoints', 'deprecatedSource']),
)

/** `parent` is the key the value stands under: `subresources.status` is a pointer, empty or not. */
function meaningful(value: unknown, parent = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => meaningful(item))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value)
    .filter(([, item]) => item !== null)
    .map(([key, item]): [string, unknown] => [key, meaningful(item, key)])
    .filter(([key, item]) => parent === 'subresources' || !structs.has(key) || JSON.stringify(item) !== '{}')
  return Object.fromEntries(kept)
}
