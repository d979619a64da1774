/** What the control plane promises, held against runs of a live cluster: rollouts of Deployments. */
import { heldAgainst, runs } from './invariant-runs.ts'

heldAgainst(runs.slice(0, 4))
