/**
 * The errors an API server answers, as values that can be thrown: each carries a complete metav1.Status.
 * Source: k8s.io/apimachinery pkg/api/errors;
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
import { aggregateText, type FieldError, fieldErrorBody } from './field-error.ts'
import { goQuote } from './go-text.ts'

/** One cause in a Status: a field's fault, or another machine-readable reason. */
export interface StatusCause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

/** What a Status says about the object concerned; `kind` is the resource (plural) except in validation errors. */
export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** metav1.Status as JSON. `code` is the HTTP status code. */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: Readonly<Record<string, unknown>>
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  readonly code: number
}

/** What distinguishes one failure from another; the constant fields are added. */
export interface Failure {
  readonly code: number
  readonly reason?: string
  readonly message: string
  readonly details?: StatusDetails
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** A refusal of the API server. `message` is the Status' message. */
export class StatusError extends Error {
  readonly status: Status
  /** What the client is warned of beside the refusal. */
  warnings: readonly string[] = []

  constructor(failure: Failure | Status) {
    super(failure.message ?? '')
    this.name = 'StatusError'
    const { code, reason, message, details, metadata = {} } = failure
    const said = { ...(message ? { message } : {}), ...(reason ? { reason } : {}), ...(details ? { details } : {}) }
    this.status = { kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', ...said, code }
  }

  /** The HTTP status code. */
  get code(): number {
    return this.status.code
  }

  /** The machine-readable reason, '' when the Status has none. */
  get reason(): string {
    return this.status.reason ?? ''
  }
}

/** True for an error of this house with (when given) this reason. */
export function isStatusError(error: unknown, reason?: string): error is StatusError {
  return error instanceof StatusError && (reason === undefined || error.reason === reason)
}

/** A collection: its key ('pods', 'deployments.apps', also with a subresource 'pods/binding') or group and plural. */
export type GroupResource = string | { readonly group: string; readonly resource: string }

/** A kind with its group; '' is the core group. */
export interface GroupKind {
  readonly group: string
  readonly kind: string
}

function split(resource: GroupResource): { group: string; resource: string } {
  if (typeof resource !== 'string') return resource
  const dot = resource.indexOf('.')
  return dot < 0 ? { group: '', resource } : { group: resource.slice(dot + 1), resource: resource.slice(0, dot) }
}

function qualified(group: string, word: string): string {
  return group === '' ? word : `${word}.${group}`
}

function textOf(resource: GroupResource): string {
  const { group, resource: plural } = split(resource)
  return qualified(group, plural)
}

function detailsOf(resource: GroupResource, name: string, more: StatusDetails = {}): StatusDetails {
  const { group, resource: plural } = split(resource)
  return {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    ...(plural === '' ? {} : { kind: plural }),
    ...more,
  }
}

function retry(seconds: number): { retryAfterSeconds?: number } {
  return seconds === 0 ? {} : { retryAfterSeconds: seconds }
}

/** 404: no object of this name. */
export function notFound(resource: GroupResource, name: string): StatusError {
  const message = `${textOf(resource)} ${goQuote(name)} not found`
  return new StatusError({ code: 404, reason: 'NotFound', message, details: detailsOf(resource, name) })
}

/** 404 of a URL that names no resource at all, as the server answers it to clients. */
export function resourceNotFound(): StatusError {
  return new StatusError({
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    details: {},
  })
}

/** 409: the name is taken. */
export function alreadyExists(resource: GroupResource, name: string): StatusError {
  const message = `${textOf(resource)} ${goQuote(name)} already exists`
  return new StatusError({ code: 409, reason: 'AlreadyExists', message, details: detailsOf(resource, name) })
}

/** 409: no free name was found for generateName. */
export function generateNameConflict(resource: GroupResource, name: string, retryAfterSeconds = 1): StatusError {
  const message = `${textOf(resource)} ${goQuote(name)} already exists, the server was not able to generate a unique name for the object`
  const details = detailsOf(resource, name, retry(retryAfterSeconds))
  return new StatusError({ code: 409, reason: 'AlreadyExists', message, details })
}

/** What a conflict says when the resourceVersion sent is not the stored one. */
export const staleObjectMessage =
  'the object has been modified; please apply your changes to the latest version and try again'

/** 409: the write does not fit the stored object; by default because its resourceVersion is stale. */
export function conflict(resource: GroupResource, name: string, why: string = staleObjectMessage): StatusError {
  const message = `Operation cannot be fulfilled on ${textOf(resource)} ${goQuote(name)}: ${why}`
  return new StatusError({ code: 409, reason: 'Conflict', message, details: detailsOf(resource, name) })
}

/** 415 of a patch whose media type nobody reads. */
export function unknownMediaType(): StatusError {
  return new StatusError({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: '415: Unsupported Media Type',
    details: {},
  })
}

/** 500 of an error that has no reason: what went wrong, as it is. */
export function plainError(message: string): StatusError {
  return new StatusError({ code: 500, message })
}

/** 422: the patched object cannot be read. Kubernetes shows the patch (or what came of it), not the object's name. */
export function invalidPatch(shown: string, why: string): StatusError {
  const body = `Invalid value: ${goQuote(shown)}: ${why}`
  const causes = [{ reason: 'FieldValueInvalid', message: body, field: 'patch' }]
  return new StatusError({
    code: 422,
    reason: 'Invalid',
    message: ` "" is invalid: patch: ${body}`,
    details: { causes },
  })
}

/** 409: the uid (or resourceVersion) demanded by a precondition is not the stored one. */
export function preconditionFailed(
  resource: GroupResource,
  name: string,
  demanded: string,
  stored: string,
  field: 'UID' | 'ResourceVersion' = 'UID',
): StatusError {
  const why = `Precondition failed: ${field} in precondition: ${demanded}, ${field} in object meta: ${stored}`
  return conflict(resource, name, why)
}

/** 409: the uid (or resourceVersion) demanded by a delete is not the stored one. It names the kind, not the resource. */
export function deletePreconditionFailed(
  kind: GroupKind,
  name: string,
  demanded: string,
  stored: string,
  field: 'UID' | 'ResourceVersion' = 'UID',
): StatusError {
  const since = field === 'UID' ? 'deleted and then recreated' : 'modified'
  const why = `the ${field} in the precondition (${demanded}) does not match the ${field} in record (${stored}). The object might have been ${since}`
  return conflict({ group: kind.group, resource: kind.kind }, name, why)
}

/** 409 of server-side apply: every field owned by another manager is one cause. */
export function applyConflict(causes: readonly StatusCause[], message: string): StatusError {
  return new StatusError({ code: 409, reason: 'Conflict', message, details: { causes } })
}

/** 422: the object breaks rules; every fault is one cause. */
export function invalid(kind: GroupKind, name: string, errors: readonly FieldError[]): StatusError {
  const subject = `${qualified(kind.group, kind.kind)} ${goQuote(name)} is invalid`
  const message = errors.length === 0 ? subject : `${subject}: ${aggregateText(errors)}`
  const causes = errors.map((error) => ({
    reason: error.type,
    message: fieldErrorBody(error),
    ...(error.field === '' ? {} : { field: error.field }),
  }))
  const more = causes.length === 0 ? {} : { causes }
  const details = detailsOf({ group: kind.group, resource: kind.kind }, name, more)
  return new StatusError({ code: 422, reason: 'Invalid', message, details })
}

/** 422 of a patch that cannot be applied (a failed `test`, a missing path): the server does not say what was wrong. */
export function unprocessable(): StatusError {
  const message = 'the server rejected our request due to an error in our request'
  return new StatusError({ code: 422, reason: 'Invalid', message, details: {} })
}

/** 400: the request makes no sense. */
export function badRequest(message: string): StatusError {
  return new StatusError({ code: 400, reason: 'BadRequest', message })
}

/** 401: the caller is not known. */
export function unauthorized(message = 'not authorized'): StatusError {
  return new StatusError({ code: 401, reason: 'Unauthorized', message })
}

/** 403: the caller may not. An empty resource gives `forbidden: why`, an empty name leaves the name out. */
export function forbidden(resource: GroupResource, name: string, why: string): StatusError {
  const text = textOf(resource)
  const subject = text === '' ? 'forbidden' : `${text}${name === '' ? '' : ` ${goQuote(name)}`} is forbidden`
  const details = detailsOf(resource, name)
  return new StatusError({ code: 403, reason: 'Forbidden', message: `${subject}: ${why}`, details })
}

/** 405: the resource does not take this action ('create', 'patch' …). */
export function methodNotAllowed(resource: GroupResource, action: string): StatusError {
  const message = `${action} is not supported on resources of kind ${goQuote(textOf(resource))}`
  return new StatusError({ code: 405, reason: 'MethodNotAllowed', message, details: detailsOf(resource, '') })
}

/** 405 of a path that serves other methods only. */
export function methodNotServed(): StatusError {
  const message = 'the server does not allow this method on the requested resource'
  return new StatusError({ code: 405, reason: 'MethodNotAllowed', message, details: {} })
}

/** 406: none of the media types the client accepts can be produced. */
export function notAcceptable(accepted: readonly string[]): StatusError {
  const message = `only the following media types are accepted: ${accepted.join(', ')}`
  return new StatusError({ code: 406, reason: 'NotAcceptable', message })
}

/** 406 of an Accept header without any media type that is served. */
export function nothingAcceptable(served: readonly string[]): StatusError {
  const message = `406: Not Acceptable\n\nAvailable representations: ${served.join(', ')}`
  return new StatusError({ code: 406, reason: 'NotAcceptable', message, details: {} })
}

/** 406: metadata of a list was asked for and there is one object, or the other way round. `type` is Go's name. */
export function notThatShape(asked: string, type: string, isList: boolean): StatusError {
  const message = `you requested ${asked}, but the requested object is ${isList ? '' : 'not '}a list (${type})`
  return new StatusError({ code: 406, reason: 'NotAcceptable', message })
}

/** 415: the body's media type is not among those the server reads. */
export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`
  return new StatusError({ code: 415, reason: 'UnsupportedMediaType', message })
}

/** 413: the body exceeds a limit, which the message names. */
export function tooLarge(message: string): StatusError {
  const text = `Request entity too large: ${message}`
  return new StatusError({ code: 413, reason: 'RequestEntityTooLarge', message: text })
}

/** 410 with reason Gone. Lists and watches use `expired`. */
export function gone(message: string): StatusError {
  return new StatusError({ code: 410, reason: 'Gone', message })
}

/** 410 with reason Expired: the resourceVersion or continue token is too old. */
export function expired(message: string): StatusError {
  return new StatusError({ code: 410, reason: 'Expired', message })
}

/** 410 of a page whose revision is forgotten; `token` goes on with the newest one, at the price of consistency. */
export function inconsistentContinue(token: string): StatusError {
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'
  return new StatusError({ code: 410, reason: 'Expired', message, metadata: { continue: token } })
}

/** 504: a version that this server has not reached. */
export function tooLargeVersion(version: number, current: number): StatusError {
  const cause = { reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }
  const message = `Timeout: Too large resource version: ${version}, current: ${current}`
  const details = { causes: [cause], retryAfterSeconds: 1 }
  return new StatusError({ code: 504, reason: 'Timeout', message, details })
}

/** 429: come back later. */
export function tooManyRequests(message: string, retryAfterSeconds = 1): StatusError {
  return new StatusError({ code: 429, reason: 'TooManyRequests', message, details: retry(retryAfterSeconds) })
}

/** 500: the server's own fault. */
export function internal(message: string): StatusError {
  const details = { causes: [{ message }] }
  return new StatusError({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    details,
  })
}

/** 503: not now. */
export function serviceUnavailable(message: string): StatusError {
  return new StatusError({ code: 503, reason: 'ServiceUnavailable', message })
}

/** 504: the answer did not come in time; the write may still happen. */
export function timeout(message: string, retryAfterSeconds = 0): StatusError {
  const details = retry(retryAfterSeconds)
  return new StatusError({ code: 504, reason: 'Timeout', message: `Timeout: ${message}`, details })
}

/** 500 with reason ServerTimeout: a transient fault of the server, try again. */
export function serverTimeout(resource: GroupResource, operation: string, retryAfterSeconds = 0): StatusError {
  const message = `The ${operation} operation against ${textOf(resource)} could not be completed at this time, please try again.`
  const details = detailsOf(resource, operation, retry(retryAfterSeconds))
  return new StatusError({ code: 500, reason: 'ServerTimeout', message, details })
}

/** 501: Kubernetes has it, kybern does not (yet). `code` is a stable kybern code such as 'KYB-EXEC'. */
export function notImplemented(code: string, message: string): StatusError {
  const details = { causes: [{ reason: code, message }] }
  return new StatusError({ code: 501, reason: 'NotImplemented', message: `${code}: ${message}`, details })
}
