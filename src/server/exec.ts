/**
 * pods/<name>/exec: runs a command in a container and connects it to the client's streams.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#execute
 */
import type { Kind } from '../api/kind.ts'
import { badRequest } from '../api/status-error.ts'
import { authorize } from './authorize.ts'
import type { Call } from './context.ts'
import { containerAsked, refuseUnplaced } from './pod-container.ts'
import { storedObject } from './read.ts'
import { isTrue } from './request-info.ts'
import { type CommandStreams, exitStatus, StreamAnswer } from './stream-answer.ts'

/** Throws 404 for a pod and 400 for a container that is not there, and 400 when the client does not want to upgrade. */
export function execCommand(call: Call, kind: Kind): Response {
  refuseWithoutCreate(call)
  const pod = storedObject(call, kind)
  const container = containerAsked(pod, call.info.query.get('container'))
  refuseUnplaced(pod)
  refusePlain(call)
  const { namespace = '', name } = pod.metadata
  const run = async (io: { write(bytes: Uint8Array, to: 'stdout' | 'stderr'): Promise<void> }) => {
    const result = call.cluster.exec(name, call.info.query.getAll('command'), { namespace, container })
    await io.write(new TextEncoder().encode(result.stdout), 'stdout')
    await io.write(new TextEncoder().encode(result.stderr), 'stderr')
    return exitStatus(result.code)
  }
  return new StreamAnswer({ type: 'command', streams: streamsOf(call.info.query), refusal: undefined, run })
}

/** Commands and ports need the right to create, whatever the method of the upgrade. */
export function refuseWithoutCreate(call: Call): void {
  authorize(call.cluster.view, call.user, { ...call.info, verb: 'create' })
}

/** Throws 400 for a request that does not ask to upgrade its connection. */
export function refusePlain(call: Call): void {
  if (call.request.headers.get('upgrade') === null) throw badRequest('Upgrade request required')
}

/** Which streams the query asks for; stdout and stderr of attach are there unless it says otherwise. */
export function streamsOf(query: URLSearchParams): CommandStreams {
  const asked = (name: string): boolean => isTrue(query.get(name))
  const tty = asked('tty')
  return { stdin: asked('stdin'), stdout: asked('stdout'), stderr: asked('stderr') && !tty, tty }
}
