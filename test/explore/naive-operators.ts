/** Operators that are each wrong in one way, and what only one sort of fault brings to light in them. */
import {
  type Controller,
  controller,
  defineKind,
  type KubeObject,
  type Transition,
  type View,
} from '../../src/index.ts'
import { ConfigMap } from '../../src/kinds/index.ts'

export const Site = defineKind({ group: 'example.com', version: 'v1', kind: 'Site', plural: 'sites', namespaced: true })

export const site: KubeObject = {
  apiVersion: 'example.com/v1',
  kind: 'Site',
  metadata: { name: 'blog', namespace: 'default' },
  spec: {},
}

const namespace = 'default'
export const config = (name: string, data: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
})
const ref = (name: string) => ({ resource: 'configmaps', namespace, name })
const create = (object: KubeObject): Transition => ({ type: 'create', resource: 'configmaps', namespace, object })
const update = (object: KubeObject, data: Record<string, string>): Transition => ({
  type: 'update',
  ref: ref(object.metadata.name),
  object: { ...object, data },
})
/** Says something in the Site's annotations. */
const says = (object: KubeObject, annotations: Record<string, string>): Transition => ({
  type: 'update',
  ref: { resource: Site.resource, namespace, name: object.metadata.name },
  object: {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } },
  },
})
const named = (view: View, name: string) => view.get('configmaps', namespace, name)

type Reconcile = (view: View, blog: KubeObject, refused: string) => readonly Transition[]

const operator = (reconcile: Reconcile, more: Partial<Controller> = {}): Controller =>
  controller({
    name: 'sites',
    of: Site,
    reconcile: (view, key, refusal) => {
      const blog = view.get(Site, namespace, key.split('/')[1] as string)
      return blog === undefined ? [] : reconcile(view, blog, refusal?.message ?? '')
    },
    ...more,
  })

const isMarked = ({ metadata }: KubeObject): boolean =>
  Object.keys(metadata.annotations ?? {}).some((key) => !key.includes('/'))

/** Takes every timeout for a yes. */
export const trustsTimeouts = operator((view, blog, refused) => {
  if (isMarked(blog)) return []
  if (refused.includes('did not complete')) return [says(blog, { made: 'surely' })]
  return named(view, 'page') === undefined ? [create(config('page'))] : [says(blog, { made: 'yes' })]
})

/** Takes a name that is taken for somebody else's. */
export const givesWay = operator((view, blog, refused) => {
  if (isMarked(blog)) return []
  if (refused.includes('already exists')) return [says(blog, { failed: 'the name is taken' })]
  return named(view, 'page') === undefined ? [create(config('page'))] : []
})

/** Gives up at the first error of a server. */
export const givesUp = operator((view, blog, refused) => {
  if (isMarked(blog)) return []
  if (refused.includes('nternal error')) return [says(blog, { failed: refused })]
  return named(view, 'page') === undefined ? [create(config('page'))] : []
})

/** Rings whenever it is asked. */
export const rings = operator((view) => {
  const bell = named(view, 'bell') as KubeObject
  return [update(bell, { rung: `${Number(bell.data.rung) + 1}` })]
})

/** Copies what it is told of, and thinks that nothing goes without a word. */
export const seesComings = operator(
  (view) => {
    const copy = named(view, 'copy') as KubeObject
    const of = named(view, 'source')?.metadata.uid ?? 'none'
    return copy.data.of === of ? [] : [update(copy, { of })]
  },
  {
    watches: [
      {
        kind: ConfigMap,
        keys: (object, _view, { type }) =>
          object.metadata.name === 'source' && type !== 'MODIFIED' ? [`${namespace}/blog`] : [],
      },
    ],
  },
)

const finalizer = 'example.com/record'

/** Keeps a record outside the reach of owners, tidily, as long as it does not see the past again. */
export const keepsRecords = operator((view, blog) => {
  const record = named(view, 'record')
  const { finalizers = [], deletionTimestamp } = blog.metadata
  const withFinalizers = (list: string[]): Transition => ({
    type: 'update',
    ref: { resource: Site.resource, namespace, name: 'blog' },
    object: { ...blog, metadata: { ...blog.metadata, finalizers: list } },
  })
  if (deletionTimestamp !== undefined) {
    const gone: Transition[] =
      record === undefined ? [] : [{ type: 'delete', ref: ref('record'), uid: record.metadata.uid as string }]
    return finalizers.includes(finalizer) ? [...gone, withFinalizers([])] : gone
  }
  if (!finalizers.includes(finalizer)) return [withFinalizers([finalizer])]
  return record === undefined ? [create(config('record'))] : []
})

/** Seats whoever is first in the list. */
export const seatsTheFirst = operator((view, blog) => {
  const first = view.list('configmaps').find(({ metadata }) => metadata.name.startsWith('guest-'))
  return isMarked(blog) || first === undefined ? [] : [says(blog, { seated: first.metadata.name })]
})

/** Compares the API server's clock with its own. */
export const trustsItsClock = operator((view, blog) =>
  !isMarked(blog) && view.now - Date.parse(blog.metadata.creationTimestamp as string) > 30_000
    ? [says(blog, { expired: 'yes' })]
    : [],
)

/** Makes a page under a new name each time, and does not look whether there is one. */
export const makesAnother = operator((_view, blog) =>
  isMarked(blog)
    ? []
    : [
        create({ ...config('', {}), metadata: { name: '', generateName: 'page-' } } as KubeObject),
        says(blog, { made: 'yes' }),
      ],
)
