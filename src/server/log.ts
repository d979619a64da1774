/**
 * GET pods/<name>/log: what a container wrote.
 * Source: https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#read-log-pod-v1-core
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { badRequest } from '../api/status-error.ts'
import { toMicro } from '../api/time.ts'
import { bytesOf } from '../lib/bytes.ts'
import type { LogLine } from '../node/simulated/logs.ts'
import { streamHeaders, text } from './answer.ts'
import type { Call } from './context.ts'
import { type LogQuery, logQuery } from './log-options.ts'
import { containerAsked } from './pod-container.ts'
import { storedObject } from './read.ts'

const pollMs = 100

/** Plain text; with `follow` a stream that ends with the container. Throws 400 and 422 as Kubernetes does. */
export function podLog(call: Call, kind: Kind): Response {
  const asked = logQuery(call.info.query, call.info.name)
  const pod = storedObject(call, kind)
  const container = containerAsked(pod, asked.container)
  if (!pod.spec?.nodeName) return new Response(null, { status: 204 })
  refuseSilent(pod, container, asked.previous)
  const { lines, live, startedAt } = call.cluster.workloads.log(pod, container, asked.previous)
  const shown = narrowed(lines, asked, call.cluster.now.getTime())
  const limit = asked.limitBytes ?? Number.POSITIVE_INFINITY
  if (!asked.follow) return text(new TextDecoder().decode(joined(shown, asked).subarray(0, limit)), 'text/plain')
  return followed(call, pod, container, asked, { begun: joined(shown, asked), live, startedAt })
}

interface State {
  readonly terminated?: { readonly containerID?: string }
  readonly waiting?: { readonly reason?: string }
  readonly running?: object
}

/** Throws the kubelet's 400 for a container that has not written anything yet. */
function refuseSilent(pod: KubeObject, container: string, previous: boolean): void {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {}
  const all = [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses]
  const status = (all as { name: string; state?: State; lastState?: State }[]).find(({ name }) => name === container)
  const which = `container "${container}" in pod "${pod.metadata.name}"`
  if (status === undefined) throw badRequest(`${which} is not available`)
  const { state = {}, lastState = {} } = status
  const before = lastState.terminated
  if (previous) {
    if (!before?.containerID) throw badRequest(`previous terminated ${which} not found`)
  } else if (state.running !== undefined) return
  else if (state.terminated !== undefined) {
    if (!state.terminated.containerID && !before?.containerID) throw badRequest(`${which} is terminated`)
  } else if (before !== undefined) {
    if (!before.containerID) throw badRequest(`${which} is terminated`)
  } else throw badRequest(`${which} is waiting to start${whyWaiting(state.waiting?.reason)}`)
}

function whyWaiting(reason: string | undefined): string {
  if (reason === 'ErrImagePull') return ": image can't be pulled"
  if (reason === 'ImagePullBackOff') return ': trying and failing to pull image'
  return reason === undefined ? ' - no logs yet' : `: ${reason}`
}

function narrowed(lines: readonly LogLine[], asked: LogQuery, now: number): readonly LogLine[] {
  const since = asked.sinceTime ?? (asked.sinceSeconds === undefined ? 0 : now - asked.sinceSeconds * 1000)
  const recent = lines.filter(({ at }) => at >= since)
  return asked.tailLines === undefined ? recent : recent.slice(Math.max(0, recent.length - asked.tailLines))
}

function joined(lines: readonly LogLine[], { timestamps }: LogQuery): Uint8Array {
  const stamp = (at: number): string => (timestamps ? `${toMicro(at).replace('Z', '000Z')} ` : '')
  return bytesOf(lines.map(({ at, text: line }) => `${stamp(at)}${line}\n`).join(''))
}

/** Sends what is there and then what comes; ends with the run, with the pod, or at the limit. */
function followed(
  call: Call,
  pod: KubeObject,
  container: string,
  asked: LogQuery,
  { begun, live, startedAt }: { begun: Uint8Array; live: boolean; startedAt: number },
): Response {
  let timer: { cancel(): void } | undefined
  let left = asked.limitBytes ?? Number.POSITIVE_INFINITY
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (bytes: Uint8Array): void => {
        if (bytes.length > 0 && left > 0) controller.enqueue(bytes.subarray(0, left))
        left -= bytes.length
      }
      send(begun)
      let seenAt = call.cluster.now.getTime()
      const more = (): void => {
        const now = call.cluster.now.getTime()
        const log = call.cluster.workloads.log(pod, container, false)
        const isSame = log.startedAt === startedAt
        const fresh = isSame ? log.lines.filter(({ at }) => at > seenAt && at <= now) : []
        seenAt = now
        send(joined(fresh, asked))
        if (isSame && log.live && left > 0) timer = call.clock.after(pollMs, more)
        else controller.close()
      }
      if (live && left > 0) timer = call.clock.after(pollMs, more)
      else controller.close()
    },
    cancel: () => timer?.cancel(),
  })
  return new Response(stream, { status: 200, headers: { 'content-type': 'text/plain', ...streamHeaders } })
}
