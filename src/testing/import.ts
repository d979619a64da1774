/**
 * Clusters that begin where another one is: `kubectl get -A -o yaml` read as a start world.
 *
 *     const world = importWorld(readFileSync('cluster.yaml', 'utf8'))
 *     await using cluster = await createCluster({ world })
 *     cluster.fault({ kill: 'worker-2' })
 *
 * Objects keep their uids, versions, statuses and owners. Nodes come as simulated nodes of the same size, and the pods on
 * them run on. `world.notes` tells what was completed on the way.
 */
export { type ReadOptions, readWorld as importWorld, type StartWorld } from '../cluster/world/read-world.ts'
