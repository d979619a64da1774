/** The checks only the level `restricted` has. Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
import { type Check, containersOf, named, type Part, plural, quoted, setters, sorted } from './checks.ts'

/** Windows pods cannot set what these checks ask for. */
export function exceptWindows(check: Check): Check {
  return (spec, annotations) => (spec.os?.name === 'windows' ? undefined : check(spec, annotations))
}

export const allowPrivilegeEscalation: Check = (spec) => {
  const bad = containersOf(spec).filter((one) => one.securityContext?.allowPrivilegeEscalation !== false)
  if (bad.length === 0) return undefined
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${named(bad)} must set securityContext.allowPrivilegeEscalation=false`,
  }
}

export const capabilities: Check = (spec) => {
  const of = (one: Part): { add?: string[]; drop?: string[] } => one.securityContext?.capabilities ?? {}
  const added = (one: Part): string[] => (of(one).add ?? []).filter((name) => name !== 'NET_BIND_SERVICE')
  const all = containersOf(spec)
  const keeping = all.filter((one) => !(of(one).drop ?? []).includes('ALL'))
  const adding = all.filter((one) => added(one).length > 0)
  const details = [
    ...(keeping.length > 0 ? [`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0
      ? [
          `${named(adding)} must not include ${quoted(sorted(adding.flatMap(added)))} in securityContext.capabilities.add`,
        ]
      : []),
  ]
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') }
}

const allowedVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]
const restrictedTypes =
  'hostPath gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker fc azureFile vsphereVolume quobyte azureDisk photonPersistentDisk portworxVolume scaleIO storageos'.split(
    ' ',
  )

export const restrictedVolumes: Check = (spec) => {
  const volumes: readonly Part[] = spec.volumes ?? []
  const bad = volumes.filter((volume) => !allowedVolumes.some((type) => volume[type] !== undefined))
  if (bad.length === 0) return undefined
  const types = sorted(bad.map((volume) => restrictedTypes.find((type) => volume[type] !== undefined) ?? 'unknown'))
  const who = `${plural('volume', 'volumes', bad.length)} ${quoted(bad.map((volume) => volume.name))}`
  const what = plural('restricted volume type', 'restricted volume types', types.length)
  return {
    reason: 'restricted volume types',
    detail: `${who} ${plural('uses', 'use', bad.length)} ${what} ${quoted(types)}`,
  }
}

export const runAsNonRoot: Check = (spec) => {
  const said = (one: Part): boolean | undefined => one.securityContext?.runAsNonRoot ?? undefined
  const reason = 'runAsNonRoot != true'
  const explicit = containersOf(spec).filter((one) => said(one) === false)
  if (explicit.length > 0 || said(spec) === false)
    return {
      reason,
      detail: `${setters(said(spec) === false, explicit)} must not set securityContext.runAsNonRoot=false`,
    }
  const implicit = said(spec) === true ? [] : containersOf(spec).filter((one) => said(one) === undefined)
  if (implicit.length === 0) return undefined
  return { reason, detail: `pod or ${named(implicit)} must set securityContext.runAsNonRoot=true` }
}

export const runAsUser: Check = (spec) => {
  const isRoot = (one: Part): boolean => one.securityContext?.runAsUser === 0
  const bad = containersOf(spec).filter(isRoot)
  if (bad.length === 0 && !isRoot(spec)) return undefined
  return { reason: 'runAsUser=0', detail: `${setters(isRoot(spec), bad)} must not set runAsUser=0` }
}
