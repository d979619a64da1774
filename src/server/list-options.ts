/**
 * The options of lists and watches, judged as metav1's ListOptions are, and the token that continues a list.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
import { type FieldError, forbiddenValue, notSupported, path } from '../api/field-error.ts'
import { whyNotGoJson } from '../api/go-json.ts'
import { badRequest, invalid } from '../api/status-error.ts'
import { isTrue } from './request-info.ts'

/** What a list or watch asks for. `version` is '' when none was named. */
export interface ListOptions {
  readonly limit: number
  readonly token: Continue | undefined
  readonly version: string
  readonly match: 'Exact' | 'NotOlderThan' | ''
  readonly initialEvents: boolean
  readonly bookmarks: boolean
  /** 0 when the server decides. */
  readonly timeoutSeconds: number
}

/** Where a list goes on: behind `start`, at revision `rv`; -1 stands for the newest one. */
export interface Continue {
  readonly rv: number
  readonly start: string
}

/** Reads them. Throws 400 for what cannot be read and the 422 of ListOptions for what does not go together. */
export function listOptions(query: URLSearchParams, watch: boolean): ListOptions {
  const version = query.get('resourceVersion') ?? ''
  const match = query.get('resourceVersionMatch') ?? ''
  const continues = query.get('continue') ?? ''
  const limit = integer(query.get('limit'))
  const timeoutSeconds = integer(query.get('timeoutSeconds'))
  const initial = query.get('sendInitialEvents')
  const faults = watch ? watchFaults(match, initial) : listFaults(version, match, continues, initial)
  if (faults.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', faults)
  if (!watch && continues !== '' && version !== '' && version !== '0')
    throw badRequest('specifying resource version is not allowed when using continue')
  return {
    limit: Math.max(0, limit),
    token: watch ? undefined : continueOf(continues),
    version,
    match: match as 'Exact',
    initialEvents: isTrue(initial),
    bookmarks: isTrue(query.get('allowWatchBookmarks')),
    timeoutSeconds,
  }
}

const matchAt = path('resourceVersionMatch')

function listFaults(version: string, match: string, continues: string, initial: string | null): FieldError[] {
  const faults =
    initial === null ? [] : [forbiddenValue(path('sendInitialEvents'), 'sendInitialEvents is forbidden for list')]
  if (match === '') return faults
  if (continues !== '')
    return [...faults, forbiddenValue(matchAt, 'resourceVersionMatch is forbidden when continue is provided')]
  if (version === '')
    return [...faults, forbiddenValue(matchAt, 'resourceVersionMatch is forbidden unless resourceVersion is provided')]
  if (match !== 'Exact' && match !== 'NotOlderThan')
    return [...faults, notSupported(matchAt, match, ['Exact', 'NotOlderThan', ''])]
  if (match === 'Exact' && version === '0')
    return [...faults, forbiddenValue(matchAt, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')]
  return faults
}

function watchFaults(match: string, initial: string | null): FieldError[] {
  if (initial === null)
    return match === ''
      ? []
      : [forbiddenValue(matchAt, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')]
  if (match === 'NotOlderThan') return []
  const needs = forbiddenValue(matchAt, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
  return match === '' ? [needs] : [needs, notSupported(matchAt, match, ['NotOlderThan'])]
}

function integer(text: string | null): number {
  if (text === null || text === '') return 0
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`)
  return Number(text)
}

/** Why a text is no resource version. */
export function whyNotVersion(text: string): string | undefined {
  if (/^\d+$/.test(text)) return undefined
  return `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`
}

/** The token after `start`. */
export function continueToken({ rv, start }: Continue): string {
  const text = JSON.stringify({ v: 'meta.k8s.io/v1', rv, start: `${start}\u0000` })
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replace(/=+$/, '')
    .replaceAll('+', '-')
    .replaceAll('/', '_')
}

function continueOf(text: string): Continue | undefined {
  if (text === '') return undefined
  const why = 'continue key is not valid'
  const wrong = [...text].findIndex((character) => !/[\w-]/.test(character))
  if (wrong >= 0) throw badRequest(`invalid continue token: ${why}: illegal base64 data at input byte ${wrong}`)
  const bytes = bytesOf(text)
  if (bytes === undefined)
    throw badRequest(`invalid continue token: ${why}: illegal base64 data at input byte ${text.length - 1}`)
  const fault = whyNotGoJson(bytes)
  if (fault !== undefined) throw badRequest(`invalid continue token: ${why}: ${fault}`)
  return tokenOf(JSON.parse(new TextDecoder().decode(bytes)))
}

function bytesOf(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
  } catch {
    return undefined
  }
}

function tokenOf(value: { v?: unknown; rv?: unknown; start?: unknown }): Continue {
  const { v, rv, start } = value
  if (v !== 'meta.k8s.io/v1')
    throw badRequest(
      'invalid continue token: continue key is not valid: server does not recognize this encoded version',
    )
  if (typeof rv !== 'number' || rv === 0)
    throw badRequest(
      'invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
    )
  if (typeof start !== 'string' || start === '')
    throw badRequest(
      'invalid continue token: continue key is not valid: encoded start key empty (version meta.k8s.io/v1)',
    )
  return { rv, start: start.replace(/\0$/, '') }
}
