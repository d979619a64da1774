/**
 * Records what a real API server answers: `npm run record -- --kubeconfig FILE [--only SUITE,…] [--out FOLDER]`.
 * Runs every suite of test/record/suites against the cluster of the kubeconfig's current context, as its user (who must
 * be an administrator), and writes one file a suite under fixtures/wire/kubernetes-<version>/exchanges/. It makes the
 * namespaces `wire-…` and objects whose names begin with `wire-`, and removes them at the end.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { senderOf } from './kubeconfig.ts'
import { normalised } from './normalise.ts'
import { type Exchange, prepare, run, type Send, type Suite, type WireRequest } from './suite.ts'
import { suites } from './suites/index.ts'
import { serveWebhooks } from './webhook-server.ts'

const { values } = parseArgs({
  options: { kubeconfig: { type: 'string' }, only: { type: 'string' }, out: { type: 'string' } },
})
const kubeconfig = values.kubeconfig ?? process.env.KUBECONFIG
if (kubeconfig === undefined) {
  console.error('usage: npm run record -- --kubeconfig FILE [--only SUITE,…] [--out FOLDER]')
  process.exit(2)
}
const send = senderOf(kubeconfig)
const only = values.only?.split(',')
const version = ((await send(get('/version'))).body as { gitVersion: string }).gitVersion
const release = /^v(\d+\.\d+)/.exec(version)?.[1] ?? version
const out = values.out ?? join('fixtures', 'wire', `kubernetes-${release}`, 'exchanges')
mkdirSync(out, { recursive: true })
let total = 0
for (const suite of suites) {
  if (only !== undefined && !only.includes(suite.name)) continue
  await prepare(suite, send)
  const hooks = await serveWebhooks(suite.webhooks)
  const exchanges = await run(
    suite,
    send,
    hooks.given,
    (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  ).finally(() => Promise.all([tidyUp(suite, send), hooks.close()]))
  total += exchanges.length
  writeFileSync(join(out, `${suite.name}.json`), fileOf(version, exchanges))
  console.error(`${suite.name}: ${exchanges.length} exchanges`)
}
console.error(`${total} exchanges with ${version} in ${out}`)

/** One exchange a line group: readable diffs, small files. The steps themselves stand in the suite. */
function fileOf(from: string, exchanges: readonly Exchange[]): string {
  const lines = exchanges.map(
    ({ step, answer }) => `${JSON.stringify(step.name)}: ${JSON.stringify(normalised(answer))}`,
  )
  return `{"recordedFrom": ${JSON.stringify(`kube-apiserver ${from}`)}, "answers": {\n${lines.join(',\n')}\n}}\n`
}

function get(path: string): WireRequest {
  return { method: 'GET', path, headers: { accept: 'application/json' } }
}

/** Removes what a suite made. A server without a namespace controller is asked to finalize by hand. */
async function tidyUp(suite: Suite, to: Send): Promise<void> {
  const json = { accept: 'application/json', 'content-type': 'application/json' }
  for (const path of new Set(suite.steps.flatMap(madeBy)))
    await to({ method: 'DELETE', path: `${path}?gracePeriodSeconds=0`, headers: json })
  for (const name of suite.namespaces ?? []) {
    const path = `/api/v1/namespaces/${name}`
    await to({ method: 'DELETE', path, headers: json })
    const left = (await to(get(path))).body as { kind?: string; spec?: object }
    if (left.kind !== 'Namespace') continue
    const body = JSON.stringify({ ...left, spec: { finalizers: [] } })
    await to({ method: 'PUT', path: `${path}/finalize`, headers: json, body })
  }
}

/** Paths of the objects a step may have made: cluster-scoped ones only when their name begins with `wire-`. */
function madeBy({ method, path, type, body }: Suite['steps'][number]): string[] {
  const clean = path.split('?')[0] as string
  const ours = /\/namespaces\/wire-[^/]+\/[^/]+/.test(clean)
  if (method === 'PATCH' && type?.includes('apply') === true) return ours || clean.includes('/wire-') ? [clean] : []
  if ((method ?? 'POST') !== 'POST' || typeof body !== 'object' || body === null) return []
  const name = (body as { metadata?: { name?: string } }).metadata?.name
  return name !== undefined && (ours || name.startsWith('wire-')) ? [`${clean}/${name}`] : []
}
