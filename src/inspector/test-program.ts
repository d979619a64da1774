/** A run as the text of a vitest program: the same calls, then what the cluster is like at the end. */
import type { Json, KubeObject } from '../api/object.ts'
import { epoch } from '../cluster/options.ts'
import { refuseUnrecorded, savedOptions } from './run.ts'
import type { Call, RunStep } from './run-file.ts'
import type { Watched } from './watched.ts'

/** The program. It needs the packages kybern and vitest and nothing else. */
export function testProgram(watched: Watched, name: string): string {
  refuseUnrecorded(watched)
  const body = [
    `  await using cluster = await createCluster(${literal(optionsShown(watched))})`,
    '',
    ...stepLines(watched),
    ...expectations(watched),
  ]
  const needsHandle = watched.steps.some(({ calls }) => calls.some(({ call }) => call === 'request'))
  return [
    `import { createCluster${needsHandle ? ', handle' : ''} } from ${quoted('kybern')}`,
    `import { expect, test } from ${quoted('vitest')}`,
    '',
    `test(${quoted(name)}, async () => {`,
    ...body,
    '})',
    '',
  ].join('\n')
}

function optionsShown(watched: Watched): Json {
  const { start, ...rest } = savedOptions(watched)
  return watched.startedAt === epoch ? rest : { ...rest, ...(start === undefined ? {} : { start }) }
}

/** The steps, with the time that passed between them by itself. */
function stepLines(watched: Watched): string[] {
  const lines: string[] = []
  const named = liftedRules(watched.steps)
  let now = watched.startedAt
  const pass = (to: number): void => {
    if (to > now) lines.push(`  await cluster.advance(${to - now})`)
    now = Math.max(now, to)
  }
  for (const step of watched.steps) {
    pass(step.at)
    lines.push(`  // ${step.text.split('\n')[0]}`, ...callLines(step, named), '')
    now = Math.max(now, step.until)
  }
  pass(watched.cluster.now.getTime())
  return lines
}

/** The rules that are lifted later, with the name of the variable each is kept in: the first rule of a run is 1. */
function liftedRules(steps: readonly RunStep[]): ReadonlyMap<Call, string> {
  const all = steps.flatMap(({ calls, refused }) => (refused === undefined ? calls : []))
  const lifted = new Set(all.flatMap((call) => (call.call === 'lift' ? [call.id] : [])))
  const rules = all.filter((call) => call.call === 'fault' && 'type' in call.fault)
  return new Map(rules.flatMap((call, i) => (lifted.has(i + 1) ? [[call, `fault${i + 1}`] as const] : [])))
}

function callLines({ calls, refused, late }: RunStep, named: ReadonlyMap<Call, string>): string[] {
  return calls.map((call) => {
    const name = named.get(call)
    const text = `${name === undefined ? '' : `const ${name} = `}${callText(call)}`
    // Nobody waits for a request that a fault holds back: it comes as time passes.
    if (late === true && !isSync(call)) return `  void ${text}.catch(() => undefined)`
    if (refused === undefined || calls.length > 1)
      return calls.length > 1 && refused !== undefined ? tolerant(call, text) : `  ${awaited(call)}${text}`
    const message = quoted(refused.split('\n')[0] as string)
    if (isSync(call)) return `  expect(() => ${text}).toThrow(${message})`
    return `  await expect(${text}).rejects.toThrow(${message})`
  })
}

function isSync({ call }: Call): boolean {
  return call === 'fault' || call === 'lift' || call === 'send' || call === 'load' || call === 'exec'
}

function awaited(call: Call): string {
  return isSync(call) ? '' : 'await '
}

/** Of several calls some were refused: which, is not said. */
function tolerant(call: Call, text: string): string {
  return isSync(call) ? `  ${text}` : `  await ${text}.catch(() => undefined)`
}

function callText(call: Call): string {
  switch (call.call) {
    case 'apply':
      return `cluster.apply(${typeof call.manifest === 'string' ? block(call.manifest) : literal(call.manifest as unknown as Json)})`
    case 'patch':
      return `cluster.patch(${args(call.kind, call.name, call.patch, call.options)})`
    case 'delete':
      return `cluster.delete(${args(call.kind, call.name, call.options)})`
    case 'dispatch':
      return `cluster.dispatch(${JSON.stringify(call.transition, null, 2).replaceAll('\n', '\n  ')})`
    case 'request':
      return `handle(cluster, new Request(${quoted(`https://kybern${call.path}`)}, { method: ${quoted(call.method)}, headers: { 'content-type': 'application/json' }, body: JSON.stringify(${literal(call.body)}) }))`
    case 'fault':
      return `cluster.fault(${literal(call.fault as Json)})`
    case 'lift':
      return `fault${call.id}.lift()`
    case 'send':
      return `cluster.actor(${args(call.kind, call.name, call.namespace)}).send(${literal(call.event)})`
    case 'network':
      return `cluster.network.request(${args(call.url, call.from === undefined ? {} : { from: call.from })})`
    case 'load':
      return `cluster.network.load(${args(call.url, { requestsPerSecond: call.requestsPerSecond })})`
    case 'exec':
      return `cluster.exec(${args(call.pod, [...call.command], call.options)})`
    case 'advance':
      return `cluster.advance(${typeof call.by === 'number' ? call.by : quoted(call.by)})`
    case 'settle':
      return 'cluster.settle()'
  }
}

function args(...values: readonly Json[]): string {
  const last = values.at(-1)
  const isEmpty = typeof last === 'object' && last !== null && Object.keys(last).length === 0
  return (isEmpty ? values.slice(0, -1) : values).map(literal).join(', ')
}

/** The kinds whose end is told, each with what of an object. */
const told: readonly (readonly [string, string, (object: KubeObject) => Json])[] = [
  ['Node', 'node.spec?.unschedulable === true', ({ spec }) => spec?.unschedulable === true],
  ['Deployment', 'deployment.status?.readyReplicas ?? 0', ({ status }) => status?.readyReplicas ?? 0],
  ['StatefulSet', 'set.status?.readyReplicas ?? 0', ({ status }) => status?.readyReplicas ?? 0],
  ['DaemonSet', 'set.status?.numberReady ?? 0', ({ status }) => status?.numberReady ?? 0],
  ['Job', 'job.status?.succeeded ?? 0', ({ status }) => status?.succeeded ?? 0],
  ['Pod', "pod.status?.phase ?? ''", ({ status }) => status?.phase ?? ''],
]

function expectations({ cluster }: Watched): string[] {
  const lines = [`  expect(cluster.now.toISOString()).toBe(${quoted(cluster.now.toISOString())})`]
  for (const [kind, text, of] of told) {
    const objects = cluster.list(kind, { namespace: '*' })
    if (objects.length === 0) continue
    const name = /^\w+/.exec(text)?.[0] as string
    const found = Object.fromEntries(objects.map((object) => [object.metadata.name, of(object)]))
    lines.push(
      `  expect(Object.fromEntries(cluster.list('${kind}', { namespace: '*' }).map((${name}) => [${name}.metadata.name, ${text}]))).toEqual(${literal(found)})`,
    )
  }
  return lines
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`
}

/** Text of several lines. */
function block(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')
  return `\`\n${escaped.replace(/^\n+/, '').trimEnd()}\n\``
}

const word = /^[A-Za-z_$][\w$]*$/

/** A value as TypeScript writes it. */
function literal(value: Json | undefined): string {
  if (typeof value === 'string') return quoted(value)
  if (value === null || typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  const fields = Object.entries(value).filter(([, part]) => part !== undefined)
  if (fields.length === 0) return '{}'
  return `{ ${fields.map(([key, part]) => `${word.test(key) ? key : quoted(key)}: ${literal(part)}`).join(', ')} }`
}
