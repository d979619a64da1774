/**
 * The rules of security contexts.
 * Source: https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
 */
import { among, amongOptional, each, faults, isFilled, isSet, type Part, when } from '../checks.ts'
import { type FieldError, invalidValue, type Path, required, tooLong } from '../field-error.ts'
import { byteLength } from '../go-text.ts'
import { isInRange, isValidUserId } from '../names.ts'
import { descendingPathFaults } from './paths.ts'

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']
const longestSysctl = 253
const longestProfile = 4095
const sysctlSource = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'
const sysctl = new RegExp(sysctlSource)

/** The faults of a pod's securityContext. `spec` carries hostPID and shareProcessNamespace. */
export function podSecurityFaults(spec: Part, place: Path): FieldError[] {
  const context = spec.securityContext
  const at = place.child('securityContext')
  const shares = spec.shareProcessNamespace === true && spec.hostPID === true
  const why = 'ShareProcessNamespace and HostPID cannot both be enabled'
  const shared = when(shares, invalidValue(at.child('shareProcessNamespace'), true, why))
  if (!isSet(context)) return shared
  return [
    ...idFaults(context.fsGroup, at.child('fsGroup')),
    ...idFaults(context.runAsUser, at.child('runAsUser')),
    ...idFaults(context.runAsGroup, at.child('runAsGroup')),
    ...each(context.supplementalGroups, at.child('supplementalGroups'), idFaults),
    ...shared,
    ...sysctlFaults(context.sysctls, at.child('sysctls')),
    ...amongOptional(context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], at.child('fsGroupChangePolicy')),
    ...seccompFaults(context.seccompProfile, at.child('seccompProfile')),
    ...amongOptional(context.supplementalGroupsPolicy, ['Merge', 'Strict'], at.child('supplementalGroupsPolicy')),
    ...amongOptional(context.seLinuxChangePolicy, ['MountOption', 'Recursive'], at.child('seLinuxChangePolicy')),
    ...appArmorFaults(context.appArmorProfile, at.child('appArmorProfile')),
  ]
}

/** The faults of a container's securityContext. */
export function containerSecurityFaults(context: Part, spec: Part, place: Path): FieldError[] {
  if (!isSet(context)) return []
  const stopsEscalation = context.allowPrivilegeEscalation === false
  const shown = () => goSecurityContext(context)
  const privileged = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'
  const capable = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'
  const unmasked = context.procMount === 'Unmasked' && spec.hostUsers !== false
  const isAdmin = (context.capabilities?.add ?? []).includes('CAP_SYS_ADMIN')
  const procMount = place.child('procMount')
  return [
    ...idFaults(context.runAsUser, place.child('runAsUser')),
    ...idFaults(context.runAsGroup, place.child('runAsGroup')),
    ...amongOptional(context.procMount, ['Default', 'Unmasked'], procMount),
    ...when(unmasked, invalidValue(procMount, context.procMount, '`hostUsers` must be false to use `Unmasked`')),
    ...seccompFaults(context.seccompProfile, place.child('seccompProfile')),
    ...when(stopsEscalation && context.privileged === true, invalidValue(place, shown(), privileged)),
    ...when(stopsEscalation && isAdmin, invalidValue(place, shown(), capable)),
    ...appArmorFaults(context.appArmorProfile, place.child('appArmorProfile')),
  ]
}

function idFaults(id: number | undefined | null, place: Path): FieldError[] {
  return isSet(id) ? faults(place, id, isValidUserId(id as number)) : []
}

function sysctlFaults(list: unknown, place: Path): FieldError[] {
  return each(list, place, ({ name = '' }, at) => {
    if (name === '') return [required(at.child('name'))]
    const isWrong = name.length > longestSysctl || !sysctl.test(name)
    const why = `must have at most ${longestSysctl} characters and match regex ${sysctlSource}`
    return when(isWrong, invalidValue(at.child('name'), name, why))
  })
}

function seccompFaults(profile: Part, place: Path): FieldError[] {
  if (!isSet(profile)) return []
  const at = place.child('localhostProfile')
  const typeAt = place.child('type')
  const type = isFilled(profile.type)
    ? among(profile.type, profileTypes, typeAt)
    : [required(typeAt, 'type is required when seccompProfile is set')]
  const file = profile.localhostProfile
  if (profile.type !== 'Localhost') {
    const shown = goProfile(profile)
    return [...type, ...when(isSet(file), invalidValue(at, shown, 'can only be set when seccomp type is Localhost'))]
  }
  if (!isSet(file)) return [...type, required(at, 'must be set when seccomp type is Localhost')]
  return [...type, ...descendingPathFaults(file, at)]
}

function appArmorFaults(profile: Part, place: Path): FieldError[] {
  if (!isSet(profile)) return []
  const { type, localhostProfile: file } = profile
  const [typeAt, fileAt] = [place.child('type'), place.child('localhostProfile')]
  if (!isFilled(type)) return [required(typeAt, 'type is required when appArmorProfile is set')]
  const unneeded = invalidValue(fileAt, file, 'can only be set when AppArmor type is Localhost')
  if (type !== 'Localhost')
    return profileTypes.includes(type) ? when(isSet(file), unneeded) : among(type, profileTypes, typeAt)
  if (!isFilled(file)) return [required(fileAt, 'must be set when AppArmor type is Localhost')]
  return [
    ...when(file.trim() !== file, invalidValue(fileAt, file, 'must not be padded with whitespace')),
    ...when(byteLength(file) > longestProfile, tooLong(fileAt, longestProfile)),
  ]
}

/** The context as the API server shows it: Go's names, null for what is not set. */
function goSecurityContext(context: Part): Readonly<Record<string, unknown>> {
  const { capabilities } = context
  return {
    Capabilities: isSet(capabilities) ? { Add: capabilities.add ?? null, Drop: capabilities.drop ?? null } : null,
    Privileged: context.privileged ?? null,
    SELinuxOptions: context.seLinuxOptions ?? null,
    WindowsOptions: context.windowsOptions ?? null,
    RunAsUser: context.runAsUser ?? null,
    RunAsGroup: context.runAsGroup ?? null,
    RunAsNonRoot: context.runAsNonRoot ?? null,
    ReadOnlyRootFilesystem: context.readOnlyRootFilesystem ?? null,
    AllowPrivilegeEscalation: context.allowPrivilegeEscalation ?? null,
    ProcMount: context.procMount ?? null,
    SeccompProfile: goProfile(context.seccompProfile),
    AppArmorProfile: goProfile(context.appArmorProfile),
  }
}

function goProfile(profile: Part): unknown {
  return isSet(profile) ? { Type: profile.type ?? '', LocalhostProfile: profile.localhostProfile ?? null } : null
}

/** Whether a number of seconds fits activeDeadlineSeconds. */
export function deadlineFaults(seconds: number | undefined | null, least: number, place: Path): FieldError[] {
  return isSet(seconds) ? faults(place, seconds, isInRange(seconds as number, least, 2_147_483_647)) : []
}
