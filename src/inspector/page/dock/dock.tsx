/** Beneath the view: a terminal, and beside it a guided lesson. */
import { usePage } from '../app/page-context.ts'
import { LessonPanel } from './lesson-panel.tsx'
import { TerminalPanel } from './terminal-panel.tsx'

export function Dock() {
  const page = usePage()
  const [terminal, lessons] = [page.terminalOpen.value, page.lessonsOpen.value]
  if (!terminal && !lessons) return null
  return (
    <div class="dock">
      {lessons ? <LessonPanel /> : null}
      {terminal ? <TerminalPanel /> : null}
    </div>
  )
}
