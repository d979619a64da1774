/** The vitest program that repeats what was done. */
import { Dialog } from '../app/dialog.tsx'
import { Icon } from '../app/icons.tsx'
import { usePage } from '../app/page-context.ts'
import { useAnswer } from '../app/use-answer.ts'
import { download } from '../chart/export.ts'

export function TestDialog() {
  const page = usePage()
  const answer = useAnswer('test', {})
  const { value, error } = answer.value
  const copy = (): void => {
    if (value !== undefined) void navigator.clipboard.writeText(value).then(() => page.tell('Test copied'))
  }
  const tools = (
    <>
      <button type="button" class="quiet" disabled={value === undefined} onClick={copy}>
        <Icon name="copy" /> copy
      </button>
      <button
        type="button"
        class="quiet"
        disabled={value === undefined}
        onClick={() => value !== undefined && download('run.test.ts', value, 'text/plain')}
      >
        <Icon name="save" /> save
      </button>
    </>
  )
  return (
    <Dialog title="As a test" tools={tools}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keys */}
      <pre class="program" tabIndex={0}>
        {value ?? error}
      </pre>
    </Dialog>
  )
}
