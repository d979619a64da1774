/** Reports about a state rather than a change: they are made once, as long as the event is remembered. */
import type { Report } from '../store/transition.ts'
import type { View } from '../store/view.ts'

/** The report, or nothing when the same one is among the object's events already. */
export function unlessTold(view: View, report: Report): Report[] {
  const events = view.by('events', 'involved', report.regarding.metadata.uid ?? '')
  const told = events.some(
    (event) =>
      event.reason === report.reason &&
      event.message === report.message &&
      event.source?.component === report.source.component,
  )
  return told ? [] : [report]
}
