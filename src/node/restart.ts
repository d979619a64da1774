/**
 * Whether a container that ended is started again: by its own rules and policy where it has them, else by its pod's policy.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-restart-rules, KEP-5307
 */
import type { KubeObject } from '../api/object.ts'
import type { ContainerSpec } from './simulated/behaviour.ts'

interface Rule {
  readonly action: string
  readonly exitCodes?: { readonly operator: string; readonly values?: readonly number[] }
}

/** The first rule that names the exit code decides; then the container's policy; then the pod's. */
export function restartsAfter(pod: KubeObject, container: ContainerSpec, exitCode: number): boolean {
  const rules = (container.restartPolicyRules ?? []) as readonly Rule[]
  if (rules.some((rule) => names(rule, exitCode))) return true
  const policy = (container.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always') as string
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

function names({ exitCodes }: Rule, exitCode: number): boolean {
  const listed = exitCodes?.values?.includes(exitCode) ?? false
  return exitCodes?.operator === 'In' ? listed : exitCodes?.operator === 'NotIn' && !listed
}
