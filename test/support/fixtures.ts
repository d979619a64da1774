/** Objects under `fixtures/objects` and what Kubernetes 1.36 itself said of them. */
import { readdirSync, readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import type { Kind } from '../../src/api/kind.ts'
import { validateObjectMeta, validateObjectMetaUpdate } from '../../src/api/meta.ts'
import type { KubeObject } from '../../src/api/object.ts'
import { check, prune } from '../../src/api/schema/check.ts'
import { applyDefaults } from '../../src/api/schema/defaults.ts'
import { invalid, type StatusError } from '../../src/api/status-error.ts'
import { kinds } from '../../src/kinds/index.ts'

const root = new URL('../../fixtures/', import.meta.url)
export const fixtureNow = Date.UTC(2026, 0, 1)

/** Reads a file below fixtures/. */
export function fixtureText(name: string): string {
  return readFileSync(new URL(name, root), 'utf8')
}

/** Answers of Kubernetes 1.36. */
export function answers<T>(name: 'validation' | 'tables'): T {
  return JSON.parse(fixtureText(`wire/kubernetes-1.36/${name}.json`)) as T
}

/** All objects of one file. */
export function fixtureObjects(name: string): KubeObject[] {
  return parseAllDocuments(fixtureText(name))
    .filter((document) => document.contents !== null)
    .map((document) => document.toJS() as KubeObject)
}

/** The files of a folder below fixtures/objects, without it. */
export function fixtureFiles(folder: string): string[] {
  const files = readdirSync(new URL(`objects/${folder}/`, root), { recursive: true, encoding: 'utf8' })
  return files.filter((file) => file.endsWith('.yaml')).sort()
}

/** The kind whose objects are in the folder of this name. */
export function kindOfFolder(plural: string): Kind {
  const kind = kinds.find((one) => one.plural === plural && one.schema !== undefined)
  if (kind === undefined) throw new Error(`no kind ${plural}`)
  return kind
}

/** The object as the server reads it: checked, pruned, with defaults and the server's own metadata. */
export function readObject(kind: Kind, sent: KubeObject): KubeObject {
  if (kind.schema === undefined) throw new Error(`${kind.kind} has no schema`)
  const found = check(kind.schema, sent)
  if (found.errors.length > 0) throw new Error(found.errors[0]?.message)
  const object = applyDefaults(kind.apiVersion, kind.kind, prune(kind.schema, sent) as KubeObject)
  const namespace = kind.namespaced ? { namespace: object.metadata.namespace ?? 'default' } : {}
  const generation = kind.hasGeneration === false ? {} : { generation: 1 }
  return { ...object, metadata: { ...object.metadata, ...namespace, ...generation } }
}

export interface Outcome {
  readonly object?: KubeObject
  readonly refusal?: StatusError
}

/** What the kind makes of one file: a creation, an update (two objects), or an update of the status. */
export function outcomeOf(file: string): Outcome {
  const [, plural = '', name = ''] = file.split('/')
  const kind = kindOfFolder(plural)
  const objects = fixtureObjects(`objects/${file}`)
  const read = objects.map((object) => readObject(kind, object))
  const [first, second] = read as [KubeObject, KubeObject | undefined]
  if (second === undefined) return created(kind, first)
  return updated(kind, first, second, name.startsWith('status-') ? 'status' : '')
}

function created(kind: Kind, object: KubeObject): Outcome {
  const prepared = kind.prepare?.create?.(object, { now: fixtureNow, subresource: '' }) ?? object
  const meta = validateObjectMeta(prepared.metadata, kind.namespaced, kind.nameRule)
  return judged(kind, prepared, [...meta, ...(kind.validate?.(prepared, undefined, '') ?? [])])
}

function updated(kind: Kind, old: KubeObject, sent: KubeObject, subresource: string): Outcome {
  const server = { resourceVersion: '1', uid: '11111111-1111-4111-8111-111111111111' }
  const previous: KubeObject = { ...old, metadata: { ...old.metadata, ...server } }
  const metadata = { ...sent.metadata, ...server }
  const kept = previous.status === undefined ? {} : { status: previous.status }
  const { status: _sent, ...main } = sent as Record<string, unknown>
  const splits = kind.subresources.status === true
  const whole = splits ? ({ ...main, ...kept, metadata } as KubeObject) : { ...sent, metadata }
  const next = subresource === 'status' ? { ...previous, metadata, status: sent.status } : whole
  const prepared = kind.prepare?.update?.(next, previous, { now: fixtureNow, subresource }) ?? next
  const meta = validateObjectMetaUpdate(prepared.metadata, previous.metadata)
  return judged(kind, prepared, [...meta, ...(kind.validate?.(prepared, previous, subresource) ?? [])])
}

function judged(kind: Kind, object: KubeObject, errors: Parameters<typeof invalid>[2]): Outcome {
  return errors.length === 0 ? { object } : { refusal: invalid(kind, object.metadata.name, errors) }
}
