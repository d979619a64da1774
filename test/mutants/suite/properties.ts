/**
 * The properties every run is held to: what the library promises, and rows of this suite's own, which look at what the library
 * leaves out.
 */
import { promised } from '../../../src/testing/invariants/index.ts'
import type { Property } from '../../../src/testing/property.ts'
import { machinery } from './rows/machinery.ts'
import { disruption, nodes, scheduling } from './rows/nodes.ts'
import { replicas } from './rows/replicas.ts'
import { autoscaling, endpoints, garbage, volumes } from './rows/rest.ts'
import { cronJobs, daemonSets, jobs, statefulSets } from './rows/workloads.ts'

export const properties: readonly Property[] = [
  ...promised,
  ...machinery,
  ...replicas,
  ...statefulSets,
  ...daemonSets,
  ...jobs,
  ...cronJobs,
  ...scheduling,
  ...nodes,
  ...disruption,
  ...garbage,
  ...endpoints,
  ...autoscaling,
  ...volumes,
]
