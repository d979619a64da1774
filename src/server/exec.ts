/**
 * pods/<name>/exec: runs a command in a container and connects it to the client's streams.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#execute
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { badRequest } from '../api/status-error.ts'
import { digest } from '../lib/digest.ts'
import { runOver } from '../node/simulated/userland/run.ts'
import { authorize } from './authorize.ts'
import { programStreams } from './command-streams.ts'
import type { Call } from './context.ts'
import { containerAsked, refuseUnplaced } from './pod-container.ts'
import { storedObject } from './read.ts'
import { isTrue } from './request-info.ts'
import {
  type CommandIo,
  type CommandStatus,
  type CommandStreams,
  exitStatus,
  internalStatus,
  type Refusal,
  StreamAnswer,
} from './stream-answer.ts'

/** Throws 404 for a pod and 400 for a container that is not there, and 400 when the client does not want to upgrade. */
export function execCommand(call: Call, kind: Kind): Response {
  refuseWithoutCreate(call)
  const pod = storedObject(call, kind)
  const container = containerAsked(pod, call.info.query.get('container'))
  refuseUnplaced(pod)
  refusePlain(call)
  const streams = streamsOf(call.info.query)
  const refusal = notRunning(call, pod, container, streams)
  const run = (io: CommandIo): Promise<CommandStatus> => executed(call, pod, container, streams, io)
  return new StreamAnswer({ type: 'command', streams, refusal, run })
}

async function executed(
  call: Call,
  pod: KubeObject,
  container: string,
  streams: CommandStreams,
  io: CommandIo,
): Promise<CommandStatus> {
  const command = call.info.query.getAll('command')
  const begun = call.cluster.workloads.begin(pod, container, command, streams.tty)
  const { namespace, name, uid } = pod.metadata
  if ('failure' in begun) {
    const id = digest(`${uid} ${container} ${command.join(' ')}`).repeat(4)
    const why = `failed to exec in container: failed to start exec "${id}": ${begun.failure}`
    return internalStatus(`error executing command in container: ${why}`)
  }
  return exitStatus(
    await runOver(begun.run, begun.machine.files, programStreams(call, io, streams, `${namespace}/${name}`)),
  )
}

/** Commands and ports need the right to create, whatever the method of the upgrade. */
export function refuseWithoutCreate(call: Call): void {
  authorize(call.cluster.view, call.user, { ...call.info, verb: 'create' })
}

/** Throws 400 for a request that does not ask to upgrade its connection. */
export function refusePlain(call: Call): void {
  if (call.request.headers.get('upgrade') === null) throw badRequest('Upgrade request required')
}

/** What the kubelet says of a container whose process is not there. */
export function notRunning(
  call: Call,
  pod: KubeObject,
  container: string,
  { stdin, stdout, stderr }: CommandStreams,
): Refusal | undefined {
  if (!stdin && !stdout && !stderr) return { code: 400, text: 'you must specify at least 1 of stdin, stdout, stderr' }
  if (call.cluster.workloads.isRunning(pod, container)) return undefined
  return { code: 500, text: `container not found ("${container}")` }
}

/** Which streams the query asks for; a terminal has no stderr of its own. */
export function streamsOf(query: URLSearchParams): CommandStreams {
  const asked = (name: string): boolean => isTrue(query.get(name))
  const tty = asked('tty')
  return { stdin: asked('stdin'), stdout: asked('stdout'), stderr: asked('stderr') && !tty, tty }
}
