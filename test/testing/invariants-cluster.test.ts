/** What the control plane promises, held against runs of a live cluster: nodes, budgets, placement, owners, quotas, services and autoscaling. */
import { heldAgainst, runs } from './invariant-runs.ts'

heldAgainst(runs.slice(9))
