/**
 * GET pods/<name>/log: what a container wrote.
 * Source: https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#read-log-pod-v1-core
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { badRequest } from '../api/status-error.ts'
import { streamHeaders, text } from './answer.ts'
import type { Call } from './context.ts'
import { storedObject } from './read.ts'
import { isTrue } from './request-info.ts'

const pollMs = 200

/** Plain text; with `follow` a stream that ends with the container. Throws 400 when the container is not clear or not started. */
export function podLog(call: Call, kind: Kind): Response {
  const pod = storedObject(call, kind)
  const container = containerOf(pod, call.info.query.get('container'))
  const lines = (): string[] => linesOf(call, pod, container)
  if (!isTrue(call.info.query.get('follow'))) return text(limited(joined(lines()), call))
  return followed(call, kind, pod, lines)
}

function containerOf(pod: KubeObject, asked: string | null): string {
  const containers = (pod.spec?.containers ?? []) as { name: string }[]
  const inits = (pod.spec?.initContainers ?? []) as { name: string }[]
  const names = [...inits, ...containers].map((one) => one.name)
  if (asked !== null && asked !== '') {
    if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`)
    return asked
  }
  const [only] = containers
  if (containers.length === 1 && inits.length === 0 && only !== undefined) return only.name
  const choice = `choose one of: [${containers.map((one) => one.name).join(' ')}]`
  const init = inits.length === 0 ? '' : ` or one of the init containers: [${inits.map((one) => one.name).join(' ')}]`
  throw badRequest(`a container name must be specified for pod ${pod.metadata.name}, ${choice}${init}`)
}

function linesOf(call: Call, pod: KubeObject, container: string): string[] {
  const { query } = call.info
  const seconds = query.get('sinceSeconds')
  const tail = query.get('tailLines')
  return call.cluster.logLines(pod, container, {
    previous: isTrue(query.get('previous')),
    timestamps: isTrue(query.get('timestamps')),
    ...(seconds === null ? {} : { sinceMs: call.cluster.now.getTime() - Number(seconds) * 1000 }),
    ...(tail === null ? {} : { tail: Number(tail) }),
  })
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

function limited(body: string, call: Call): string {
  const limit = call.info.query.get('limitBytes')
  return limit === null ? body : body.slice(0, Number(limit))
}

/** Sends what is there and then what comes; ends when the pod is gone or over. */
function followed(call: Call, kind: Kind, pod: KubeObject, lines: () => string[]): Response {
  const encoder = new TextEncoder()
  let timer: { cancel(): void } | undefined
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      let sent = 0
      const more = (): void => {
        const now = lines()
        if (now.length > sent) controller.enqueue(encoder.encode(joined(now.slice(sent))))
        sent = Math.max(sent, now.length)
        const live = call.cluster.view.get(kind, pod.metadata.namespace ?? '', pod.metadata.name)
        const over =
          live === undefined ||
          live.metadata.uid !== pod.metadata.uid ||
          ['Succeeded', 'Failed'].includes(live.status?.phase)
        if (over) controller.close()
        else timer = call.clock.after(pollMs, more)
      }
      more()
    },
    cancel: () => timer?.cancel(),
  })
  return new Response(stream, { status: 200, headers: { 'content-type': 'text/plain', ...streamHeaders } })
}
