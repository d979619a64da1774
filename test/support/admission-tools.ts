/** The tools of admission plugins, for calling one by itself: nothing random, nothing outside. */
import type { AdmissionTools } from '../../src/store/admission-step.ts'

export function toolsOf(more: Partial<AdmissionTools> = {}): AdmissionTools {
  return {
    suffix: () => 'abcde',
    random: () => 0,
    uid: () => 'uid',
    warn: () => undefined,
    audit: () => undefined,
    ask: () => [],
    requestId: () => 'request',
    alsoWrite: () => undefined,
    again: false,
    passAgain: () => undefined,
    kept: new Map(),
    ...more,
  }
}
