/** Media types of answers and refusals, methods, old watch paths, watches of one object, frames of protobuf. */
import type { Step, Suite } from '../suite.ts'

const namespace = 'wire-negotiation'
const maps = `/api/v1/namespaces/${namespace}/configmaps`
const selected = `${maps}?labelSelector=wire%3Dnegotiation`
const protobuf = 'application/vnd.kubernetes.protobuf'
const meta = (media: string, as: string, version = 'v1'): string => `${media};as=${as};v=${version};g=meta.k8s.io`

const accepts = (path: string, accept: string): Step => ({ name: `${path} as ${accept}`, path, accept })
const methods = ['HEAD', 'OPTIONS', 'PUT', 'POST', 'DELETE', 'PATCH'].flatMap((method) =>
  [`${maps}/a`, maps, '/api', '/apis/apps', '/apis/apps/v1', '/version', '/healthz', '/nothing']
    .filter((path) => !path.includes(namespace) || method === 'HEAD' || method === 'OPTIONS')
    .map((path): Step => ({ name: `${method} ${path}`, method, path })),
)

export const negotiation: Suite = {
  name: 'negotiation',
  namespaces: [namespace],
  steps: [
    ...['a', 'b'].map(
      (name): Step => ({
        name: `create ${name}`,
        path: maps,
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { wire: 'negotiation' } } },
      }),
    ),
    ...[
      '*/*',
      'application/*',
      'text/*',
      'text/html',
      'garbage',
      ',',
      'APPLICATION/JSON',
      'application/cbor',
      'application/cbor,application/json',
      'application/json; charset=utf-8',
      'application/json;stream=watch',
      'application/json;q=bad',
      'application/json;q=0',
      'application/yaml;q=0.1,application/json;q=0.9',
      'application/json;as=Table',
      'application/json;as=Foo;v=v1;g=meta.k8s.io,application/json',
      meta('application/json', 'Table', 'v1beta1'),
      meta(protobuf, 'Table'),
      `${meta(protobuf, 'Table')},application/json`,
      meta('application/json', 'PartialObjectMetadata', 'v1beta1'),
      meta('application/json', 'PartialObjectMetadataList'),
    ].map((accept) => accepts(`${maps}/a`, accept)),
    ...[
      meta('application/json', 'Table', 'v1beta1'),
      meta('application/json', 'PartialObjectMetadataList', 'v1beta1'),
      meta('application/json', 'PartialObjectMetadata'),
    ].map((accept) => accepts(selected, accept)),
    accepts(`${maps}/none`, 'text/html'),
    accepts(`${maps}/none`, 'application/yaml'),
    accepts(`${maps}/none`, meta('application/json', 'Table')),
    ...['/api', '/apis', '/apis/apps', '/api/v1', '/version'].map((path) => accepts(path, 'text/html')),
    accepts('/apis/apps', 'application/yaml'),
    ...methods,
    { name: 'old watch', path: `/api/v1/watch/namespaces/${namespace}/configmaps`, frames: 2 },
    { name: 'old watch of one', path: `/api/v1/watch/namespaces/${namespace}/configmaps/b`, frames: 1 },
    { name: 'watch one', path: `${maps}/b?watch=true`, frames: 1 },
    { name: 'watch one by its own name', path: `${maps}/b?watch=true&fieldSelector=metadata.name%3Db`, frames: 1 },
    { name: 'watch one by another name', path: `${maps}/b?watch=true&fieldSelector=metadata.name%3Da` },
    { name: 'watch as CBOR', path: `${selected}&watch=true`, accept: 'application/cbor' },
    { name: 'watch as CBOR or JSON', path: `${selected}&watch=true`, accept: 'application/cbor,*/*', frames: 2 },
    {
      name: 'watch as a beta Table',
      path: `${selected}&watch=true`,
      accept: meta('application/json', 'Table', 'v1beta1'),
      frames: 2,
    },
    { name: 'delete a collection as text', method: 'DELETE', path: selected, accept: 'text/plain' },
    { name: 'delete a collection with a bad limit', method: 'DELETE', path: `${selected}&limit=many` },
    {
      name: 'delete a collection with a match only',
      method: 'DELETE',
      path: `${selected}&resourceVersionMatch=Exact`,
    },
    { name: 'delete the first of a collection', method: 'DELETE', path: `${selected}&limit=1` },
    { name: 'what is left', path: selected },
  ],
}
