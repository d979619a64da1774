/** A real kubectl against one served cluster in eager time; each test has a namespace of its own. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { type ApiEndpoint, serve } from '../../src/edge/server.ts'
import { type Cluster, createCluster } from '../../src/index.ts'
import { type Bench, type Ran, type Running, useBench } from './cli.ts'

export interface Served {
  readonly bench: Bench
  cluster: Cluster
  server: ApiEndpoint
  /** The namespace of the test that runs. */
  namespace: string
  /** Runs kubectl in the test's namespace. */
  kubectl(...args: string[]): Promise<Ran>
  /** Starts a kubectl that goes on. */
  starts(...args: string[]): Running
  /** `kubectl apply -f -` of the text. */
  applied(text: string): Promise<Ran>
  /** What a command that succeeds prints. */
  prints(...args: string[]): Promise<string>
  /** Applies the article's Deployment. */
  deployed(): Promise<string>
}

export const nginx = `${process.cwd()}/fixtures/nginx-deployment.yaml`

/** Makes cluster and server before the tests of the file and ends them after. */
export function useServedCluster(): Served {
  const bench = useBench()
  const env = { KUBECONFIG: join(bench.folder, 'kubeconfig') }
  const inside = (args: readonly string[]): string[] => ['-n', served.namespace, ...args]
  const served: Served = {
    bench,
    cluster: undefined as never,
    server: undefined as never,
    namespace: '',
    kubectl: (...args) => bench.run('kubectl', inside(args), { env }),
    starts: (...args) => bench.start('kubectl', inside(args), { env }),
    applied: (input) => bench.run('kubectl', inside(['apply', '-f', '-']), { env, input }),
    prints: async (...args) => {
      const { code, stdout, stderr } = await served.kubectl(...args)
      expect({ args, code, stderr }).toMatchObject({ code: 0 })
      return stdout
    },
    deployed: () => served.prints('apply', '-f', nginx),
  }
  let tests = 0
  beforeAll(async () => {
    served.cluster = await createCluster({ time: 'eager', nodes: 3 })
    served.server = await serve(served.cluster)
    writeFileSync(env.KUBECONFIG, served.server.kubeconfig, { mode: 0o600 })
  })
  beforeEach(async () => {
    served.namespace = `test-${++tests}`
    await served.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: served.namespace } })
    await served.cluster.settle()
  })
  afterAll(async () => {
    await served.server.close()
    await served.cluster.close()
  })
  return served
}

/** What a command that fails says. */
export async function refusal(ran: Promise<Ran>): Promise<string> {
  const { code, stderr } = await ran
  expect(code).toBe(1)
  return stderr
}

/** The cells of a table; two spaces or more part them. */
export function rows(table: string): string[][] {
  return table
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}/))
}
