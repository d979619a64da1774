/**
 * StatefulSet: apps/v1.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
 */
import { each, listOf, nonNegative, type Part, when } from '../../api/checks.ts'
import { column, templateColumns } from '../../api/column.ts'
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  type Path,
  path,
  required,
} from '../../api/field-error.ts'
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { validateLabelSelector } from '../../api/meta.ts'
import { nameIsDnsLabel } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { claimSpecFaults } from '../../api/pod-spec/claim-spec.ts'
import { labelMatchFaults, runningTemplateFaults } from '../../api/pod-spec/template.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { countFaults } from '../../api/status-rules.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'
import { withStatus } from '../without-status.ts'

const counts = [
  'replicas',
  'readyReplicas',
  'currentReplicas',
  'updatedReplicas',
  'observedGeneration',
  'collisionCount',
  'availableReplicas',
]
const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]
const fixed =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

function validate(set: KubeObject, previous: KubeObject | undefined, subresource: string): FieldError[] {
  if (subresource === 'status') return countFaults(set.status, counts, path('status'))
  const place = path('spec')
  const spec = set.spec ?? {}
  return [
    ...managementFaults(spec, place),
    ...strategyFaults(spec.updateStrategy ?? {}, place.child('updateStrategy')),
    ...retentionFaults(
      spec.persistentVolumeClaimRetentionPolicy ?? {},
      place.child('persistentVolumeClaimRetentionPolicy'),
    ),
    ...nonNegative(spec.replicas, place.child('replicas')),
    ...nonNegative(spec.minReadySeconds, place.child('minReadySeconds')),
    ...nonNegative(spec.ordinals?.start, place.child('ordinals.start')),
    ...selectorFaults(spec, place),
    ...runningTemplateFaults(withClaims(spec), 'StatefulSet', place.child('template')),
    ...(previous === undefined ? claimFaults(spec, place.child('volumeClaimTemplates')) : []),
    ...changeFaults(spec, previous?.spec, place),
  ]
}

/** The template with the volumes that the claims of each pod will be. */
function withClaims({ template, volumeClaimTemplates }: Part): Part {
  const claims = listOf(volumeClaimTemplates).map(({ metadata }) => ({
    name: metadata?.name,
    persistentVolumeClaim: { claimName: metadata?.name },
  }))
  if (claims.length === 0) return template
  const given = listOf(template?.spec?.volumes).filter((volume) => !claims.some(({ name }) => name === volume.name))
  return { ...template, spec: { ...template?.spec, volumes: [...claims, ...given] } }
}

/** Claims are judged when they come: a set cannot change them. */
function claimFaults({ volumeClaimTemplates }: Part, place: Path): FieldError[] {
  return each(volumeClaimTemplates, place, ({ spec }, at) => claimSpecFaults(spec ?? {}, at.child('spec')))
}

function managementFaults({ podManagementPolicy: policy = '' }: Part, place: Path): FieldError[] {
  const at = place.child('podManagementPolicy')
  if (policy === '') return [required(at)]
  const known = policy === 'OrderedReady' || policy === 'Parallel'
  return when(!known, invalidValue(at, policy, "must be 'OrderedReady' or 'Parallel'"))
}

function strategyFaults({ type = '', rollingUpdate }: Part, place: Path): FieldError[] {
  if (type === '') return [required(place)]
  if (type === 'OnDelete')
    return when(
      rollingUpdate !== undefined,
      invalidValue(place.child('rollingUpdate'), rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'"),
    )
  if (type !== 'RollingUpdate')
    return [invalidValue(place, { Type: type, RollingUpdate: null }, "must be 'RollingUpdate' or 'OnDelete'")]
  return nonNegative(rollingUpdate?.partition, place.child('rollingUpdate', 'partition'))
}

function retentionFaults(policy: Part, place: Path): FieldError[] {
  return (['whenDeleted', 'whenScaled'] as const).flatMap((field) => {
    const value = policy[field] ?? 'Retain'
    return when(value !== 'Retain' && value !== 'Delete', notSupported(place.child(field), value, ['Retain', 'Delete']))
  })
}

function selectorFaults(spec: Part, place: Path): FieldError[] {
  const at = place.child('selector')
  const empty = semanticEqual(spec.selector ?? {}, {})
  return [
    ...(spec.selector === undefined ? [required(at)] : validateLabelSelector(spec.selector, at)),
    ...when(spec.selector !== undefined && empty, invalidValue(at, {}, 'empty selector is invalid for statefulset')),
    ...labelMatchFaults(spec, place),
  ]
}

function changeFaults(spec: Part, previous: Part | undefined, place: Path): FieldError[] {
  if (previous === undefined) return []
  const rest = (one: Part): Part =>
    Object.fromEntries(Object.entries(one).filter(([field]) => !changeable.includes(field)))
  return when(!semanticEqual(rest(spec), rest(previous)), forbiddenValue(place, fixed))
}

const mostOf = (set: KubeObject): unknown => set.spec?.updateStrategy?.rollingUpdate?.maxUnavailable

/** maxUnavailable is behind a feature gate (MaxUnavailableStatefulSet) that is off in 1.36: it is dropped, not refused. */
function withoutGated(set: KubeObject): KubeObject {
  if (mostOf(set) === undefined) return set
  const { maxUnavailable: _gated, ...rollingUpdate } = set.spec.updateStrategy.rollingUpdate
  return { ...set, spec: { ...set.spec, updateStrategy: { ...set.spec.updateStrategy, rollingUpdate } } }
}

export const StatefulSet = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  nameRule: nameIsDnsLabel,
  schema: 'io.k8s.api.apps.v1.StatefulSet',
  subresources: {
    status: true,
    scale: { spec: '.spec.replicas', status: '.status.replicas', selector: '.spec.selector' },
  },
  prepare: {
    create: (set) => withStatus(withoutGated(set), { replicas: 0, availableReplicas: 0 }),
    update: (set, previous) => (mostOf(previous) === undefined ? withoutGated(set) : set),
  },
  validate: withFinalizerRule(validate),
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    column('Ready', (set) => `${set.status?.readyReplicas ?? 0}/${set.spec?.replicas ?? 0}`),
    ageColumn,
    ...templateColumns(),
  ],
})
