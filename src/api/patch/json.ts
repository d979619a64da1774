/**
 * JSON Patch: a list of operations, applied all or none.
 * Source: RFC 6902; https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
 */
import type { Operation } from 'rfc6902'
import { applyPatch } from 'rfc6902'
import { PatchError } from './patch-error.ts'
import { isObject } from './values.ts'

/** The most operations one patch may have. */
export const maxOperations = 10_000

const rejected = 'the server rejected our request due to an error in our request'

/**
 * Applies a JSON patch to a copy; the original is untouched. The first failing operation ends it. Throws `BadRequest`
 * for a malformed patch and `Invalid` for one that cannot be applied; Kubernetes does not tell clients which operation.
 */
export function jsonPatch<T>(original: T, patch: unknown): T {
  const operations = checked(patch)
  const root = { document: structuredClone(original) as unknown }
  const rooted = operations.map((operation) => ({
    ...operation,
    path: `/document${operation.path}`,
    ...('from' in operation ? { from: `/document${operation.from}` } : {}),
  })) as Operation[]
  for (const [index, operation] of rooted.entries()) {
    const [failure] = applyPatch(root, [operation])
    if (failure !== null && failure !== undefined) {
      throw new PatchError('Invalid', rejected, `operation ${index} (${operation.op}): ${failure.message}`)
    }
  }
  return root.document as T
}

const operationNames = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])

function checked(patch: unknown): readonly Operation[] {
  if (!Array.isArray(patch)) {
    const word = patch === null ? 'null' : typeof patch === 'boolean' ? 'bool' : typeof patch
    throw new PatchError('BadRequest', `json: cannot unmarshal ${word} into Go value of type jsonpatch.Patch`)
  }
  if (patch.length > maxOperations) {
    const message = `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`
    throw new PatchError('BadRequest', message)
  }
  for (const [index, operation] of patch.entries()) checkOperation(operation, index)
  return patch as Operation[]
}

function checkOperation(operation: unknown, index: number): void {
  const why = whyMalformed(operation)
  if (why !== undefined) throw new PatchError('Invalid', rejected, `operation ${index}: ${why}`)
}

function whyMalformed(operation: unknown): string | undefined {
  if (!isObject(operation)) return 'is no object'
  const { op, path, from } = operation
  if (typeof op !== 'string' || !operationNames.has(op)) return `unknown op ${String(op)}`
  const valued = op === 'add' || op === 'replace' || op === 'test'
  if (valued && !Object.hasOwn(operation, 'value')) return 'value is missing'
  if (op === 'remove' && path === '') return 'the whole document cannot be removed'
  return whyNoPointer(path) ?? (op === 'move' || op === 'copy' ? whyNoPointer(from) : undefined)
}

function whyNoPointer(pointer: unknown): string | undefined {
  if (typeof pointer !== 'string') return 'path is missing'
  if (pointer !== '' && !pointer.startsWith('/')) return `path ${pointer} does not start with /`
  return pointer.split('/').includes('__proto__') ? 'path contains __proto__' : undefined
}
