/** The list of suites. A new suite is its file and one line here. */
import type { Suite } from '../suite.ts'
import { kindSuites } from './kinds.ts'

export const suites: readonly Suite[] = [...kindSuites]
