/** Why a patch cannot be applied, as the API server answers it, and Go's way of printing values in such messages. */

/** `BadRequest` is answered with 400, `TooLarge` with 413, `Invalid` with 422, `InternalError` with 500. */
export type PatchReason = 'BadRequest' | 'TooLarge' | 'Invalid' | 'InternalError'

/** Thrown by all patch functions. `detail` says more than Kubernetes tells its clients. */
export class PatchError extends Error {
  readonly reason: PatchReason
  readonly detail: string
  constructor(reason: PatchReason, message: string, detail = message) {
    super(message)
    this.name = 'PatchError'
    this.reason = reason
    this.detail = detail
  }
}

/** Prints a JSON value as Go's `%v` does: `map[a:1 b:[x y]]`, keys sorted. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  const entries = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `map[${entries.map(([key, item]) => `${key}:${goValue(item)}`).join(' ')}]`
}
