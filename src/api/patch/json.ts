/**
 * JSON Patch: a list of operations, applied all or none. Own properties only, so that no path reaches a prototype.
 * Source: RFC 6902; https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
 */
import { PatchError } from './patch-error.ts'
import { equal, goWord, isObject } from './values.ts'

/** The most operations one patch may have. */
export const maxOperations = 10_000

const rejected = 'the server rejected our request due to an error in our request'

interface Operation {
  readonly op: string
  readonly path: string
  readonly from?: string
  readonly value?: unknown
}

/**
 * Applies a JSON patch. Pure; parts that no operation touches keep their reference. The first failing operation ends it.
 * Throws `BadRequest` for what is no patch, `TooLarge` for one of too many operations, and `Invalid` for one that cannot
 * be applied; Kubernetes does not tell clients which operation it was, `detail` does.
 */
export function jsonPatch<T>(original: T, patch: unknown): T {
  let document: unknown = original
  for (const [index, operation] of listOf(patch).entries()) {
    const why = whyMalformed(operation)
    if (why !== undefined) throw new PatchError('Invalid', rejected, `operation ${index}: ${why}`)
    const { op, path } = operation as Operation
    try {
      document = apply(document, operation as Operation)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new PatchError('Invalid', rejected, `operation ${index} (${op} ${path}): ${error.message}`)
    }
  }
  return document as T
}

function listOf(patch: unknown): readonly unknown[] {
  if (!Array.isArray(patch)) {
    throw new PatchError(
      'BadRequest',
      `error decoding patch: json: cannot unmarshal ${goWord(patch)} into Go value of type []handlers.jsonPatchOp`,
    )
  }
  if (patch.length <= maxOperations) return patch
  const message = `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`
  throw new PatchError('TooLarge', message)
}

const operationNames = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])

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
  // What stands before the first slash is not looked at, by the library real servers use either.
  if (pointer !== '' && !pointer.includes('/')) return `path ${pointer} has no /`
  return pointer.split('/').includes('__proto__') ? 'path contains __proto__' : undefined
}

function apply(document: unknown, operation: Operation): unknown {
  const { op, path, from = '', value } = operation
  switch (op) {
    case 'add':
      return put(document, tokens(path), value, true)
    case 'replace':
      replaceable(document, tokens(path))
      return put(document, tokens(path), value, false)
    case 'remove':
      return take(document, tokens(path))
    case 'copy':
      return put(document, tokens(path), find(document, tokens(from)), true)
    case 'move': {
      if (path.startsWith(`${from}/`)) throw new RangeError('a value cannot be moved into itself')
      const moved = find(document, tokens(from))
      return path === from ? document : put(take(document, tokens(from)), tokens(path), moved, true)
    }
    default:
      if (equal(find(document, tokens(path)), value)) return document
      throw new RangeError('the value differs')
  }
}

function tokens(pointer: string): string[] {
  const parts = pointer.split('/').slice(1)
  return parts.map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
}

function find(value: unknown, path: readonly string[]): unknown {
  return path.reduce((at, token) => child(at, token), value)
}

/** A list must have what is replaced; an object need not, as the library real servers use does not look. */
function replaceable(document: unknown, path: readonly string[]): void {
  const parent = find(document, path.slice(0, -1))
  if (!isObject(parent)) find(document, path)
}

function child(parent: unknown, token: string): unknown {
  if (Array.isArray(parent)) return parent[indexIn(parent, token, parent.length - 1)]
  if (isObject(parent) && Object.hasOwn(parent, token)) return parent[token]
  throw new RangeError(`there is nothing at ${token}`)
}

function indexIn(list: readonly unknown[], token: string, most: number): number {
  const index = /^(0|[1-9]\d*)$/.test(token) ? Number(token) : Number.NaN
  if (index <= most) return index
  throw new RangeError(`${token} is no index of a list of ${list.length}`)
}

/** Sets what the path names; in a list, `insert` makes room and `-` means the end. */
function put(parent: unknown, path: readonly string[], value: unknown, insert: boolean): unknown {
  const [token, ...rest] = path
  if (token === undefined) return value
  const next = rest.length === 0 ? value : put(child(parent, token), rest, value, insert)
  if (Array.isArray(parent)) {
    const adds = insert && rest.length === 0
    const index = adds && token === '-' ? parent.length : indexIn(parent, token, parent.length - (adds ? 0 : 1))
    return parent.toSpliced(index, adds ? 0 : 1, next)
  }
  if (isObject(parent)) return { ...parent, [token]: next }
  throw new RangeError(`${token} is no part of a scalar`)
}

function take(parent: unknown, path: readonly string[]): unknown {
  const [token = '', ...rest] = path
  const found = child(parent, token)
  if (rest.length > 0) return put(parent, [token], take(found, rest), false)
  if (Array.isArray(parent)) return parent.toSpliced(Number(token), 1)
  return Object.fromEntries(Object.entries(parent as object).filter(([key]) => key !== token))
}
