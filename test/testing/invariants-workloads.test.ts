/** What the control plane promises, held against runs of a live cluster: StatefulSets, DaemonSets, Jobs and CronJobs. */
import { heldAgainst, runs } from './invariant-runs.ts'

heldAgainst(runs.slice(4, 9))
