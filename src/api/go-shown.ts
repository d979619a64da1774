/**
 * Parts of objects as the API server shows them in its messages: fields in the order of their declaration, keys of maps
 * sorted, what is empty left out. Clients compare these texts, however the sender ordered the document.
 * Source: https://pkg.go.dev/encoding/json#Marshal; https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector/
 */
import { entriesOf, isFilled, type Part } from './checks.ts'

/** A map with its keys in order; null when there is none. */
export function shownMap(map: Part): Readonly<Record<string, unknown>> | null {
  return map === undefined || map === null ? null : Object.fromEntries(entriesOf(map))
}

/** A label selector; null when there is none. */
export function shownSelector(selector: Part): Readonly<Record<string, unknown>> | null {
  if (selector === undefined || selector === null) return null
  const { matchLabels, matchExpressions } = selector
  return {
    ...(isFilled(matchLabels) && { matchLabels: shownMap(matchLabels) }),
    ...(isFilled(matchExpressions) && { matchExpressions: matchExpressions.map(shownExpression) }),
  }
}

function shownExpression({ key = '', operator = '', values }: Part): Readonly<Record<string, unknown>> {
  return { key, operator, ...(isFilled(values) && { values }) }
}
