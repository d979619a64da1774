/**
 * The options of writes, from the query and the body, judged as metav1's CreateOptions, UpdateOptions, PatchOptions and
 * DeleteOptions are.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/ (dry run, field validation), …/server-side-apply/
 */

import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  path,
  required,
  tooLong,
} from '../api/field-error.ts'
import type { Kind } from '../api/kind.ts'
import { badRequest, invalid } from '../api/status-error.ts'
import type { Delete, TransitionBase } from '../store/transition.ts'
import { type Call, userInfoOf } from './context.ts'

const managerBytes = 128
const validations = ['', 'Ignore', 'Strict', 'Warn']
const policies = ['Foreground', 'Background', 'Orphan', 'nil']

/** What a patch is told beside the options of every write. */
export interface PatchWay {
  readonly apply: boolean
}

/** DeleteOptions as they come in the body or the query. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly orphanDependents?: boolean
  readonly dryRun?: readonly string[]
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/** What query parameters say of a create, update or patch. Throws the 422 of its options. */
export function writeOptions(call: Call, kind: Kind, patch?: PatchWay): TransitionBase {
  const { query, verb } = call.info
  const validation = query.get('fieldValidation') ?? ''
  const faults = [
    ...(patch === undefined ? [] : patchFaults(query, patch)),
    ...managerFaults(query.get('fieldManager') ?? ''),
    ...dryRunFaults(query.getAll('dryRun')),
    ...(validations.includes(validation) ? [] : [notSupported(path('fieldValidation'), validation, validations)]),
  ]
  const name = patch !== undefined ? 'PatchOptions' : verb === 'create' ? 'CreateOptions' : 'UpdateOptions'
  if (faults.length > 0) throw invalid({ group: 'meta.k8s.io', kind: name }, '', faults)
  return {
    ...baseOf(call, kind),
    fieldValidation: validation === '' ? 'Warn' : (validation as 'Strict'),
    dryRun: query.getAll('dryRun').includes('All'),
    asked: askedOf(query),
  }
}

/** The options as the client said them: admission is told no more than that. */
function askedOf(query: URLSearchParams): Readonly<Record<string, unknown>> {
  const texts = ['fieldManager', 'fieldValidation'].flatMap((name): [string, unknown][] => {
    const value = query.get(name)
    return value ? [[name, value]] : []
  })
  const dryRun = query.getAll('dryRun').filter((value) => value !== '')
  return { ...(dryRun.length > 0 ? { dryRun } : {}), ...Object.fromEntries(texts) }
}

/** Who writes and why: the same for every write. */
export function baseOf(call: Call, kind: Kind): TransitionBase {
  const { query } = call.info
  const agent = call.request.headers.get('user-agent') ?? 'unknown'
  return {
    agent,
    manager: query.get('fieldManager') || (agent.split('/')[0] ?? ''),
    user: call.user.name,
    userInfo: userInfoOf(call.user),
    apiVersion: kind.apiVersion,
    cause: { why: 'request', by: call.user.name, key: `${call.request.method} ${call.info.path}` },
  }
}

function patchFaults(query: URLSearchParams, { apply }: PatchWay): FieldError[] {
  if (!apply)
    return query.has('force') ? [forbiddenValue(path('force'), 'may not be specified for non-apply patch')] : []
  return query.get('fieldManager') ? [] : [required(path('fieldManager'), 'is required for apply patch')]
}

function managerFaults(manager: string): FieldError[] {
  const place = path('fieldManager')
  const long = new TextEncoder().encode(manager).length > managerBytes ? [tooLong(place, managerBytes)] : []
  const at = [...manager].findIndex((character) => /\p{C}/u.test(character))
  if (at < 0) return long
  const code = ([...manager][at] as string).codePointAt(0) as number
  const shown = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return [...long, invalidValue(place, manager, `invalid character ${shown} (at position ${at})`)]
}

function dryRunFaults(values: readonly string[]): FieldError[] {
  const given = values.filter((value) => value !== '')
  return given.every((value) => value === 'All') ? [] : [notSupported(path('dryRun'), given, ['All'])]
}

/** Delete options come in the body or, without one, in the query. Throws 400 for what is no number and the 422 of DeleteOptions. */
export function deleteOptions(call: Call, body: DeleteOptions | undefined): DeleteOptions {
  const options = body ?? deleteQuery(call.info.query)
  const { propagationPolicy: policy, orphanDependents, dryRun = [] } = options
  const place = path('propagationPolicy')
  const both = policy !== undefined && orphanDependents !== undefined
  const faults = [
    ...(both ? [invalidValue(place, policy, 'orphanDependents and deletionPropagation cannot be both set')] : []),
    ...(policy === undefined || policies.includes(policy) ? [] : [notSupported(place, policy, policies)]),
    ...dryRunFaults(dryRun),
  ]
  if (faults.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', faults)
  return options
}

/** What delete options say of the transition. */
export function deletionOptions(
  options: DeleteOptions,
): Pick<Delete, 'uid' | 'resourceVersion' | 'graceSeconds' | 'propagation'> {
  const propagation = options.propagationPolicy ?? (options.orphanDependents === true ? 'Orphan' : undefined)
  const { uid, resourceVersion } = options.preconditions ?? {}
  return {
    ...(uid ? { uid } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
    ...(options.gracePeriodSeconds === undefined ? {} : { graceSeconds: options.gracePeriodSeconds }),
    ...(propagation === undefined ? {} : { propagation }),
  }
}

function deleteQuery(query: URLSearchParams): DeleteOptions {
  const grace = query.get('gracePeriodSeconds')
  if (grace !== null && !/^[+-]?\d+$/.test(grace))
    throw badRequest(`strconv.ParseInt: parsing "${grace}": invalid syntax`)
  const policy = query.get('propagationPolicy')
  const orphan = query.get('orphanDependents')
  return {
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === null ? {} : { propagationPolicy: policy as 'Background' }),
    ...(orphan === null ? {} : { orphanDependents: orphan !== 'false' && orphan !== '0' }),
    ...(query.has('dryRun') ? { dryRun: query.getAll('dryRun') } : {}),
  }
}
