/**
 * Levels and versions of pod security: what a namespace's labels say, and which checks apply then.
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
import type { FieldError } from '../../../api/field-error.ts'
import {
  appArmorProfile,
  baselineCapabilities,
  type Check,
  type Fault,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbes,
  type Part,
  privileged,
  procMount,
  relaxed,
  seccompAnnotations,
  seccompBaseline,
  seccompRestricted,
  seLinuxOptions,
  sysctls,
  windowsHostProcess,
} from './checks.ts'
import {
  allowPrivilegeEscalation,
  capabilities,
  exceptWindows,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
} from './restricted.ts'

export type Level = 'privileged' | 'baseline' | 'restricted'

/** `minor` of a version 1.x; undefined is the latest. */
export interface LevelVersion {
  readonly level: Level
  readonly minor: number | undefined
}

export interface Policy {
  readonly enforce: LevelVersion
  readonly audit: LevelVersion
  readonly warn: LevelVersion
}

/** A check at a level with what it is from which minor version on; `instead` names baseline checks it stands for. */
interface Entry {
  readonly id: string
  readonly level: Level
  readonly from: readonly (readonly [minor: number, check: Check])[]
  readonly instead?: string
}

const shm = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
]
const reserved = [...shm, 'net.ipv4.ip_local_reserved_ports']
const keepalive = [
  ...reserved,
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
]
const buffers = [...keepalive, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']
const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t']

/** In the order in which faults are told: baseline first, each level by id. */
const entries: readonly Entry[] = [
  { id: 'appArmorProfile', level: 'baseline', from: [[0, appArmorProfile]] },
  { id: 'capabilities_baseline', level: 'baseline', from: [[0, baselineCapabilities]] },
  { id: 'hostNamespaces', level: 'baseline', from: [[0, hostNamespaces]] },
  { id: 'hostPathVolumes', level: 'baseline', from: [[0, hostPathVolumes]] },
  { id: 'hostPorts', level: 'baseline', from: [[0, hostPorts]] },
  { id: 'hostProbesAndHostLifecycle', level: 'baseline', from: [[34, hostProbes]] },
  { id: 'privileged', level: 'baseline', from: [[0, privileged]] },
  {
    id: 'procMount',
    level: 'baseline',
    from: [
      [0, procMount],
      [35, relaxed(procMount)],
    ],
  },
  {
    id: 'seLinuxOptions',
    level: 'baseline',
    from: [
      [0, seLinuxOptions(seLinuxTypes)],
      [31, seLinuxOptions([...seLinuxTypes, 'container_engine_t'])],
    ],
  },
  {
    id: 'seccompProfile_baseline',
    level: 'baseline',
    from: [
      [0, seccompAnnotations],
      [19, seccompBaseline],
    ],
  },
  {
    id: 'sysctls',
    level: 'baseline',
    from: [
      [0, sysctls(shm)],
      [27, sysctls(reserved)],
      [29, sysctls(keepalive)],
      [32, sysctls(buffers)],
    ],
  },
  { id: 'windowsHostProcess', level: 'baseline', from: [[0, windowsHostProcess]] },
  {
    id: 'allowPrivilegeEscalation',
    level: 'restricted',
    from: [
      [8, allowPrivilegeEscalation],
      [25, exceptWindows(allowPrivilegeEscalation)],
    ],
  },
  {
    id: 'capabilities_restricted',
    level: 'restricted',
    from: [
      [22, capabilities],
      [25, exceptWindows(capabilities)],
    ],
    instead: 'capabilities_baseline',
  },
  { id: 'procMount_restricted', level: 'restricted', from: [[35, procMount]], instead: 'procMount' },
  { id: 'restrictedVolumes', level: 'restricted', from: [[0, restrictedVolumes]], instead: 'hostPathVolumes' },
  {
    id: 'runAsNonRoot',
    level: 'restricted',
    from: [
      [0, runAsNonRoot],
      [35, relaxed(runAsNonRoot)],
    ],
  },
  {
    id: 'runAsUser',
    level: 'restricted',
    from: [
      [23, runAsUser],
      [35, relaxed(runAsUser)],
    ],
  },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    from: [
      [19, seccompRestricted],
      [25, exceptWindows(seccompRestricted)],
    ],
    instead: 'seccompProfile_baseline',
  },
]

/** What the pod breaks at a level and version. */
export function faultsOf({ level, minor = 1000 }: LevelVersion, spec: Part, annotations: Part): Fault[] {
  if (level === 'privileged') return []
  const active = entries.filter((entry) => entry.level === 'baseline' || level === 'restricted')
  const at = (entry: Entry): Check | undefined => entry.from.filter(([first]) => first <= minor).at(-1)?.[1]
  const replaced = new Set(active.filter((entry) => at(entry) !== undefined).map((entry) => entry.instead))
  return active
    .filter((entry) => !replaced.has(entry.id))
    .flatMap((entry) => at(entry)?.(spec, annotations ?? {}) ?? [])
}

export function sameLevel(a: LevelVersion, b: LevelVersion): boolean {
  return a.level === b.level && a.minor === b.minor
}

/** -1, 0 or 1: a is less strict, as strict or stricter. */
export function compareLevels(a: Level, b: Level): number {
  const order: readonly Level[] = ['privileged', 'baseline', 'restricted']
  return Math.sign(order.indexOf(a) - order.indexOf(b))
}

/** `restricted:latest`, `baseline:v1.30`. */
export function levelText({ level, minor }: LevelVersion): string {
  return `${level}:${minor === undefined ? 'latest' : `v1.${minor}`}`
}

const prefix = 'pod-security.kubernetes.io/'
const nothing: LevelVersion = { level: 'privileged', minor: undefined }

/** The policy in a namespace's labels and what is wrong with them; a wrong enforce level is the strictest. */
export function policyOf(labels: Readonly<Record<string, string>> = {}): { policy: Policy; errors: FieldError[] } {
  const errors: FieldError[] = []
  const level = (mode: string, fallback: Level): Level | undefined => {
    const text = labels[prefix + mode]
    if (text === undefined) return undefined
    if (text === 'privileged' || text === 'baseline' || text === 'restricted') return text
    errors.push(wrong(mode, text, 'must be one of privileged, baseline, restricted'))
    return fallback
  }
  const minor = (mode: string): number | undefined => {
    const text = labels[`${prefix}${mode}-version`]
    if (text === undefined || text === 'latest') return undefined
    const found = /^v1\.([0-9]|[1-9][0-9]*)$/.exec(text)?.[1]
    if (found === undefined) errors.push(wrong(`${mode}-version`, text, 'must be "latest" or "v1.x"'))
    return found === undefined ? undefined : Number(found)
  }
  const before = errors.length
  const wantedEnforce = level('enforce', 'restricted')
  const enforceIsRight = wantedEnforce !== undefined && errors.length === before
  const enforce = { level: wantedEnforce ?? nothing.level, minor: minor('enforce') }
  const audit = { level: level('audit', 'privileged') ?? nothing.level, minor: minor('audit') }
  const wantedWarn = level('warn', 'privileged')
  const warnMinor = minor('warn')
  const follows = wantedWarn === undefined && enforceIsRight && enforce.level !== 'privileged'
  const versioned = labels[`${prefix}warn-version`] !== undefined
  const warn = follows
    ? { level: enforce.level, minor: versioned ? warnMinor : enforce.minor }
    : { level: wantedWarn ?? nothing.level, minor: warnMinor }
  return { policy: { enforce, audit, warn }, errors }
}

function wrong(label: string, value: string, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field: `metadata.labels[${prefix}${label}]`, value, detail }
}
