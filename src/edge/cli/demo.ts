/** `npm start`: applies the article's Deployment, shows it become ready, and says how to go on. */
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Cluster } from '../../cluster/cluster.ts'
import { packageRoot } from './package-root.ts'
import type { Terminal } from './terminal.ts'

const name = 'nginx-deployment'

/** Ends when all replicas are ready. */
export async function demo(
  cluster: Cluster,
  kubeconfig: string,
  inspector: string | undefined,
  terminal: Terminal,
): Promise<void> {
  const path = join(packageRoot(), 'fixtures', 'nginx-deployment.yaml')
  terminal.say(`applying ${relative(process.cwd(), path)}`)
  const shown = whenReady(cluster, terminal)
  await cluster.apply(readFileSync(path, 'utf8'))
  await shown
  const here = relative(process.cwd(), kubeconfig)
  terminal.say(`kubeconfig: ${kubeconfig}`)
  if (inspector !== undefined) terminal.say(`inspector: ${inspector}`)
  terminal.say(`try: kubectl --kubeconfig ${here} get deployments,replicasets,pods -o wide`)
  terminal.say(`     kubectl --kubeconfig ${here} set image deployment/${name} nginx=nginx:1.16.1`)
  terminal.say(`     kubectl --kubeconfig ${here} rollout status deployment/${name}`)
}

function whenReady(cluster: Cluster, terminal: Terminal): Promise<void> {
  return new Promise((resolve) => {
    let last = ''
    const subscription = cluster.transition$.subscribe(({ change }) => {
      const { metadata, spec, status } = change.object
      if (change.resource !== 'deployments.apps' || metadata.name !== name) return
      const line = `deployment.apps/${name}   ready ${status?.readyReplicas ?? 0}/${spec.replicas}`
      if (line !== last) terminal.say(line)
      last = line
      if (status?.readyReplicas !== spec.replicas) return
      subscription.unsubscribe()
      resolve()
    })
  })
}
