/**
 * The short hash of a pod template that names ReplicaSets and revisions. The algorithm is Kubernetes' (FNV-1a over a
 * description of the template, then decimal digits in a vowel-free alphabet), the description is not: Kubernetes hashes
 * a dump of Go structures, this hashes canonical JSON. Hashes are opaque, so clients cannot tell.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pod-template-hash-label
 */
import { canonicalJson } from '../lib/digest.ts'

const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
const basis = 0x811c9dc5
const prime = 0x01000193

/** FNV-1a of the text's UTF-8 bytes, 32 bits. Source: http://www.isthe.com/chongo/tech/comp/fnv/ */
export function fnv1a(text: string, start = basis): number {
  let hash = start
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, prime)
  return hash >>> 0
}

/** The text with every character replaced by one that spells no words: code modulo the alphabet's length. */
export function safeEncode(text: string): string {
  return [...text].map((char) => alphabet[(char.codePointAt(0) as number) % alphabet.length]).join('')
}

/** A hash of any JSON value: equal values, whatever the order of their keys, give equal text of at most 10 characters. */
export function objectHash(value: unknown, collisionCount?: number): string {
  const salt = collisionCount === undefined ? '' : String(collisionCount)
  return safeEncode(String(fnv1a(canonicalJson(value) + salt)))
}

/** The `pod-template-hash` of a template; `collisionCount` is raised when a hash is taken by another template. */
export function podTemplateHash(template: unknown, collisionCount?: number): string {
  return objectHash(template, collisionCount)
}
