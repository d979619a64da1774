/** Operations in the words of a terminal: what somebody would type to do the same. */
import type { Operation, Target } from '../operation.ts'

/** One line, for stories: `kubectl scale deployment/web --replicas=3`. */
export function operationText(operation: Operation): string {
  if ('wait' in operation)
    return `wait ${typeof operation.wait === 'number' ? `${operation.wait / 1000}s` : operation.wait}`
  if ('fault' in operation) return Object.entries(operation.fault).flat().join(' ')
  return `kubectl ${words(operation).join(' ')}`
}

function words(operation: Exclude<Operation, { wait: unknown } | { fault: unknown }>): string[] {
  switch (operation.op) {
    case 'apply':
      return ['apply', ...namespaceOf(operation.object.metadata), `# ${named(targetOf(operation.object))}`]
    case 'patch':
      return ['patch', ...about(operation), ...flag('type', operation.type), '-p', JSON.stringify(operation.patch)]
    case 'scale':
      return ['scale', ...about(operation), `--replicas=${operation.replicas}`]
    case 'setImage':
      return ['set', 'image', ...about(operation), `${operation.container ?? '<first>'}=${operation.image}`]
    case 'undo':
      return ['rollout', 'undo', ...about(operation), ...flag('to-revision', operation.toRevision)]
    case 'delete':
      return [
        'delete',
        ...about(operation),
        ...flag('cascade', operation.propagation?.toLowerCase()),
        ...flag('grace-period', operation.graceSeconds),
      ]
    case 'taint':
      return ['taint', 'node', operation.node, taintText(operation.taint) + (operation.remove === true ? '-' : '')]
    case 'label':
      return ['label', '--overwrite', ...about(operation), ...labelWords(operation.labels)]
    case 'drain':
      return ['drain', operation.node, '--ignore-daemonsets', '--delete-emptydir-data', '--force']
    case 'evict': {
      const { name, namespace = 'default' } = operation
      return ['create', '--raw', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`]
    }
    default:
      return [operation.op, operation.node]
  }
}

function targetOf({ kind, metadata }: { kind: string; metadata: { name: string } }): Target {
  return { kind, name: metadata.name }
}

const named = ({ kind, name }: Target): string => `${kind.toLowerCase()}/${name}`
const about = (target: Target): string[] => [...namespaceOf(target), named(target)]

function namespaceOf({ namespace }: { readonly namespace?: string }): string[] {
  return namespace === undefined || namespace === 'default' ? [] : ['-n', namespace]
}

function flag(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`--${name}=${value}`]
}

function taintText({ key, value, effect }: { key: string; value?: string; effect: string }): string {
  return `${key}${value === undefined ? '' : `=${value}`}:${effect}`
}

function labelWords(labels: Readonly<Record<string, string | null>>): string[] {
  return Object.entries(labels).map(([key, value]) => (value === null ? `${key}-` : `${key}=${value}`))
}
