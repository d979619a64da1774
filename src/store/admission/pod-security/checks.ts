/**
 * The checks of the Pod Security Standards: each looks at a pod's metadata and spec and says why it is forbidden.
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
import { goQuote } from '../../../api/go-text.ts'

/** Why a pod breaks a check: in short, and in detail. */
export interface Fault {
  readonly reason: string
  readonly detail: string
}

// biome-ignore lint/suspicious/noExplicitAny: parts of a pod as stored JSON, checked by its schema
export type Part = any
export type Check = (spec: Part, annotations: Readonly<Record<string, string>>) => Fault | undefined

/** All containers, in the order in which they are named. */
export function containersOf(spec: Part): Part[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])]
}

export function quoted(items: readonly string[]): string {
  return items.map((item) => `"${item}"`).join(', ')
}

export function plural(one: string, many: string, count: number): string {
  return count === 1 ? one : many
}

export function sorted(items: Iterable<string>): string[] {
  return [...new Set(items)].sort()
}

/** `container "a"` or `containers "a", "b"`. */
export function named(containers: readonly Part[]): string {
  return `${plural('container', 'containers', containers.length)} ${quoted(containers.map((one) => one.name))}`
}

/** The pod itself and the containers that set something forbidden, as the beginning of a sentence. */
export function setters(pod: boolean, containers: readonly Part[]): string {
  return [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [named(containers)] : [])].join(' and ')
}

const allowedCapabilities = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
)

export const baselineCapabilities: Check = (spec) => {
  const added = (container: Part): string[] =>
    (container.securityContext?.capabilities?.add ?? []).filter((one: string) => !allowedCapabilities.has(one))
  const bad = containersOf(spec).filter((container) => added(container).length > 0)
  if (bad.length === 0) return undefined
  const detail = `${named(bad)} must not include ${quoted(sorted(bad.flatMap(added)))} in securityContext.capabilities.add`
  return { reason: 'non-default capabilities', detail }
}

export const hostNamespaces: Check = (spec) => {
  const set = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true)
  if (set.length === 0) return undefined
  return { reason: 'host namespaces', detail: set.map((field) => `${field}=true`).join(', ') }
}

export const hostPathVolumes: Check = (spec) => {
  const bad: string[] = (spec.volumes ?? []).filter((one: Part) => one.hostPath).map((one: Part) => one.name)
  if (bad.length === 0) return undefined
  return { reason: 'hostPath volumes', detail: `${plural('volume', 'volumes', bad.length)} ${quoted(bad)}` }
}

export const hostPorts: Check = (spec) => {
  const used = (container: Part): string[] =>
    (container.ports ?? []).filter((port: Part) => port.hostPort).map((port: Part) => String(port.hostPort))
  const bad = containersOf(spec).filter((container) => used(container).length > 0)
  if (bad.length === 0) return undefined
  const ports = sorted(bad.flatMap(used))
  const verb = plural('uses', 'use', bad.length)
  return {
    reason: 'hostPort',
    detail: `${named(bad)} ${verb} ${plural('hostPort', 'hostPorts', ports.length)} ${ports.join(', ')}`,
  }
}

export const hostProbes: Check = (spec) => {
  const handlers = (container: Part): Part[] => [
    container.livenessProbe,
    container.readinessProbe,
    container.startupProbe,
    container.lifecycle?.postStart,
    container.lifecycle?.preStop,
  ]
  const hosts = (container: Part): string[] =>
    handlers(container).flatMap((one) => [one?.httpGet?.host, one?.tcpSocket?.host].filter((host) => host))
  const bad = containersOf(spec).filter((container) => hosts(container).length > 0)
  if (bad.length === 0) return undefined
  const names = sorted(bad.map((one) => one.name))
  const all = sorted(bad.flatMap(hosts))
  const what = plural('probe or lifecycle host', 'probe or lifecycle hosts', all.length)
  const who = `${plural('container', 'containers', names.length)} ${quoted(names)} ${plural('uses', 'use', names.length)}`
  return { reason: 'probe or lifecycle host', detail: `${who} ${what} ${quoted(all)}` }
}

export const privileged: Check = (spec) => {
  const bad = containersOf(spec).filter((one) => one.securityContext?.privileged === true)
  if (bad.length === 0) return undefined
  return { reason: 'privileged', detail: `${named(bad)} must not set securityContext.privileged=true` }
}

/** Pods in a user namespace of their own may do what is harmless there. */
export function relaxed(check: Check): Check {
  return (spec, annotations) => (spec.hostUsers === false ? undefined : check(spec, annotations))
}

export const procMount: Check = (spec) => {
  const type = (container: Part): string => container.securityContext?.procMount ?? 'Default'
  const bad = containersOf(spec).filter((container) => type(container) !== 'Default')
  if (bad.length === 0) return undefined
  const detail = `${named(bad)} must not set securityContext.procMount to ${quoted(sorted(bad.map(type)))}`
  return { reason: 'procMount', detail }
}

/** SELinux options with only these types, no user and no role. */
export function seLinuxOptions(types: readonly string[]): Check {
  return (spec) => {
    const of = (one: Part): Part => one?.securityContext?.seLinuxOptions
    const isBad = (one: Part): boolean => {
      const options = of(one)
      return options !== undefined && (!types.includes(options.type ?? '') || !!options.user || !!options.role)
    }
    const bad = containersOf(spec).filter(isBad)
    if (bad.length === 0 && !isBad(spec)) return undefined
    const all = [spec, ...containersOf(spec)].map(of).filter((options) => options !== undefined)
    const wrong = sorted(all.map((options) => options.type ?? '').filter((type: string) => !types.includes(type)))
    const parts = [
      ...(wrong.length > 0 ? [`${plural('type', 'types', wrong.length)} ${quoted(wrong)}`] : []),
      ...(all.some((options) => options.user) ? ['user may not be set'] : []),
      ...(all.some((options) => options.role) ? ['role may not be set'] : []),
    ]
    const detail = `${setters(isBad(spec), bad)} set forbidden securityContext.seLinuxOptions: ${parts.join('; ')}`
    return { reason: 'seLinuxOptions', detail }
  }
}

/** Only these sysctls. */
export function sysctls(allowed: readonly string[]): Check {
  return (spec) => {
    const names: string[] = (spec.securityContext?.sysctls ?? []).map((one: Part) => one.name)
    const bad = names.filter((name) => !allowed.includes(name))
    return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') }
  }
}

export const windowsHostProcess: Check = (spec) => {
  const isBad = (one: Part): boolean => one.securityContext?.windowsOptions?.hostProcess === true
  const bad = containersOf(spec).filter(isBad)
  if (bad.length === 0 && !isBad(spec)) return undefined
  const detail = `${setters(isBad(spec), bad)} must not set securityContext.windowsOptions.hostProcess=true`
  return { reason: 'hostProcess', detail }
}

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'

export const appArmorProfile: Check = (spec, annotations) => {
  const type = (one: Part): string | undefined => one.securityContext?.appArmorProfile?.type
  const isBad = (one: Part): boolean => {
    const given = type(one)
    return given !== undefined && given !== 'RuntimeDefault' && given !== 'Localhost'
  }
  const bad = containersOf(spec).filter(isBad)
  const fine = (value: string): boolean => value === '' || value === 'runtime/default' || value.startsWith('localhost/')
  const forbidden = Object.entries(annotations).filter(([key, value]) => key.startsWith(appArmorPrefix) && !fine(value))
  if (bad.length === 0 && !isBad(spec) && forbidden.length === 0) return undefined
  const types = sorted([spec, ...bad].filter(isBad).map((one) => String(type(one))))
  const values = [...types, ...forbidden.map(([key, value]) => `${key}=${goQuote(value)}`).sort()]
  const who = [
    ...(isBad(spec) || bad.length > 0 ? [setters(isBad(spec), bad)] : []),
    ...(forbidden.length > 0 ? [plural('annotation', 'annotations', forbidden.length)] : []),
  ].join(' and ')
  const reason = plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length)
  return { reason, detail: `${who} must not set AppArmor profile type to ${quoted(values)}` }
}

function isSeccomp(type: string | undefined): boolean {
  return type === 'RuntimeDefault' || type === 'Localhost'
}

function seccompOf(one: Part): { type?: string } | undefined {
  return one?.securityContext?.seccompProfile ?? undefined
}

function badSeccomp(spec: Part): Fault | undefined {
  const isBad = (one: Part): boolean => seccompOf(one) !== undefined && !isSeccomp(seccompOf(one)?.type)
  const bad = containersOf(spec).filter(isBad)
  if (bad.length === 0 && !isBad(spec)) return undefined
  const values = sorted([spec, ...bad].filter(isBad).map((one) => String(seccompOf(one)?.type)))
  const detail = `${setters(isBad(spec), bad)} must not set securityContext.seccompProfile.type to ${quoted(values)}`
  return { reason: 'seccompProfile', detail }
}

export const seccompBaseline: Check = (spec) => badSeccomp(spec)

const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod'
const seccompContainer = 'container.seccomp.security.alpha.kubernetes.io/'

/** Before 1.19 profiles were annotations. */
export const seccompAnnotations: Check = (spec, annotations) => {
  const keys = [seccompPod, ...containersOf(spec).map((one) => seccompContainer + one.name)]
  const fine = (value: string): boolean =>
    value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/')
  const bad = sorted(
    keys.flatMap((key) => {
      const value = annotations[key]
      return value === undefined || fine(value) ? [] : [`${key}=${goQuote(value)}`]
    }),
  )
  if (bad.length === 0) return undefined
  const detail = `forbidden ${plural('annotation', 'annotations', bad.length)} ${bad.join(', ')}`
  return { reason: 'seccompProfile', detail }
}

export const seccompRestricted: Check = (spec) => {
  const explicit = badSeccomp(spec)
  if (explicit !== undefined) return explicit
  if (isSeccomp(seccompOf(spec)?.type)) return undefined
  const bad = containersOf(spec).filter((one) => seccompOf(one) === undefined)
  if (bad.length === 0) return undefined
  const types = '"RuntimeDefault" or "Localhost"'
  return {
    reason: 'seccompProfile',
    detail: `pod or ${named(bad)} must set securityContext.seccompProfile.type to ${types}`,
  }
}
