/** `kybern run --import`: a command sees the objects of another cluster, and kubectl's own output is taken. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { useBench } from '../support/cli.ts'

const bench = useBench()
const world = resolve('fixtures/worlds/kind.yaml')

test('the pods of a kind cluster, through kubectl and back again', async () => {
  const all =
    'nodes,namespaces,pods,deployments,replicasets,daemonsets,controllerrevisions,leases,serviceaccounts,configmaps'
  const shown = await bench.kybern('run', '--import', world, '--', 'kubectl', 'get', all, '-A', '-o', 'yaml')
  expect(shown.stderr).toMatch(/kindnet had no ControllerRevision/)
  expect(shown.stderr).toMatch(/imported \d+ objects from .*kind\.yaml: 3 nodes, 15 pods/)
  const copy = join(bench.folder, 'copy.yaml')
  writeFileSync(copy, shown.stdout)
  const again = await bench.kybern('run', '--import', copy, '--', 'kubectl', 'get', 'pods', '-A', '--no-headers')
  const lines = again.stdout.trim().split('\n')
  expect(lines).toHaveLength(15)
  expect(lines.every((line) => / 1\/1 +Running /.test(line))).toBe(true)
}, 60_000)

test('what cannot be taken over is told, and nothing is left running', async () => {
  const file = join(bench.folder, 'bad.yaml')
  writeFileSync(file, 'apiVersion: example.com/v1\nkind: Zebra\nmetadata: { name: z }\n')
  const refused = await bench.kybern('run', '--import', file, '--', 'true')
  expect(refused).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/KYB-IMPORT[\s\S]*1 of Zebra \(example.com\/v1\)/),
  })
  expect((await bench.kybern('run', '--import', file, '--leave-out', 'Zebra', '--', 'true')).code).toBe(0)
}, 60_000)
