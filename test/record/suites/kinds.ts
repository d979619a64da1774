/** Every built-in kind once through its life: create, read in each form, patch, apply, refuse, delete. */
import type { Step, Suite } from '../suite.ts'
import { type Body, bodies } from './bodies.ts'

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
const partial = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json'

/** One suite a group, so that a file stays readable. */
export const kindSuites: readonly Suite[] = [...new Set(bodies.map(({ gv }) => gv))].map((gv) => {
  const group = gv.replace('/', '-').replace('.k8s.io', '')
  const namespace = `wire-${group.replaceAll('.', '-')}`
  const steps = bodies.filter((one) => one.gv === gv).flatMap((one) => lifeOf(one, namespace))
  return { name: `kinds-${group}`, namespaces: [namespace], steps }
})

function lifeOf(one: Body, namespace: string): Step[] {
  const { kind, plural } = one
  const name = one.name ?? `wire-${kind.toLowerCase()}`
  const root = one.gv.startsWith('core/') ? `/api/${one.gv.slice(5)}` : `/apis/${one.gv}`
  const list = one.namespaced ? `${root}/namespaces/${namespace}/${plural}` : `${root}/${plural}`
  const apiVersion = one.gv.replace('core/', '')
  const meta = { name, labels: { app: 'wire' } }
  const rest = JSON.parse(JSON.stringify(one.rest).replaceAll('wire-kinds', namespace)) as Record<string, unknown>
  const object = { apiVersion, kind, metadata: meta, ...rest }
  const path = `${list}/${name}`
  const selected = `${list}?labelSelector=app%3Dwire`
  const merge = { method: 'PATCH', path, type: 'application/merge-patch+json' } as const
  const applied = { apiVersion, kind, metadata: { name, labels: { app: 'wire', owner: 'two' } } }
  const step = (what: string, more: Omit<Step, 'name'>): Step => ({ name: `${kind}: ${what}`, ...more })
  return [
    step('create dry run', { path: `${list}?dryRun=All&fieldManager=one`, body: object }),
    step('create', { path: `${list}?fieldManager=one&fieldValidation=Strict`, body: object }),
    step('create again', { path: list, body: object }),
    step('create without a name', { path: list, body: { ...object, metadata: {} } }),
    step('create with a bad name', { path: list, body: { ...object, metadata: { name: 'Bad_Name!' } } }),
    step('create from nothing', { path: list, body: { apiVersion, kind, metadata: { name: 'wire-empty' } } }),
    step('create with an unknown field', {
      path: `${list}?fieldValidation=Strict&dryRun=All`,
      body: { ...object, metadata: { name: 'wire-strict' }, unheardOf: 1 },
    }),
    step('get', { path }),
    step('get as a table', { path, accept: table }),
    step('list', { path: selected }),
    step('list as a table', { path: selected, accept: table }),
    step('list of metadata', {
      path: selected,
      accept: partial.replace('PartialObjectMetadata', 'PartialObjectMetadataList'),
    }),
    step('get the metadata', { path, accept: partial }),
    step('merge patch', {
      ...merge,
      path: `${path}?fieldManager=one`,
      body: { metadata: { annotations: { note: 'x' } } },
    }),
    ...(one.wrong === undefined ? [] : [step('refused patch', { ...merge, body: one.wrong })]),
    step('apply in conflict', {
      method: 'PATCH',
      path: `${path}?fieldManager=two`,
      type: 'application/apply-patch+yaml',
      body: { ...applied, metadata: { ...applied.metadata, labels: { app: 'other' } } },
    }),
    step('apply', {
      method: 'PATCH',
      path: `${path}?fieldManager=two`,
      type: 'application/apply-patch+yaml',
      body: applied,
    }),
    step('put with an old version', {
      method: 'PUT',
      path,
      body: { ...object, metadata: { ...meta, resourceVersion: '1' } },
    }),
    step('delete another uid', {
      method: 'DELETE',
      path,
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'not-this-one' } },
    }),
    step('delete', { method: 'DELETE', path: `${path}?gracePeriodSeconds=0` }),
    step('get after the end', { path }),
  ]
}
