/** Lists, pages, selectors, watches and the refusals of each. */
import type { Step, Suite } from '../suite.ts'

const namespace = 'wire-reading'
const maps = `/api/v1/namespaces/${namespace}/configmaps`
const pods = `/api/v1/namespaces/${namespace}/pods`
const labelled = '?labelSelector=wire%3Dreading'
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
const metadata = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json'

const map = (name: string, labels: object = {}): Step => ({
  name: `create ${name}`,
  path: maps,
  body: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { wire: 'reading', ...labels } },
    data: { name },
  },
})
const lists = (name: string, query: string, more: Partial<Step> = {}): Step => ({
  name,
  path: `${maps}?${query}`,
  ...more,
})

export const reading: Suite = {
  name: 'reading',
  namespaces: [namespace],
  steps: [
    map('a', { n: '1' }),
    map('b', { n: '2', even: 'yes' }),
    map('c', { n: '3' }),
    map('d', { n: '4', even: 'yes' }),
    map('e', { n: '5' }),
    {
      name: 'create a pod',
      path: pods,
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] },
      },
    },
    lists('all', 'labelSelector=wire%3Dreading'),
    lists('first page', 'limit=2&labelSelector=wire%3Dreading'),
    lists('second page', 'limit=2&labelSelector=wire%3Dreading&continue={{first page:metadata.continue}}'),
    lists('third page', 'limit=2&labelSelector=wire%3Dreading&continue={{second page:metadata.continue}}'),
    lists('first page without a selector', 'limit=2'),
    lists('a page as a table', 'limit=2&labelSelector=wire%3Dreading', { accept: table }),
    lists('a bad continue', 'limit=2&continue=nonsense'),
    lists('continue with a version', 'limit=2&resourceVersion=1&continue={{first page:metadata.continue}}'),
    lists('a bad limit', 'limit=many'),
    lists('a negative limit', 'limit=-1&labelSelector=wire%3Dreading'),
    lists('any version', 'resourceVersion=0&labelSelector=wire%3Dreading'),
    lists(
      'an exact version',
      'resourceVersion={{all:metadata.resourceVersion}}&resourceVersionMatch=Exact&labelSelector=wire%3Dreading',
    ),
    lists(
      'not older',
      'resourceVersion={{create c:metadata.resourceVersion}}&resourceVersionMatch=NotOlderThan&labelSelector=wire%3Dreading',
    ),
    lists('a match without a version', 'resourceVersionMatch=Exact'),
    lists('an unknown match', 'resourceVersion=1&resourceVersionMatch=Newer'),
    lists('exactly any version', 'resourceVersion=0&resourceVersionMatch=Exact'),
    lists(
      'a match with continue',
      'resourceVersionMatch=Exact&resourceVersion=1&continue={{first page:metadata.continue}}',
    ),
    lists('a bad version', 'resourceVersion=abc'),
    lists('label equal', 'labelSelector=n%3D3'),
    lists('label unequal', 'labelSelector=wire%3Dreading,even!%3Dyes'),
    lists('label in', 'labelSelector=n%20in%20(1,5)'),
    lists('label not in', 'labelSelector=wire%3Dreading,n%20notin%20(1,5)'),
    lists('label there', 'labelSelector=even'),
    lists('label not there', 'labelSelector=wire%3Dreading,!even'),
    lists('label greater', 'labelSelector=n%3E3'),
    lists('a bad label selector', 'labelSelector=n%20in%203'),
    lists('a bad label key', 'labelSelector=%2F%2F%3D3'),
    lists('a bad label value', 'labelSelector=n%3D%25%25'),
    lists('field equal', 'fieldSelector=metadata.name%3Dc'),
    lists('field unequal', 'fieldSelector=metadata.name!%3Dc&labelSelector=wire%3Dreading'),
    lists('an unknown field', 'fieldSelector=data.name%3Dc'),
    lists('a bad field selector', 'fieldSelector=nothing'),
    { name: 'pods of a node', path: `${pods}?fieldSelector=spec.nodeName%3Dn1,status.phase!%3DRunning` },
    { name: 'pods by an unknown field', path: `${pods}?fieldSelector=spec.image%3Di` },
    { name: 'across namespaces', path: `/api/v1/configmaps${labelled}` },
    {
      name: 'across namespaces by name',
      path: `/api/v1/configmaps?fieldSelector=metadata.name%3Dc,metadata.namespace%3D${namespace}`,
    },
    { name: 'of a namespace that is not there', path: '/api/v1/namespaces/wire-none/configmaps' },
    { name: 'of a resource that is not there', path: `/api/v1/namespaces/${namespace}/unheardofs` },
    { name: 'of a group that is not there', path: '/apis/wire.example.com/v1/things' },
    { name: 'of a version that is not there', path: '/apis/apps/v9/deployments' },
    { name: 'namespaced without its namespace', path: '/api/v1/configmaps/a' },
    { name: 'cluster-scoped in a namespace', path: `/api/v1/namespaces/${namespace}/nodes` },
    { name: 'a list of metadata', path: `${maps}${labelled}`, accept: metadata.replace('Metadata', 'MetadataList') },
    { name: 'a table without objects', path: `${maps}${labelled}&includeObject=None`, accept: table },
    { name: 'a table with objects', path: `${maps}/a?includeObject=Object`, accept: table },
    { name: 'a table with something', path: `${maps}/a?includeObject=Something`, accept: table },
    { name: 'a table of another version', path: `${maps}/a`, accept: 'application/json;as=Table;v=v9;g=meta.k8s.io' },
    { name: 'as something', path: `${maps}/a`, accept: 'application/json;as=Something;v=v1;g=meta.k8s.io' },
    { name: 'as text', path: `${maps}/a`, accept: 'text/plain' },
    { name: 'as YAML', path: `${maps}/a`, accept: 'application/yaml' },
    { name: 'as anything', path: `${maps}/a`, accept: '*/*' },
    { name: 'the subresource of what has none', path: `${maps}/a/status` },
    { name: 'a method that is not there', method: 'POST', path: `${maps}/a`, body: {} },
    { name: 'put to a collection', method: 'PUT', path: maps, body: {} },
    {
      name: 'watch from the beginning',
      path: `${maps}?watch=1&labelSelector=wire%3Dreading&resourceVersion={{create a:metadata.resourceVersion}}`,
      frames: 4,
    },
    {
      name: 'watch with a field',
      path: `${maps}?watch=true&fieldSelector=metadata.name%3Dc&resourceVersion={{create a:metadata.resourceVersion}}`,
      frames: 1,
    },
    { name: 'watch of what is there', path: `${maps}?watch=true&labelSelector=n%3D2`, frames: 1 },
    { name: 'watch any version', path: `${maps}?watch=true&labelSelector=n%3D2&resourceVersion=0`, frames: 1 },
    {
      name: 'watch as tables',
      path: `${maps}?watch=true&labelSelector=wire%3Dreading&resourceVersion={{create c:metadata.resourceVersion}}`,
      accept: table,
      frames: 2,
    },
    {
      name: 'watch metadata',
      path: `${maps}?watch=true&labelSelector=wire%3Dreading&resourceVersion={{create d:metadata.resourceVersion}}`,
      accept: metadata,
      frames: 1,
    },
    {
      name: 'watch a list',
      path: `${maps}?watch=true&labelSelector=n%3D2&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
      frames: 2,
    },
    {
      name: 'watch a list without its match',
      path: `${maps}?watch=true&sendInitialEvents=true&allowWatchBookmarks=true`,
    },
    {
      name: 'watch a list without bookmarks',
      path: `${maps}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`,
      frames: 1,
    },
    { name: 'watch with a match only', path: `${maps}?watch=true&resourceVersionMatch=NotOlderThan` },
    { name: 'watch with a bad version', path: `${maps}?watch=true&resourceVersion=abc` },
    { name: 'watch with a bad selector', path: `${maps}?watch=true&labelSelector=n%20in%203` },
    { name: 'watch with a bad time', path: `${maps}?watch=true&timeoutSeconds=soon` },
    { name: 'initial events of a list', path: `${maps}?sendInitialEvents=true` },
    {
      name: 'label changes',
      method: 'PATCH',
      path: `${maps}/b`,
      type: 'application/merge-patch+json',
      body: { metadata: { labels: { n: '20' } } },
    },
    { name: 'delete one', method: 'DELETE', path: `${maps}/c` },
    {
      name: 'watch through a selector',
      path: `${maps}?watch=true&labelSelector=n%20in%20(2,3)&resourceVersion={{create a:metadata.resourceVersion}}`,
      frames: 4,
    },
    {
      name: 'watch into a selector',
      path: `${maps}?watch=true&labelSelector=n%3D20&resourceVersion={{create a:metadata.resourceVersion}}`,
      frames: 1,
    },
    { name: 'delete a collection, dry run', method: 'DELETE', path: `${maps}?labelSelector=even&dryRun=All` },
    { name: 'delete a collection', method: 'DELETE', path: `${maps}?labelSelector=even` },
    {
      name: 'delete a collection with a bad policy',
      method: 'DELETE',
      path: `${maps}?labelSelector=wire%3Dreading&propagationPolicy=Never`,
    },
    { name: 'what is left', path: `${maps}${labelled}` },
  ],
}
