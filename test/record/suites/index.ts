/** The list of suites. A new suite is its file and one line here. */
import type { Suite } from '../suite.ts'
import { apply } from './apply.ts'
import { authSuites } from './auth.ts'
import { custom } from './custom.ts'
import { expressions } from './expressions.ts'
import { kindSuites } from './kinds.ts'
import { limits } from './limits.ts'
import { matchConditions } from './match-conditions.ts'
import { negotiation } from './negotiation.ts'
import { patches } from './patches.ts'
import { paths } from './paths.ts'
import { plugins } from './plugins.ts'
import { podSecurity } from './pod-security.ts'
import { admissionPolicies } from './policies.ts'
import { reading } from './reading.ts'
import { admissionWebhooks } from './webhooks.ts'

const requests = [patches, apply, reading, paths, negotiation, custom]
const admission = [admissionPolicies, limits, matchConditions, plugins, podSecurity, admissionWebhooks, expressions]

export const suites: readonly Suite[] = [...kindSuites, ...authSuites, ...requests, ...admission]
