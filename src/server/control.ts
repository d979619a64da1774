/**
 * kybern's own paths, beside the Kubernetes API: the clock, faults and the state of the cluster, for the CLI. Only callers
 * in system:masters reach them.
 */
import { isTrue } from '../api/conditions.ts'
import type { KubeObject } from '../api/object.ts'
import { parseDuration } from '../api/time.ts'
import { type Fault, inflict } from '../cluster/fault.ts'
import { KybernError } from '../lib/coded-error.ts'
import { json } from './answer.ts'
import { bytesOf, jsonIn } from './body.ts'
import type { Call } from './context.ts'

/** The state of a cluster in one answer of `/kybern/status`. */
export interface ClusterStatus {
  readonly now: string
  readonly revision: number
  readonly seed: number
  readonly time: string
  readonly nodes: { readonly ready: number; readonly total: number }
  readonly pods: { readonly running: number; readonly total: number }
  readonly busy: readonly string[]
  /** Memory only: nothing outlives the process. */
  readonly storage: 'memory'
}

/** `/kybern/status`, `/kybern/advance`, `/kybern/settle`, `/kybern/fault`. Errors are `{ code, message }`. */
export async function control(call: Call, path: readonly string[]): Promise<Response> {
  try {
    const [action = ''] = path
    const handler = actions[`${call.request.method} ${action}`]
    if (handler === undefined)
      throw new KybernError('KYB-CONTROL', `there is no ${call.request.method} /kybern/${action}`)
    return json(await handler(call))
  } catch (error) {
    const code = error instanceof KybernError ? error.code : 'KYB-INTERNAL'
    return json({ code, message: error instanceof Error ? error.message : String(error) }, { code: 400 })
  }
}

const actions: Readonly<Record<string, (call: Call) => Promise<unknown>>> = {
  'GET status': async (call) => statusOf(call),
  'POST advance': async (call) => {
    const { by } = (await bodyOf(call)) as { by?: string | number }
    if (by === undefined) throw new KybernError('KYB-DURATION', 'advance needs a duration such as 10m')
    parseDuration(by)
    await call.cluster.advance(by)
    return statusOf(call)
  },
  'POST settle': async (call) => {
    await call.cluster.settle()
    return statusOf(call)
  },
  'POST fault': async (call) => {
    inflict(call.cluster.plane, (await bodyOf(call)) as unknown as Fault)
    call.cluster.driver.act()
    return statusOf(call)
  },
}

async function bodyOf(call: Call): Promise<Record<string, unknown>> {
  const bytes = await bytesOf(call.request)
  return bytes.byteLength === 0 ? {} : (jsonIn(bytes) as Record<string, unknown>)
}

function statusOf(call: Call): ClusterStatus {
  const { cluster } = call
  const nodes = cluster.list('Node')
  const pods = cluster.list('Pod', { namespace: '*' })
  const isReady = (node: KubeObject): boolean => isTrue(node.status?.conditions, 'Ready')
  return {
    now: cluster.now.toISOString(),
    revision: cluster.snapshot.revision,
    seed: cluster.plane.world.seed,
    time: cluster.options.time ?? 'virtual',
    nodes: { ready: nodes.filter(isReady).length, total: nodes.length },
    pods: { running: pods.filter((pod) => pod.status?.phase === 'Running').length, total: pods.length },
    busy: cluster.plane.loop.busy().slice(0, 20),
    storage: 'memory',
  }
}
