/**
 * The order of merged lists: what the patch names comes in the patch's order, what only the server has keeps its place
 * relative to its neighbours.
 * Source: KEP "Strategic merge patch: preserve order", kubernetes/community sig-cli/preserve-order-in-strategic-merge-patch.md
 */
import { goValue, PatchError } from './patch-error.ts'
import { isObject, own } from './values.ts'

/** Throws unless the patch's elements appear in the order list, in that order; deletions may be absent. */
export function checkOrder(patch: readonly unknown[], order: readonly unknown[], key: string | undefined): void {
  const elements = patch.filter((item) => !isObject(item) || own(item, '$patch') === undefined)
  let last = -1
  for (const item of elements) {
    const index = indexIn(order, item, key)
    if (index <= last) {
      const message = `The order in patch list:\n${goValue(patch)}\n doesn't match $setElementOrder list:\n${goValue(order)}\n`
      throw new PatchError('InternalError', message)
    }
    last = index
  }
}

/** Sorts merged elements: those of the patch by `patchOrder`, the others by `serverOrder`, then weaves them together. */
export function inOrder(
  merged: readonly unknown[],
  patchOrder: readonly unknown[],
  serverOrder: readonly unknown[],
  key: string | undefined,
): unknown[] {
  const fromPatch = sorted(merged, patchOrder, key)
  const serverOnly = sorted(
    merged.filter((item) => indexIn(patchOrder, item, key) < 0),
    serverOrder,
    key,
    true,
  )
  return weave(serverOnly, fromPatch, serverOrder, key)
}

function sorted(items: readonly unknown[], order: readonly unknown[], key: string | undefined, all = false): unknown[] {
  const placed = items.map((item) => ({ item, index: indexIn(order, item, key) }))
  const chosen = all ? placed : placed.filter((each) => each.index >= 0)
  return chosen.sort((a, b) => (a.index >= 0 && b.index >= 0 ? a.index - b.index : 0)).map((each) => each.item)
}

/** A server-only element goes first only where the server had it before the patch's next element. */
function weave(
  serverOnly: readonly unknown[],
  fromPatch: readonly unknown[],
  serverOrder: readonly unknown[],
  key: string | undefined,
): unknown[] {
  const result: unknown[] = []
  let left = 0
  let right = 0
  while (left < serverOnly.length && right < fromPatch.length) {
    const leftIndex = indexIn(serverOrder, serverOnly[left], key)
    const rightIndex = indexIn(serverOrder, fromPatch[right], key)
    if (leftIndex >= 0 && rightIndex >= 0 && leftIndex < rightIndex) result.push(serverOnly[left++])
    else result.push(fromPatch[right++])
  }
  return [...result, ...serverOnly.slice(left), ...fromPatch.slice(right)]
}

function indexIn(list: readonly unknown[], item: unknown, key: string | undefined): number {
  if (key === undefined || !isObject(item)) return list.indexOf(item)
  const value = own(item, key)
  return list.findIndex((each) => isObject(each) && own(each, key) === value)
}
