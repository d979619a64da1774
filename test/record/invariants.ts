/** Writes src/INVARIANTS.md from the library, so that the page and the properties cannot differ. `npm run invariants`. */
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { elsewhere, narrower } from '../../src/testing/invariants/elsewhere.ts'
import { invariants, library } from '../../src/testing/invariants/index.ts'
import type { Formula, Property } from '../../src/testing/property.ts'

export const invariantsFile = 'src/INVARIANTS.md'

const head = `# Invariants of a Kubernetes control plane

Written by \`npm run invariants\` from [testing/invariants](testing/invariants/index.ts); do not edit.

\`\`\`ts
import { check, invariants, promised, watchOver } from 'kybern/testing'

await check(world, invariants.D1, invariants.replicaSetConverges)   // explored
const watch = watchOver(cluster, promised)                          // over a live cluster
expect(watch.report().violated).toEqual([])
\`\`\`

Class **C** is a contract, **B** best effort with its caveat in the sentence, **F** a folk belief that is false (each with a
counterexample in [lessons.ts](testing/invariants/lessons.ts)), **user** what one may want without being promised it.
\`promised\` are all of C and B, \`folklore\` all of F, \`library\` everything.
`

const sections: readonly (readonly [string, RegExp])[] = [
  ['API machinery', /^A\d/],
  ['Every controller', /^G\d/],
  ['Deployments', /^D\d/],
  ['ReplicaSets', /^R\d/],
  ['StatefulSets', /^S\d/],
  ['DaemonSets', /^DS/],
  ['Jobs', /^J\d/],
  ['CronJobs', /^CJ/],
  ['The scheduler', /^K\d/],
  ['Nodes', /^N\d/],
  ['Pods on their nodes', /^L\d/],
  ['Disruption', /^P\d/],
  ['Garbage collection', /^GC/],
  ['Endpoints', /^E\d/],
  ['Autoscaling', /^H\d/],
  ['Volumes', /^V\d/],
]

const how: Readonly<Record<Formula['type'], string>> = {
  always: 'in every state',
  never: 'in every state',
  implies: 'in every state',
  stable: 'in every state',
  sometimes: 'in some state',
  eventually: 'in every run',
  leadsTo: 'in every run',
  step: 'at every write',
  settled: 'whenever nothing is left to do',
  ended: 'at the end',
  idempotent: 'whenever nothing is left to do',
  rests: 'in every run',
  noOscillation: 'in every circle',
}

const keyOf = (property: Property): string =>
  Object.entries(invariants).find(([key, one]) => one === property && !/^[A-Z]/.test(key))?.[0] ?? ''

/** Numbers in order: A2 before A10, D1 before D1'. */
const order = (id: string): number =>
  Number(/\d+/.exec(id)?.[0] ?? 0) * 10 + (id.endsWith('b') ? 1 : id.endsWith("'") ? 2 : 0)

function leftOut(): string {
  const lines = narrower.map(({ ids, leavesOut }) => `- ${ids.join(', ')}: ${leavesOut}.`)
  const without = elsewhere.map(({ id }) => id).join(', ')
  return `## What is left out

${without} are no properties: a formula sees states and writes, not streams or reconciles. Their rows say where they are held.
Of the others these say less than one may read into them:

${lines.join('\n')}
`
}

/** The whole page. */
export function invariantsPage(): string {
  const rows = [
    ...library.map((one) => ({
      id: one.id ?? '',
      cells: [`\`${keyOf(one)}\``, one.says, one.class, one.source, how[one.formula.type]],
    })),
    ...elsewhere.map((one) => ({ id: one.id, cells: ['', one.says, one.class, one.source, one.how] })),
  ]
  const tables = sections.map(([title, pattern]) => {
    const own = rows.filter(({ id }) => pattern.test(id)).sort((a, b) => order(a.id) - order(b.id))
    const lines = own.map(({ id, cells }) => `| ${[id, ...cells].join(' | ')} |`)
    return `## ${title}\n\n| id | name | says | class | source | judged |\n|---|---|---|---|---|---|\n${lines.join('\n')}\n`
  })
  return `${head}\n${tables.join('\n')}\n${leftOut()}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(invariantsFile, invariantsPage())
  console.error(`${invariantsFile} written`)
}
