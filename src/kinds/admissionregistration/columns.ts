/** Cells that the tables of policies and bindings share. */
import type { KubeObject } from '../../api/object.ts'

/** The kind of a policy's parameters. */
export function paramKindText({ spec }: KubeObject): string {
  const { apiVersion = '', kind = '' } = spec?.paramKind ?? {}
  return spec?.paramKind === undefined ? '<unset>' : `${apiVersion}/${kind}`
}

/** The parameters of a binding: by name, or the selector as Go prints it. */
export function paramRefText({ spec }: KubeObject): string {
  const { name, namespace, selector } = spec?.paramRef ?? {}
  if (name) return `${namespace || '*'}/${name}`
  return selector === undefined ? '<unset>' : goSelector(selector)
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[]
}

function goSelector({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const labels = Object.keys(matchLabels)
    .sort()
    .map((key) => `${key}: ${matchLabels[key]},`)
  const terms = matchExpressions.map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],}`,
  )
  const list = `[]LabelSelectorRequirement{${terms.map((term) => `${term},`).join('')}}`
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:${list},}`
}
