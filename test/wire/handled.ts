/** Our side of a replay: a cluster without nodes whose time stands still, behind the request path as a function. */

import { createSigner } from '../../src/edge/tokens.ts'
import { createCluster } from '../../src/index.ts'
import type { User } from '../../src/server/context.ts'
import { createHandler } from '../../src/server/handle.ts'
import { createTokens } from '../../src/server/tokens.ts'
import { answerOf } from '../record/kubeconfig.ts'
import { recordedHeaders, type Send } from '../record/suite.ts'

/** The users the recorder's cluster knows, with their groups. */
const users: Readonly<Record<string, User>> = {
  admin: { name: 'kubernetes-admin', uid: 'uid-admin', groups: ['system:masters', 'system:authenticated'] },
  alice: { name: 'alice', uid: 'uid-alice', groups: ['dev', 'system:authenticated'] },
}

/** A fresh cluster and the way to send requests to it. Its controllers are down, as the recorded server had none: but for
 * the one of custom kinds, which is part of a kube-apiserver. */
export async function handledBy(): Promise<{ send: Send; close: () => Promise<void> }> {
  const cluster = await createCluster({ nodes: 0 })
  await cluster.settle()
  for (const [id, { machine }] of cluster.plane.world.actors)
    if (machine === 'controller' && id !== 'controller/crd') cluster.fault({ crash: id })
  const clock = { now: () => cluster.now.getTime(), after: () => ({ cancel: () => undefined }) }
  const tokens = createTokens({ cluster, signer: createSigner() })
  const handler = createHandler({ cluster, clock, acted: () => undefined, tokens })
  const send: Send = async (wire) => {
    const request = new Request(`https://kubernetes.default.svc${wire.path}`, {
      method: wire.method,
      headers: wire.headers,
      ...(wire.body === undefined ? {} : { body: wire.body }),
    })
    const response = await handler(request, users[wire.user ?? 'admin'])
    const streams = wire.frames !== undefined && response.status === 200
    const bytes = streams
      ? await framesOf(response, wire.frames as number)
      : new Uint8Array(await response.arrayBuffer())
    const headers = Object.fromEntries(recordedHeaders.map((name) => [name, response.headers.get(name) ?? undefined]))
    return answerOf(response.status, headers, bytes, wire)
  }
  return { send, close: () => cluster.close() }
}

/** The bytes of a stream until it has so many lines, ends, or has nothing more to say at this moment. */
async function framesOf(response: Response, frames: number): Promise<Uint8Array> {
  const reader = response.body?.getReader()
  let bytes = new Uint8Array()
  while (reader !== undefined && lines(bytes) < frames) {
    const { value, done } = await Promise.race([reader.read(), quiet()])
    if (done) break
    bytes = new Uint8Array([...bytes, ...(value as Uint8Array)])
  }
  await reader?.cancel()
  return bytes
}

/** Resolves when everything that is ready has run. */
async function quiet(): Promise<{ value: undefined; done: true }> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  return { value: undefined, done: true }
}

function lines(bytes: Uint8Array): number {
  return bytes.reduce((count, byte) => (byte === 10 ? count + 1 : count), 0)
}
