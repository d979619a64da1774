/**
 * Errors of kybern's own, beside those Kubernetes would give: what happened, why, and what to do, with a stable code
 * that `kybern explain CODE` knows.
 */
export class KybernError extends Error {
  /** `KYB-…`. */
  readonly code: string

  constructor(code: string, message: string) {
    super(`${code}: ${message}`)
    this.name = 'KybernError'
    this.code = code
  }
}
