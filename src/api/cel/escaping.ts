/**
 * Field names as expressions write them: `foo-bar` is `foo__dash__bar`, `namespace` is `__namespace__`.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-path
 */

const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)
const written: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
}
const read: Readonly<Record<string, string>> = { underscores: '__', dot: '.', dash: '-', slash: '/' }

/** The identifier for a field name, `undefined` when it has none. */
export function escapeName(name: string): string | undefined {
  if (!/^[A-Za-z_\-./][\w\-./]*$/.test(name)) return undefined
  if (reserved.has(name)) return `__${name}__`
  return /__|[-./]/.test(name) ? name.replace(/__|[-./]/g, (part) => written[part] ?? part) : name
}

/** The field name of an identifier, `undefined` when it is none. */
export function unescapeName(identifier: string): string | undefined {
  if (!identifier.includes('__')) return identifier
  let valid = true
  const name = identifier.replace(/__[^_]+__/g, (part) => {
    const inside = part.slice(2, -2)
    if (Object.hasOwn(read, inside)) return read[inside] as string
    if (!reserved.has(inside) || part.length !== identifier.length) valid = false
    return inside
  })
  return valid ? name : undefined
}
