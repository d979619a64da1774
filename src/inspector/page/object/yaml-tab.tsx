/** The object as YAML at the chosen moment; lines that its last write added and dropped are marked. */
import { useMemo } from 'preact/hooks'
import { Icon } from '../app/icons.tsx'
import { usePage } from '../app/page-context.ts'
import { Empty } from '../app/parts.tsx'
import { useAnswer } from '../app/use-answer.ts'
import { lastAtOrBefore } from '../model/axis.ts'
import { nameOf, type Track } from '../model/track.ts'
import { comparedLines } from './compared-lines.ts'
import { yamlParts } from './yaml-parts.ts'

export function YamlTab({ track }: { readonly track: Track }) {
  const page = usePage()
  const model = page.model.value
  const seq = track.factSeq[lastAtOrBefore(track.factSeq, page.seq.value)]
  const before = track.factSeq[track.factSeq.indexOf(seq ?? -1) - 1]
  const was = before === undefined ? undefined : model?.revisionAt(before)
  const revision = seq === undefined ? undefined : model?.revisionAt(seq)
  const isObject = track.resource !== ''
  const answer = useAnswer('object', isObject && revision !== undefined ? { ...nameOf(track), revision } : undefined)
  const earlier = useAnswer('object', isObject && was !== undefined ? { ...nameOf(track), revision: was } : undefined)
  const yaml = answer.value.value?.yaml
  const old = earlier.value.value?.yaml
  const lines = useMemo(() => comparedLines(old ?? yaml ?? '', yaml ?? ''), [old, yaml])
  if (!isObject) return <Empty text="This is an actor inside the cluster, no object of the API: it has no YAML." />
  if (yaml === undefined) return answer.value.error === '' ? null : <p class="dim pad">{answer.value.error}</p>
  const edit = (): void => {
    page.draft.value = yaml
    page.dialog.value = 'apply'
  }
  const copy = (): void => {
    void navigator.clipboard.writeText(yaml).then(() => page.tell('YAML copied'))
  }
  return (
    <>
      <div class="row pad">
        <span class="dim">
          as of rev <b class="mono">{revision}</b>
          {answer.value.value?.gone === true ? ', its last state' : ''}
        </span>
        <span class="spring" />
        <button type="button" class="quiet" onClick={copy}>
          <Icon name="copy" /> copy
        </button>
        <button type="button" class="quiet" onClick={edit}>
          <Icon name="edit" /> edit
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keys */}
      <pre class="yaml" tabIndex={0}>
        {lines.map(({ text, sign }, i) => (
          <YamlLine key={`${i} ${text}`} line={text} sign={sign} />
        ))}
      </pre>
    </>
  )
}

function YamlLine({ line, sign }: { readonly line: string; readonly sign: string }) {
  return (
    <div class={sign === '+' ? 'added' : sign === '-' ? 'dropped' : ''}>
      <span class="y-sign">{sign}</span>
      {yamlParts(line).map(({ kind, text }, i) => (
        <span key={`${i} ${text}`} class={`y-${kind}`}>
          {text}
        </span>
      ))}
    </div>
  )
}
