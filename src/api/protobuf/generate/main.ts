/**
 * Writes `../data/table.ts` from the protobuf definitions and Go struct tags of Kubernetes' own modules.
 *
 * In an empty Go module, for each of k8s.io/api, k8s.io/apimachinery, k8s.io/apiextensions-apiserver and
 * k8s.io/kube-aggregator: `go mod download -json MODULE@v0.36.0`; then
 * `npx tsx src/api/protobuf/generate/main.ts "$(go env GOMODCACHE)/k8s.io" v0.36.0`.
 */
import { readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readPackage } from './read-package.ts'

const modules = ['api', 'apimachinery', 'apiextensions-apiserver', 'kube-aggregator']
/** Not served by an API server, or used by Kubernetes' own tests only. */
const left = ['testapigroup.v1', 'imagepolicy.v1alpha1']

const [root, version = 'v0.36.0'] = process.argv.slice(2)
if (root === undefined) throw new Error('usage: main.ts DIRECTORY_OF_MODULES [VERSION]')

const rows: Record<string, string> = {}
const groups: Record<string, string> = {}
for (const module of modules) {
  const directory = join(root, `${module}@${version}`)
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('generated.proto')) continue
    // The messages of runtime/schema are empty.
    if (entry.endsWith('runtime/schema/generated.proto')) continue
    const found = readPackage(dirname(join(directory, entry)))
    if (left.includes(found.name)) continue
    Object.assign(rows, found.rows)
    if (found.group !== undefined) groups[found.group] = found.name.split('.')[0] as string
  }
}

/** As biome would lay it out. */
const line = ([key, value]: [string, string]) => {
  const name = /^[a-z]+$/.test(key) ? key : `'${key}'`
  const flat = `  ${name}: '${value}',`
  return flat.length <= 120 ? flat : `  ${name}:\n    '${value}',`
}
const sorted = (record: Record<string, string>) =>
  Object.entries(record)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(line)
const text = [
  '/** Written by `generate/main.ts` from Kubernetes 1.36; do not edit. The encoding is described in `../messages.ts`. */',
  '/** API group → first part of its messages’ names. */',
  'export const groups: Readonly<Record<string, string>> = {',
  ...sorted(groups),
  '}',
  '',
  'export const table: Readonly<Record<string, string>> = {',
  ...sorted(rows),
  '}',
  '',
].join('\n')
writeFileSync(fileURLToPath(new URL('../data/table.ts', import.meta.url)), text)
console.log(`${Object.keys(rows).length} messages, ${text.length} characters`)
