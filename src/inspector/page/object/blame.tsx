/** For each field: its value, who wrote it, when, and who or what began it. */
import { useSignal } from '@preact/signals'
import type { FieldBlame } from '../../questions.ts'
import { usePage } from '../app/page-context.ts'
import { RevisionLink } from '../app/parts.tsx'
import { useAnswer } from '../app/use-answer.ts'
import { factAt, nameOf, type Track } from '../model/track.ts'
import { duration, shortValue } from '../model/words.ts'
import { breakable } from './why-tab.tsx'

export function Blame({ track }: { readonly track: Track }) {
  const page = usePage()
  const filter = useSignal('')
  const model = page.model.value
  // The answer changes with the object, not with every revision; at the head it is asked anew for each of its writes.
  const fact = factAt(track, page.seq.value)
  const revision = model?.revisionAt(page.seq.value)
  const written = track.facts.indexOf(fact ?? (undefined as never))
  const about =
    fact === undefined || revision === undefined ? undefined : { ...nameOf(track), revision: revisionOf(written) }
  const answer = useAnswer('blame', about)
  const fields = answer.value.value
  if (fields === undefined) return answer.value.error === '' ? null : <p class="dim pad">{answer.value.error}</p>
  const shown = fields.filter(({ path, by }) => `${path} ${by}`.toLowerCase().includes(filter.value.toLowerCase()))
  return (
    <section class="block">
      <div class="block-head">
        <h3>Who wrote each field</h3>
        <input
          type="text"
          placeholder="field or writer"
          aria-label="Filter fields"
          value={filter.value}
          onInput={(event) => {
            filter.value = event.currentTarget.value
          }}
        />
      </div>
      <table class="blame">
        <thead>
          <tr>
            <th scope="col">field</th>
            <th scope="col">value</th>
            <th scope="col">written by</th>
            <th scope="col">began with</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((field) => (
            <Field key={field.path} field={field} now={model?.timeAt(page.seq.value) ?? 0} />
          ))}
        </tbody>
      </table>
    </section>
  )

  /** The revision of the write in force; its own number keeps the question the same until the next one. */
  function revisionOf(index: number): number {
    const seq = track.factSeq[index]
    return seq === undefined || model === undefined ? (revision ?? 0) : model.revisionAt(seq)
  }
}

function Field({ field, now }: { readonly field: FieldBlame; readonly now: number }) {
  return (
    <tr>
      <th scope="row">
        <code>{breakable(field.path)}</code>
      </th>
      <td class="mono" title={shortValue(field.value, 2000)}>
        {shortValue(field.value, 40)}
      </td>
      <td>
        {field.by} <RevisionLink revision={field.revision} />
        <span class="dim">
          {field.exact ? '' : 'or before, '}
          {duration(now - field.time)} ago
        </span>
      </td>
      <td>
        {field.root} {field.rootRevision === field.revision ? null : <RevisionLink revision={field.rootRevision} />}
      </td>
    </tr>
  )
}
