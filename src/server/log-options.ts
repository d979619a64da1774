/**
 * The options of GET pods/<name>/log, read and checked as Kubernetes does.
 * Source: k8s.io/kubernetes pkg/apis/core/validation (ValidatePodLogOptions)
 */
import { type FieldError, forbiddenValue, invalidValue } from '../api/field-error.ts'
import { goQuote } from '../api/go-text.ts'
import { badRequest, invalid } from '../api/status-error.ts'
import { isTime, parseTime } from '../api/time.ts'
import { isTrue } from './request-info.ts'

export interface LogQuery {
  readonly container: string | null
  readonly follow: boolean
  readonly previous: boolean
  readonly timestamps: boolean
  readonly sinceSeconds: number | undefined
  /** ms since the epoch. */
  readonly sinceTime: number | undefined
  readonly tailLines: number | undefined
  readonly limitBytes: number | undefined
  readonly stream: string | null
}

/** Throws 400 for what cannot be read, 422 for what makes no sense. */
export function logQuery(query: URLSearchParams, pod: string): LogQuery {
  const since = query.get('sinceTime')
  const asked: LogQuery = {
    container: query.get('container'),
    follow: isTrue(query.get('follow')),
    previous: isTrue(query.get('previous')),
    timestamps: isTrue(query.get('timestamps')),
    sinceSeconds: whole(query.get('sinceSeconds')),
    sinceTime: since === null ? undefined : timeIn(since),
    tailLines: whole(query.get('tailLines')),
    limitBytes: whole(query.get('limitBytes')),
    stream: query.get('stream'),
  }
  const faults = faultsOf(asked)
  if (faults.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, pod, faults)
  return asked
}

function faultsOf({ tailLines, limitBytes, sinceSeconds, sinceTime, stream }: LogQuery): FieldError[] {
  const faults: FieldError[] = []
  if (tailLines !== undefined && tailLines < 0)
    faults.push(invalidValue('tailLines', tailLines, 'must be greater than or equal to 0'))
  if (limitBytes !== undefined && limitBytes < 1)
    faults.push(invalidValue('limitBytes', limitBytes, 'must be greater than 0'))
  if (sinceSeconds !== undefined && sinceTime !== undefined)
    faults.push(forbiddenValue('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'))
  else if (sinceSeconds !== undefined && sinceSeconds < 1)
    faults.push(invalidValue('sinceSeconds', sinceSeconds, 'must be greater than 0'))
  // Choosing a stream is behind a gate (PodLogsQuerySplitStreams) that is off.
  if (stream !== null) faults.push(forbiddenValue('stream', 'may not be specified'))
  return faults
}

function whole(text: string | null): number | undefined {
  if (text === null || text === '') return undefined
  if (/^[-+]?\d+$/.test(text)) return Number(text)
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
}

function timeIn(text: string): number {
  if (isTime(text)) return parseTime(text)
  const quoted = goQuote(text)
  throw badRequest(`parsing time ${quoted} as "2006-01-02T15:04:05Z07:00": cannot parse ${quoted} as "2006"`)
}
