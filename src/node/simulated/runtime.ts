/** The simulated runtime: containers behave as their scripts, images and commands say. */

import type { KubeObject } from '../../api/object.ts'
import { parseTime } from '../../api/time.ts'
import type { Runtime } from '../runtime.ts'
import { type ContainerSpec, type Scripts, scriptOf } from './behaviour.ts'
import { planStart } from './plan.ts'
import { plainScript, type Script } from './script.ts'

/** A runtime over the cluster's scripts by image glob; a pod's own annotation goes before them. */
export function simulatedRuntime(scripts: Scripts): Runtime {
  return {
    plan: ({ pod, container, restarts, cached, chance }) =>
      planStart({
        container,
        script: scriptOf(pod, container, scripts),
        cached,
        restarts,
        graceSeconds: pod.spec?.terminationGracePeriodSeconds ?? 30,
        site: `${pod.metadata.uid} ${container.name}`,
        chance,
      }),
    usage(pod, container, requestsPerSecond, now) {
      const script = readable(pod, container, scripts)
      const own = isYoung(pod, script, now) ? (script.burst?.cpuMilli ?? 0) : script.cpuMilli
      const cpuMilli = Math.round(own + requestsPerSecond * script.cpuMilliPerRequest)
      return { cpuMilli, memoryBytes: script.memoryBytes }
    },
  }
}

function isYoung(pod: KubeObject, { burst }: Script, now: number): boolean {
  const started: string | undefined = pod.status?.startTime
  return burst !== undefined && started !== undefined && now < parseTime(started) + burst.untilMs
}

/** A script nobody can read keeps its container from starting; it uses nothing of its own. */
function readable(pod: KubeObject, container: ContainerSpec, scripts: Scripts): Script {
  try {
    return scriptOf(pod, container, scripts)
  } catch {
    return plainScript
  }
}
