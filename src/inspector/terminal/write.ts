/** The verbs that change something, as commands of the session: what they do is recorded and can be copied as a test. */
import type { Json, KubeObject } from '../../api/object.ts'
import type { Diagnostic } from '../questions.ts'
import type { Line } from './line.ts'
import { Failure, named, namespaceOf, type Shell, type Target, type Verb } from './shell.ts'

const placed = (line: Line, { kind, name }: Target) => ({
  kind: kind.kind,
  name,
  namespace: namespaceOf(line) ?? 'default',
})

async function applied(shell: Shell, line: Line, text: string): Promise<string> {
  const namespace = line.flags.namespace
  const { applied: done, problems } = await shell.ask('apply', {
    text,
    ...(namespace === undefined ? {} : { namespace }),
  })
  const lines: string[] = []
  for (const { kind, name, result } of done) lines.push(`${named(await shell.kind(kind), name)} ${result}`)
  const wrong = problems.filter(({ severity }: Diagnostic) => severity === 'error')
  if (wrong.length > 0)
    throw new Failure([...lines, ...wrong.map(({ message }: Diagnostic) => `error: ${message}`)].join('\n'))
  return lines.join('\n')
}

export const apply: Verb = (shell, line) => {
  const { filename } = line.flags
  if (filename === undefined) throw new Failure('error: must specify one of -f and -k')
  return applied(shell, line, shell.buffer())
}

/** `create deployment web --image=nginx --replicas=3`, `create namespace x`, `create configmap c --from-literal=a=b`. */
export const create: Verb = async (shell, line) => {
  const [, typed = '', name = ''] = line.words
  if (line.flags.filename !== undefined) return applied(shell, line, shell.buffer())
  const { image = '', replicas = '1', port } = line.flags
  const metadata = { name, ...(typed.startsWith('n') ? {} : { namespace: namespaceOf(line) ?? 'default' }) }
  const ports = port === undefined ? {} : { ports: [{ containerPort: Number(port) }] }
  const literal = /^([^=]+)=(.*)$/s.exec(line.flags['from-literal'] ?? '')
  const labels = { app: name }
  const container = { name: image.split('/').pop()?.split(':')[0] ?? 'c', image, ...ports }
  const objects: Readonly<Record<string, object>> = {
    deployment: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadata, labels },
      spec: {
        replicas: Number(replicas),
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
    namespace: { apiVersion: 'v1', kind: 'Namespace', metadata },
    configmap: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: literal === null ? {} : { [literal[1] as string]: literal[2] },
    },
  }
  const word = { deploy: 'deployment', ns: 'namespace', cm: 'configmap' }[typed] ?? typed
  const object = objects[word]
  if (object === undefined)
    throw new Failure(
      `error: unknown command "${typed}" for "kubectl create" here; deployment, namespace and configmap are known, everything else goes with apply`,
    )
  if (name === '') throw new Failure(`error: exactly one NAME is required, got 0`)
  if (word === 'deployment' && image === '') throw new Failure('error: required flag(s) "image" not set')
  return applied(shell, line, JSON.stringify(object))
}

/** `run NAME --image=IMAGE`. */
export const run: Verb = (shell, line) => {
  const [, name = ''] = line.words
  const { image = '' } = line.flags
  if (image === '') throw new Failure('error: required flag(s) "image" not set')
  const command = line.rest.length === 0 ? {} : { args: line.rest }
  const metadata = { name, namespace: namespaceOf(line) ?? 'default', labels: { run: name } }
  return applied(
    shell,
    line,
    JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name, image, ...command }] } }),
  )
}

/** `expose deployment web --port=80`. */
export const expose: Verb = async (shell, line) => {
  const target = await shell.target(line.words.slice(1))
  const { port, 'target-port': targetPort, type = 'ClusterIP', name = target.name } = line.flags
  if (port === undefined) throw new Failure(`error: couldn't find port via --port flag or introspection`)
  const { object } = await shell.ask('object', placed(line, target))
  const selector = object.spec?.selector?.matchLabels ?? object.metadata.labels
  const ports = [{ port: Number(port), protocol: 'TCP', targetPort: Number(targetPort ?? port) }]
  const metadata = { name, namespace: namespaceOf(line) ?? 'default' }
  await applied(
    shell,
    line,
    JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata, spec: { selector, ports, type } }),
  )
  return `service/${name} exposed`
}

export const autoscale: Verb = async (shell, line) => {
  const target = await shell.target(line.words.slice(1))
  const { min = '1', max, cpu, 'cpu-percent': percent } = line.flags
  if (max === undefined) throw new Failure('error: --max=MAXPODS is required and must be at least 1')
  const wanted = Number((cpu ?? percent ?? '80').replace('%', ''))
  const resource = { name: 'cpu', target: { type: 'Utilization', averageUtilization: wanted } }
  const spec = {
    minReplicas: Number(min),
    maxReplicas: Number(max),
    scaleTargetRef: { apiVersion: target.kind.apiVersion, kind: target.kind.kind, name: target.name },
    metrics: [{ type: 'Resource', resource }],
  }
  const metadata = { name: target.name, namespace: namespaceOf(line) ?? 'default' }
  await applied(
    shell,
    line,
    JSON.stringify({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata, spec }),
  )
  return `horizontalpodautoscaler.autoscaling/${target.name} autoscaled`
}

export const remove: Verb = async (shell, line) => {
  const words = line.words.slice(1)
  const everything = line.flags.all === 'true' || line.flags.selector !== undefined
  const targets = everything ? await selected(shell, line, words[0] ?? '') : await shell.targets(words)
  if (targets.length === 0 && !everything)
    throw new Failure('error: resource(s) were provided, but no name was specified')
  const lines: string[] = []
  for (const target of targets) {
    await shell.require(line, target)
    const grace = line.flags['grace-period']
    await shell.ask('delete', {
      ...placed(line, target),
      ...(grace === undefined ? {} : { graceSeconds: Number(grace) }),
    })
    lines.push(
      `${named(target.kind, target.name).replace('/', ' "')}" deleted${target.kind.namespaced ? ` from ${namespaceOf(line) ?? 'default'} namespace` : ''}`,
    )
  }
  return lines.length === 0 ? 'No resources found' : lines.join('\n')
}

async function selected(shell: Shell, line: Line, typed: string): Promise<Target[]> {
  const kind = await shell.kind(typed)
  const { selector } = line.flags
  const query = selector === undefined ? '' : `?labelSelector=${encodeURIComponent(selector)}`
  const list = JSON.parse(await shell.read(shell.path(kind, namespaceOf(line) ?? 'default') + query)) as {
    items: KubeObject[]
  }
  return list.items.map(({ metadata }) => ({ kind, name: metadata.name }))
}

export const scale: Verb = async (shell, line) => {
  const target = await shell.target(line.words.slice(1))
  const { replicas } = line.flags
  if (replicas === undefined) throw new Failure('error: required flag(s) "replicas" not set')
  await shell.require(line, target)
  await shell.ask('scale', { ...placed(line, target), replicas: Number(replicas) })
  return `${named(target.kind, target.name)} scaled`
}

/** `set image deployment/web c=nginx:2`. */
export const set: Verb = async (shell, line) => {
  const [, what = '', ...words] = line.words
  if (what !== 'image') throw new Failure(`error: unknown command "set ${what}" here; "set image" is known`)
  const images = words.filter((word) => word.includes('='))
  const target = await shell.target(words.filter((word) => !word.includes('=')))
  for (const pair of images) {
    const [container = '', image = ''] = pair.split(/=(.*)/s)
    const which = container === '*' ? {} : { container }
    await shell.ask('setImage', { ...placed(line, target), ...which, image })
  }
  return `${named(target.kind, target.name)} image updated`
}

async function patched(shell: Shell, line: Line, target: Target, patch: Json): Promise<void> {
  await shell.require(line, target)
  await shell.ask('patch', { ...placed(line, target), patch })
}

/** `label pod x a=b c-`; the same for annotate. */
const marks =
  (field: 'labels' | 'annotations', word: string): Verb =>
  async (shell, line) => {
    const words = line.words.slice(1)
    const isMark = (one: string): boolean =>
      /^[^/=]+(\/[^=]*)?(=|-$)/.test(one) && (one.includes('=') || one.endsWith('-'))
    const target = await shell.target(words.filter((one) => !isMark(one)))
    const values = words.filter(isMark).map((one): [string, string | null] => {
      if (!one.includes('=')) return [one.slice(0, -1), null]
      const [name = '', value = ''] = one.split(/=(.*)/s)
      return [name, value]
    })
    if (values.length === 0) throw new Failure(`error: at least one ${word} update is required`)
    await patched(shell, line, target, { metadata: { [field]: Object.fromEntries(values) } })
    const isGone = values.every(([, value]) => value === null)
    return `${named(target.kind, target.name)} ${isGone ? (field === 'labels' ? 'unlabeled' : 'annotated') : field === 'labels' ? 'labeled' : 'annotated'}`
  }
export const label = marks('labels', 'label')
export const annotate = marks('annotations', 'annotation')

/** `taint node node-1 key=value:NoSchedule` and `key:NoSchedule-`. */
export const taint: Verb = async (shell, line) => {
  const [, , name = '', ...taints] = line.words
  const { object } = await shell.ask('object', { kind: 'Node', name })
  let kept = (object.spec?.taints ?? []) as { key: string; value?: string; effect?: string }[]
  for (const text of taints) {
    const found = /^([^=:]+)(?:=([^:]*))?(?::(\w+))?(-)?$/.exec(text)
    if (found === null) throw new Failure(`error: unknown taint spec: ${text}`)
    const [, key = '', value = '', effect, gone] = found
    kept = kept.filter((one) => one.key !== key || (effect !== undefined && one.effect !== effect))
    if (gone === undefined)
      kept = [...kept, { key, ...(value === '' ? {} : { value }), ...(effect === undefined ? {} : { effect }) }]
  }
  await shell.ask('patch', { kind: 'Node', name, patch: { spec: { taints: kept } } as unknown as Json })
  return `node/${name} ${taints.every((one) => one.endsWith('-')) ? 'untainted' : 'tainted'}`
}

const onNode =
  (command: 'cordon' | 'uncordon' | 'drain', word: string): Verb =>
  async (shell, line) => {
    const [, node = ''] = line.words
    if (node === '') throw new Failure(`error: USAGE: ${command} NODE [flags]`)
    const { lines } = await shell.ask(command, { node })
    return command === 'drain' ? [...lines, `node/${node} drained`].join('\n') : `node/${node} ${word}`
  }
export const cordon = onNode('cordon', 'cordoned')
export const uncordon = onNode('uncordon', 'uncordoned')
export const drain = onNode('drain', 'drained')

/** status, history, undo, restart, pause, resume. */
export const rollout: Verb = async (shell, line) => {
  const [, what = '', ...words] = line.words
  const target = await shell.target(words)
  const place = placed(line, target)
  await shell.require(line, target)
  const said = named(target.kind, target.name)
  switch (what) {
    case 'restart':
      await shell.ask('rolloutRestart', place)
      return `${said} restarted`
    case 'undo': {
      const revision = line.flags['to-revision']
      await shell.ask('rolloutUndo', { ...place, ...(revision === undefined ? {} : { toRevision: Number(revision) }) })
      return `${said} rolled back`
    }
    case 'pause':
    case 'resume':
      await patched(shell, line, target, { spec: { paused: what === 'pause' ? true : null } })
      return `${said} ${what}d`
    case 'status':
      return status(shell, line, target)
    case 'history':
      return history(shell, line, target)
    default:
      throw new Failure(`error: unknown command "${what}" for "kubectl rollout"`)
  }
}

async function status(shell: Shell, line: Line, target: Target): Promise<string> {
  const { object } = await shell.ask('object', placed(line, target))
  const { replicas = 1 } = object.spec ?? {}
  const {
    updatedReplicas: updated = 0,
    replicas: total = 0,
    availableReplicas: available = 0,
    observedGeneration = 0,
  } = object.status ?? {}
  const said = `${target.kind.kind.toLowerCase()} "${target.name}"`
  if (observedGeneration < (object.metadata.generation ?? 0))
    return `Waiting for ${target.kind.kind.toLowerCase()} spec update to be observed...`
  if (updated < replicas)
    return `Waiting for ${said} rollout to finish: ${updated} out of ${replicas} new replicas have been updated...`
  if (total > updated)
    return `Waiting for ${said} rollout to finish: ${total - updated} old replicas are pending termination...`
  if (available < updated)
    return `Waiting for ${said} rollout to finish: ${available} of ${updated} updated replicas are available...`
  return `${said} successfully rolled out`
}

async function history(shell: Shell, line: Line, target: Target): Promise<string> {
  const kind = await shell.kind('replicasets')
  const list = JSON.parse(await shell.read(shell.path(kind, namespaceOf(line) ?? 'default'))) as { items: KubeObject[] }
  const own = list.items.filter(({ metadata }) => metadata.ownerReferences?.some(({ name }) => name === target.name))
  const revisions = own.map(
    ({ metadata }) =>
      [
        Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0),
        metadata.annotations?.['kubernetes.io/change-cause'] ?? '<none>',
      ] as const,
  )
  const rows = [...revisions].sort(([a], [b]) => a - b).map(([revision, why]) => `${String(revision).padEnd(10)}${why}`)
  return [`${named(target.kind, target.name).replace('/', '/')} `, 'REVISION  CHANGE-CAUSE', ...rows].join('\n')
}
