/**
 * The rules of a claim's status: what was allocated, for whom it is reserved, what drivers say of the devices.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
 */
import { dnsLabel, filled, isFilled, isSet, listOf, type Part, when } from '../../api/checks.ts'
import { conditionFaults } from '../../api/condition-rules.ts'
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  type Path,
  path,
  required,
  tooLong,
  tooMany,
} from '../../api/field-error.ts'
import { byteLength } from '../../api/go-text.ts'
import { parseIp, parseRange } from '../../api/ip-range.ts'
import { validateImmutable, validateLabelName } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { nodeSelectorFaults } from '../../api/pod-spec/affinity.ts'
import { csiDriverFaults } from '../../api/pod-spec/volumes.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { requestNames, requestRefFaults } from './claim-rules.ts'
import { bindingFaults, bounded, boundedSet, configurationFaults, poolNameFaults, rawFaults } from './common-rules.ts'

const mostConsumers = 256
const mostResults = 32
const mostConditions = 8
const mostIps = 16
const place = path('status')

/** The faults of a claim's status after a change. */
export function claimStatusFaults(claim: KubeObject, previous: KubeObject): FieldError[] {
  const status = claim.status ?? {}
  const devices = new Set(listOf(status.allocation?.devices?.results).map(idOf))
  return [
    ...boundedSet(
      status.reservedFor,
      mostConsumers,
      place.child('reservedFor'),
      consumerFaults,
      (one) => one.uid ?? '',
    ),
    ...boundedSet(
      status.devices,
      Number.POSITIVE_INFINITY,
      place.child('devices'),
      (device, at) => deviceFaults(device, devices, at),
      idOf,
      shownId,
    ),
    ...reservationFaults(claim, previous),
    ...allocationFaults(claim, previous, place.child('allocation')),
  ]
}

const idOf = ({ driver = '', pool = '', device = '', shareID = '' }: Part): string =>
  [driver, pool, device, shareID].join('\n')

function shownId({ driver = '', pool = '', device = '', shareID = '' }: Part): unknown {
  return { Driver: driver, Pool: pool, Device: device, ShareID: shareID }
}

function consumerFaults({ resource, name, uid }: Part, at: Path): FieldError[] {
  return [...filled(resource, at.child('resource')), ...filled(name, at.child('name')), ...filled(uid, at.child('uid'))]
}

function reservationFaults(claim: KubeObject, previous: KubeObject): FieldError[] {
  const at = place.child('reservedFor')
  const reserved = listOf(claim.status?.reservedFor)
  if (reserved.length === 0) return []
  if (!isSet(claim.status?.allocation)) return [forbiddenValue(at, 'may not be specified when `allocated` is not set')]
  const before = listOf(previous.status?.reservedFor)
  const grown = reserved.some((one) => !before.some((old) => semanticEqual(one, old)))
  const why = 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set'
  return when(claim.metadata.deletionTimestamp !== undefined && grown, forbiddenValue(at, why))
}

function allocationFaults(claim: KubeObject, previous: KubeObject, at: Path): FieldError[] {
  const next = claim.status?.allocation
  const before = previous.status?.allocation
  if (!isSet(next)) return []
  if (isSet(before)) return semanticEqual(next, before) ? [] : validateImmutable(next, before, at)
  const known = requestNames(claim.spec?.devices)
  const { results, config } = next.devices ?? {}
  return [
    ...bounded(results, mostResults, at.child('devices', 'results'), (one, oneAt) => resultFaults(one, known, oneAt)),
    ...bounded(config, 2 * mostResults, at.child('devices', 'config'), (one, oneAt) => [
      ...sourceFaults(one.source ?? '', oneAt.child('source')),
      ...boundedSet(
        one.requests,
        mostResults,
        oneAt.child('requests'),
        (name: string, nameAt) => requestRefFaults(name, known, nameAt),
        String,
      ),
      ...configurationFaults(one, oneAt),
    ]),
    ...(isSet(next.nodeSelector) ? nodeSelectorFaults(next.nodeSelector, at.child('nodeSelector')) : []),
  ]
}

function sourceFaults(source: string, at: Path): FieldError[] {
  if (source === '') return [required(at)]
  const known = ['FromClaim', 'FromClass']
  return when(!known.includes(source), notSupported(at, source, known))
}

function resultFaults(result: Part, known: ReadonlySet<string>, at: Path): FieldError[] {
  return [
    ...requestRefFaults(result.request ?? '', known, at.child('request')),
    ...csiDriverFaults(result.driver, at.child('driver')),
    ...poolNameFaults(result.pool, at.child('pool')),
    ...dnsLabel(result.device ?? '', at.child('device')),
    ...bindingFaults(result, at, validateLabelName),
  ]
}

function deviceFaults(device: Part, allocated: ReadonlySet<string>, at: Path): FieldError[] {
  const conditions = listOf(device.conditions)
  const conditionsAt = at.child('conditions')
  return [
    ...csiDriverFaults(device.driver, at.child('driver')),
    ...poolNameFaults(device.pool, at.child('pool')),
    ...dnsLabel(device.device ?? '', at.child('device')),
    ...when(
      !allocated.has(idOf(device)),
      invalidValue(at, shownId(device), 'must be an allocated device in the claim'),
    ),
    ...when(conditions.length > mostConditions, tooMany(conditionsAt, conditions.length, mostConditions)),
    ...conditionFaults(conditions, conditionsAt),
    ...(isSet(device.data) ? rawFaults(device.data, at.child('data')) : []),
    ...(isSet(device.networkData) ? networkFaults(device.networkData, at.child('networkData')) : []),
  ]
}

function networkFaults({ interfaceName = '', hardwareAddress = '', ips }: Part, at: Path): FieldError[] {
  const short = (text: string, most: number, one: Path) => when(byteLength(text) > most, tooLong(one, most))
  const why = 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)'
  return [
    ...short(interfaceName, 256, at.child('interfaceName')),
    ...short(hardwareAddress, 128, at.child('hardwareAddress')),
    ...boundedSet(
      ips,
      mostIps,
      at.child('ips'),
      (text: string, one) => {
        const isAddress = parseRange(text) !== undefined && parseIp(text.split('/')[0] ?? '') !== undefined
        return when(!isAddress || !isFilled(text), invalidValue(one, text, why))
      },
      String,
    ),
  ]
}
