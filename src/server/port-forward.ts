/**
 * pods/<name>/portforward: connections to what listens in a pod.
 * Source: https://kubernetes.io/docs/reference/kubectl/generated/kubectl_port-forward/
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { badRequest } from '../api/status-error.ts'
import { textOf } from '../lib/bytes.ts'
import { digest } from '../lib/digest.ts'
import { HttpFault, HttpReader, httpAnswer } from '../node/network/http-text.ts'
import type { Call } from './context.ts'
import { refusePlain, refuseWithoutCreate } from './exec.ts'
import { refuseUnplaced } from './pod-container.ts'
import { storedObject } from './read.ts'
import { type Duplex, type Refusal, StreamAnswer } from './stream-answer.ts'

/** Throws 404 for a pod that is not there, 400 for one on no node and for a client that does not want to upgrade. */
export function portForward(call: Call, kind: Kind): Response {
  refuseWithoutCreate(call)
  const pod = storedObject(call, kind)
  refuseUnplaced(pod)
  refusePlain(call)
  const ports = call.info.query.getAll('ports').flatMap((text) => text.split(',').map(portOf))
  const refusal = pod.status?.phase === 'Running' ? undefined : notFoundPod(pod)
  return new StreamAnswer({
    type: 'ports',
    ports,
    refusal,
    connect: (port, io) => connected(call, kind, pod, port, io),
  })
}

function notFoundPod({ metadata: { name, namespace } }: KubeObject): Refusal {
  return { code: 500, text: `pod not found ("${name}_${namespace}")` }
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535)
    throw badRequest(`unable to parse "${text}" as a port: strconv.ParseUint: parsing "${text}": invalid syntax`)
  if (port < 1) throw badRequest(`port "${text}" must be > 0`)
  return port
}

/** Serves one connection. Throws in the words of containerd when nothing listens, or when the pod is gone. */
async function connected(call: Call, kind: Kind, { metadata }: KubeObject, port: number, io: Duplex): Promise<void> {
  const { workloads, view } = call.cluster
  const { namespace = '', name, uid = '' } = metadata
  const sandbox = digest(uid).repeat(4)
  const live = view.get(kind, namespace, name)
  const begin = `error forwarding port ${port} to pod ${sandbox}, uid : `
  if (live === undefined || live.metadata.uid !== uid)
    throw new Error(`${begin}failed to find sandbox "${sandbox}" in store: not found`)
  if (!workloads.listens(live, port)) throw new Error(begin + refusedBy(sandbox, port))
  const reader = new HttpReader(() => io.read())
  try {
    for (let request = await reader.next(); request !== undefined; request = await reader.next()) {
      const { method, headers, target } = request
      const url = `http://${headers.host ?? `localhost:${port}`}${target}`
      const effect = { type: 'fetch', url, method, headers, body: textOf(request.body) } as const
      const answer = await workloads.serve(view.get(kind, namespace, name) ?? live, port, effect)
      if (answer === undefined) return
      await io.write(httpAnswer(answer.status, answer.headers, answer.body, request))
      if (!request.keep) return
    }
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error
    await io.write(httpAnswer(400, { 'content-type': 'text/plain' }, '', { method: 'GET', keep: false }))
  }
}

function refusedBy(sandbox: string, port: number): string {
  const dial = (version: number, address: string): string =>
    `dial tcp${version} ${address}:${port}: connect: connection refused`
  const place = `failed to connect to localhost:${port} inside namespace "${sandbox}"`
  const why = `${place}, IPv4: ${dial(4, '127.0.0.1')} IPv6 ${dial(6, '[::1]')} `
  return `failed to execute portforward in network namespace "/var/run/netns/cni-${sandbox.slice(0, 8)}": ${why}`
}
