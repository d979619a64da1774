/** For each row about pods on their nodes a write or a state that it must not let pass. */
import type { KubeObject } from '../../src/index.ts'
import { at, type Doctored, gone, node, pod } from './doctored.ts'

const spec = { containers: [{ name: 'c', image: 'nginx' }] }
const running = (ms: number) => ({ running: { startedAt: at(ms) } })
const ended = (exitCode: number, ms = 0) => ({
  terminated: { exitCode, reason: 'Error', startedAt: at(ms), finishedAt: at(ms) },
})
const told = (state: object, more: object = {}) => ({ name: 'c', image: 'nginx', ready: true, state, ...more })
const one = (status: object, parts: object = {}): KubeObject =>
  pod('a', { up: false, ...parts, spec: { ...spec, ...(parts as { spec?: object }).spec }, status })
const by = 'kubelet'
const wrote = (previous: KubeObject, object: KubeObject): Doctored => ({
  write: { by, previous, object, verb: 'update/status' },
  before: [previous, node('node-1')],
})
const again = (previous: object, next: object, parts: object = {}): Doctored =>
  wrote(
    one({ startTime: at(0), containerStatuses: [told({}, previous)] }, parts),
    one({ startTime: at(0), containerStatuses: [next] }, parts),
  )
const inits = { spec: { initContainers: [{ name: 'first', image: 'busybox' }] } }
const side = { spec: { initContainers: [{ name: 'side', image: 'busybox', restartPolicy: 'Always' }] } }

export const doctoredPodWrites: Readonly<Record<string, readonly [Doctored, RegExp]>> = {
  L1: [wrote(one({ phase: 'Succeeded' }), one({ phase: 'Pending' })), /was Succeeded and is said to be Pending/],
  L2: [
    wrote(one({ phase: 'Running' }), one({ phase: 'Failed', containerStatuses: [told(running(0))] })),
    /is Failed, and c runs/,
  ],
  L3: [
    again({ restartCount: 1 }, told(running(0), { restartCount: 2, lastState: ended(0) }), {
      spec: { restartPolicy: 'OnFailure' },
    }),
    /c of .* ended with 0 and was started again/,
  ],
  L4: [
    again({ restartCount: 2 }, told(running(12_000), { restartCount: 3, lastState: ended(1, 11_000) })),
    /was restarted 3 times in 12 s/,
  ],
  L5: [
    wrote(
      one({ containerStatuses: [told(running(0), { restartCount: 1 })] }),
      one({ containerStatuses: [told(running(9000), { restartCount: 1 })] }),
    ),
    /c of .* runs again and had 1 restarts, and has 1/,
  ],
  L8: [
    wrote(
      one({}),
      one({ conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [told(running(0), { ready: false })] }),
    ),
    /said to be ready, and c is not/,
  ],
  L9: [
    wrote(
      one({}, inits),
      one(
        { initContainerStatuses: [{ name: 'first', state: ended(1) }], containerStatuses: [told(running(0))] },
        inits,
      ),
    ),
    /has gone on before first was done/,
  ],
  L9b: [
    wrote(
      one({ initContainerStatuses: [{ name: 'side', state: running(0) }] }, { ...side, ...gone }),
      one(
        { initContainerStatuses: [{ name: 'side', state: ended(0) }], containerStatuses: [told(running(0))] },
        { ...side, ...gone },
      ),
    ),
    /side of .* was stopped while c ran/,
  ],
}

export const doctoredPodStates: Readonly<Record<string, readonly [readonly KubeObject[], RegExp, number?]>> = {
  L6: [[node('node-1'), one({ containerStatuses: [told(ended(0))] })], /is active, and all its containers ended/],
  L6b: [[node('node-1'), one({})], /and nothing is said of it/],
  L7: [
    [
      node('node-1'),
      one({ startTime: at(0), containerStatuses: [told(running(0))] }, { spec: { activeDeadlineSeconds: 5 } }),
    ],
    /has been active for too long/,
    60_000,
  ],
  L8b: [[node('node-1'), one({ containerStatuses: [told(running(0))] })], /is not ready, and all of it is/],
  L10: [[node('node-1'), one({}, gone)], /is deleted, and node-1 does not end it/],
  L11: [
    [node('node-1'), one({ podIP: '10.0.0.1' }), pod('b', { status: { podIP: '10.0.0.1' } })],
    /b and a have the address 10\.0\.0\.1/,
  ],
}
