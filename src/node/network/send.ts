/** Requests to simulated containers: what their scripts serve, once they run. */
import type { KubeObject } from '../../api/object.ts'
import type { View } from '../../store/view.ts'
import { type ContainerSpec, type Scripts, scriptOf } from '../simulated/behaviour.ts'
import { type Behind, type RequestFailure, request, type Served } from './request.ts'

export interface RequestOptions {
  /** The pod that sends it, `name` or `namespace/name`; a client outside the cluster when absent. */
  readonly from?: string
}

/** `status` 0 with an `error` when nobody answers. */
export interface NetworkAnswer {
  readonly status: number
  readonly body: string
  readonly latencyMs: number
  readonly error?: RequestFailure['error']
  /** The error as a client would print it. */
  readonly message?: string
  readonly pod?: string
  readonly node?: string
  readonly container?: string
}

const nginxPage = `<!DOCTYPE html>
<html>
<head><title>Welcome to nginx!</title></head>
<body><h1>Welcome to nginx!</h1></body>
</html>
`

/** The `turn`th request to a URL. */
export function sendRequest(
  view: View,
  url: string,
  turn: number,
  scripts: Scripts,
  options: RequestOptions = {},
): NetworkAnswer {
  const sender = options.from === undefined || options.from.includes('/') ? options.from : `default/${options.from}`
  const behind: Behind = { serve: (pod, container) => served(pod, container, scripts) }
  const answer = request(view, { url, turn, ...(sender === undefined ? {} : { from: sender }) }, behind)
  if ('error' in answer) return { status: 0, body: '', latencyMs: 0, ...answer }
  return answer
}

/** The page of a running container: what its script serves, nginx's page for nginx, else the pod's name. */
function served(pod: KubeObject, name: string, scripts: Scripts): Served | undefined {
  if (!isRunning(pod, name)) return undefined
  const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])] as ContainerSpec[]
  const container = all.find((one) => one.name === name)
  if (container === undefined) return undefined
  const body = scriptOf(pod, container, scripts).serves
  if (body !== undefined) return { body }
  return { body: /(^|\/)nginx([:@]|$)/.test(container.image) ? nginxPage : `${pod.metadata.name}\n` }
}

function isRunning(pod: KubeObject, name: string): boolean {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
  const all = [...containerStatuses, ...initContainerStatuses] as { name: string; state?: { running?: object } }[]
  return all.some((status) => status.name === name && status.state?.running !== undefined)
}
