/**
 * pods/<name>/attach: connects the client to the streams of a container's main process. What reads stdin (a shell, cat)
 * answers what is typed; of others the client sees what they write from now on.
 * Source: https://kubernetes.io/docs/reference/kubectl/generated/kubectl_attach/
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { bytesOf } from '../lib/bytes.ts'
import { runOver } from '../node/simulated/userland/run.ts'
import { programStreams } from './command-streams.ts'
import type { Call } from './context.ts'
import { notRunning, refusePlain, refuseWithoutCreate, streamsOf } from './exec.ts'
import { containerAsked, refuseUnplaced } from './pod-container.ts'
import { storedObject } from './read.ts'
import { type CommandIo, type CommandStatus, type CommandStreams, exitStatus, StreamAnswer } from './stream-answer.ts'

/** How often somebody who only listens looks for news. */
const pollMs = 100

/** Throws as exec does. */
export function attachCommand(call: Call, kind: Kind): Response {
  refuseWithoutCreate(call)
  const pod = storedObject(call, kind)
  const container = containerAsked(pod, call.info.query.get('container'))
  refuseUnplaced(pod)
  refusePlain(call)
  const streams = streamsOf(call.info.query)
  const refusal = notRunning(call, pod, container, streams)
  const run = (io: CommandIo): Promise<CommandStatus> => attached(call, pod, container, streams, io)
  return new StreamAnswer({ type: 'command', streams, refusal, run })
}

async function attached(call: Call, pod: KubeObject, container: string, streams: CommandStreams, io: CommandIo) {
  const { workloads } = call.cluster
  const command = workloads.attached(pod, container)
  const begun = command === undefined ? undefined : workloads.begin(pod, container, command, streams.tty)
  if (begun === undefined || 'failure' in begun || !streams.stdin) await listened(call, pod, container, io)
  else {
    const { namespace, name } = pod.metadata
    const program = programStreams(call, io, streams, `${namespace}/${name}`)
    const code = await runOver(begun.run, begun.machine.files, program)
    if (!io.gone.aborted) end(call, pod, container, code)
    else if (hasStdinOnce(pod, container)) end(call, pod, container, 0)
  }
  return exitStatus(0)
}

function end(call: Call, pod: KubeObject, container: string, code: number): void {
  call.cluster.workloads.ended(pod, container, code)
  call.acted()
}

/** Its stdin closes with the first client that goes. */
function hasStdinOnce(pod: KubeObject, container: string): boolean {
  const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.ephemeralContainers ?? [])] as {
    name: string
    stdinOnce?: boolean
  }[]
  return all.find(({ name }) => name === container)?.stdinOnce === true
}

/** Sends what the process writes from now on, until it or the client ends. */
async function listened(call: Call, pod: KubeObject, container: string, io: CommandIo): Promise<void> {
  const { workloads } = call.cluster
  const first = workloads.log(pod, container, false)
  let seenAt = call.cluster.now.getTime()
  while (!io.gone.aborted) {
    const now = call.cluster.now.getTime()
    const log = workloads.log(pod, container, false)
    if (log.startedAt !== first.startedAt) return
    const fresh = log.lines.filter(({ at }) => at > seenAt && at <= now)
    seenAt = now
    if (fresh.length > 0) await io.write(bytesOf(fresh.map(({ text }) => `${text}\n`).join('')), 'stdout')
    if (!log.live) return
    await new Promise<void>((resolve) => void call.clock.after(pollMs, resolve))
  }
}
