/**
 * The coverage page: `npm run coverage` writes src/COVERAGE.md from the kinds a cluster serves, so that it cannot say
 * what is not so. A test compares the committed page with what would be written.
 */

import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { Kind } from '../../src/api/kind.ts'
import { createRegistry } from '../../src/api/registry.ts'
import { codes } from '../../src/edge/cli/codes.ts'
import { kinds } from '../../src/kinds/index.ts'

export const coverageFile = 'src/COVERAGE.md'

const head = `# What the API server serves

Written by \`npm run coverage\` from the kinds themselves; do not edit. Kubernetes 1.36.

Every kind has, unless its verbs say otherwise: field and label selectors, \`limit\` and \`continue\`, \`resourceVersion\` and
\`resourceVersionMatch\`, \`sendInitialEvents\`, bookmarks, \`timeoutSeconds\`, dry runs, field validation, field managers,
preconditions and propagation of deletions; JSON, YAML and protobuf; tables and metadata only; JSON, merge, strategic
merge and apply patches. Custom kinds have all of it but protobuf and strategic merge patches (415), as in Kubernetes.
`

const foot = `
## Refused, and with which code

What Kubernetes has and this server does not is answered with an error that names a code; \`kybern explain CODE\` tells more.

| code | what it says |
|---|---|
`

/** Codes of what is not built, as opposed to those of mistakes. */
const unbuilt =
  /not (served|built|reached)|outside the simulated|no way to it|is not there yet|cannot be signed|no signer/i

/** The whole page. */
export function coveragePage(): string {
  const { served } = createRegistry(kinds)
  const groups = new Map<string, Kind[]>()
  for (const kind of served) groups.set(kind.apiVersion, [...(groups.get(kind.apiVersion) ?? []), kind])
  const sections = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([apiVersion, list]) => section(apiVersion, list))
  const refused = Object.entries(codes)
    .filter(([, { what }]) => unbuilt.test(what))
    .map(([code, { what }]) => `| \`${code}\` | ${what} |`)
  return `${head}\n${sections.join('\n')}${refused.length === 0 ? '' : foot + refused.join('\n')}\n`
}

function section(apiVersion: string, list: readonly Kind[]): string {
  const rows = [...list].sort((a, b) => (a.plural < b.plural ? -1 : 1)).map(row)
  return `## ${apiVersion}\n\n| resource | kind | scope | short | verbs | subresources |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`
}

const everything = 'create delete deletecollection get list patch update watch'

function row(kind: Kind): string {
  const verbs = [...(kind.virtual === true ? ['create'] : kind.verbs)].sort().join(' ')
  const subresources = Object.keys(kind.subresources).sort().join(', ')
  const cells = [
    kind.plural,
    kind.kind,
    kind.namespaced ? 'namespace' : 'cluster',
    kind.shortNames.join(', '),
    verbs === everything ? 'all' : verbs,
    subresources,
  ]
  return `| ${cells.join(' | ')} |`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(coverageFile, coveragePage())
  console.error(`${coverageFile} written`)
}
