/** Plain data as a tree that folds. */
import type { Json } from '../../../api/object.ts'
import { shortValue } from '../model/words.ts'

export function Tree({ value, depth = 0 }: { readonly value: Json; readonly depth?: number }) {
  if (value === null || typeof value !== 'object') return <span class={`value ${typeof value}`}>{shown(value)}</span>
  const entries = Array.isArray(value) ? value.map((part, i) => [String(i), part] as const) : Object.entries(value)
  if (entries.length === 0) return <span class="value dim">{Array.isArray(value) ? '[]' : '{}'}</span>
  return (
    <ul class="tree">
      {entries.map(([key, part]) => (
        <Entry key={key} name={key} value={(part ?? null) as Json} depth={depth} />
      ))}
    </ul>
  )
}

function Entry({ name, value, depth }: { readonly name: string; readonly value: Json; readonly depth: number }) {
  const deep = value !== null && typeof value === 'object' && Object.keys(value).length > 0
  if (!deep)
    return (
      <li>
        <span class="key">{name}</span> <Tree value={value} />
      </li>
    )
  return (
    <li>
      <details open={depth < 1}>
        <summary>
          <span class="key">{name}</span> <span class="dim">{shortValue(value, 48)}</span>
        </summary>
        <Tree value={value} depth={depth + 1} />
      </details>
    </li>
  )
}

function shown(value: Json): string {
  return typeof value === 'string' ? value || '""' : String(value)
}
