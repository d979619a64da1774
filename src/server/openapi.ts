/** `/openapi/v3`: the index and one document for each group version, made from the schema table when asked for. */
import { openApiV3 } from '../api/schema/openapi.ts'
import { resourceNotFound } from '../api/status-error.ts'
import { digest } from '../lib/digest.ts'
import { json } from './answer.ts'
import type { Call } from './context.ts'
import { groupsOf } from './discovery.ts'
import { openApiV2 } from './openapi-v2.ts'

/** Answers the paths below `/openapi`. Throws 404 for documents that do not exist. */
export function openApi(call: Call, path: readonly string[]): Response {
  if (path[0] === 'v2' && path.length === 1) return openApiV2(call.request.headers.get('accept'))
  if (path[0] !== 'v3') throw resourceNotFound()
  const documents = new Map<string, { group: string; version: string }>()
  for (const [group, versions] of groupsOf(call.cluster.registry.served)) {
    for (const version of versions.keys())
      documents.set(group === '' ? `api/${version}` : `apis/${group}/${version}`, { group, version })
  }
  if (path.length === 1) {
    const paths = [...documents.keys()].map((name) => [
      name,
      { serverRelativeURL: `/openapi/v3/${name}?hash=${hashOf(call, name)}` },
    ])
    return json({ paths: Object.fromEntries(paths) })
  }
  const wanted = documents.get(path.slice(1).join('/'))
  if (wanted === undefined) throw resourceNotFound()
  const kinds = groupsOf(call.cluster.registry.served).get(wanted.group)?.get(wanted.version) ?? []
  const groupVersion = wanted.group === '' ? wanted.version : `${wanted.group}/${wanted.version}`
  const shown = kinds.map(({ schema: _schema, custom, ...kind }) => ({
    ...kind,
    subresources: Object.keys(kind.subresources),
    ...(custom === undefined ? {} : { schema: custom.structural as Readonly<Record<string, unknown>> }),
  }))
  return json(openApiV3(groupVersion, shown))
}

/** Changes with what the document says: the kinds of the group version and the schemas of custom ones. */
function hashOf(call: Call, name: string): string {
  const [group, version] = name.startsWith('api/') ? ['', name.slice(4)] : name.slice(5).split('/')
  const kinds =
    groupsOf(call.cluster.registry.served)
      .get(group as string)
      ?.get(version as string) ?? []
  return digest([name, kinds.map((kind) => kind.custom?.structural ?? kind.kind)])
}
