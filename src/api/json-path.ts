/**
 * The JSONPath of printer columns: fields, indexes, wildcards and filters by equality.
 * Source: https://kubernetes.io/docs/reference/kubectl/jsonpath/
 */
import { isFields } from './structural/schema.ts'

type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly path: readonly string[]; readonly value: unknown; readonly negated: boolean }

/** A path that was read. `fault` is set instead when it cannot be. */
export interface JsonPath {
  readonly steps: readonly Step[]
  readonly fault?: string
}

/** Reads `.spec.replicas`, `.status.conditions[?(@.type=="Ready")].status`, `.metadata.labels.app\.kubernetes\.io/name`. */
export function parseJsonPath(text: string): JsonPath {
  const steps: Step[] = []
  let rest = text.replace(/^\$/, '').replace(/^\{(.*)\}$/, '$1')
  if (rest !== '' && !rest.startsWith('.') && !rest.startsWith('[')) rest = `.${rest}`
  while (rest !== '') {
    const found = /^\.((?:\\.|[^.[\]\\])+)/.exec(rest) ?? /^\[([^\]]*?\)?)\]/.exec(rest)
    if (found === null) return { steps, fault: `unrecognized character in path: ${rest}` }
    const step = rest.startsWith('.') ? fieldStep(found[1] as string) : bracketStep(found[1] as string)
    if (step === undefined) return { steps, fault: `invalid array index ${found[1]}` }
    steps.push(step)
    rest = rest.slice(found[0].length)
  }
  return { steps }
}

function fieldStep(text: string): Step {
  return text === '*' ? { kind: 'all' } : { kind: 'field', name: text.replace(/\\(.)/g, '$1') }
}

function bracketStep(text: string): Step | undefined {
  if (text === '*') return { kind: 'all' }
  if (/^-?\d+$/.test(text)) return { kind: 'index', index: Number(text) }
  const quoted = /^'(.*)'$/.exec(text) ?? /^"(.*)"$/.exec(text)
  if (quoted !== null) return { kind: 'field', name: quoted[1] as string }
  const filter = /^\?\(\s*@\.([\w.-]+)\s*(==|!=)\s*(.+?)\s*\)$/.exec(text)
  if (filter === null) return undefined
  const [, path = '', operator, literal = ''] = filter
  return { kind: 'filter', path: path.split('.'), value: literalOf(literal), negated: operator === '!=' }
}

function literalOf(text: string): unknown {
  const quoted = /^'(.*)'$/.exec(text) ?? /^"(.*)"$/.exec(text)
  if (quoted !== null) return quoted[1]
  if (text === 'true' || text === 'false') return text === 'true'
  return Number.isNaN(Number(text)) ? text : Number(text)
}

/** All values the path leads to, in order. */
export function valuesAt({ steps }: JsonPath, value: unknown): unknown[] {
  return steps.reduce<unknown[]>((values, step) => values.flatMap((one) => below(step, one)), [value])
}

function below(step: Step, value: unknown): unknown[] {
  switch (step.kind) {
    case 'field':
      return isFields(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : []
    case 'index': {
      const found = Array.isArray(value) ? value.at(step.index) : undefined
      return found === undefined ? [] : [found]
    }
    case 'all':
      return Array.isArray(value) ? value : isFields(value) ? Object.values(value) : []
    default: {
      const items = Array.isArray(value) ? value : []
      return items.filter((item) => (at(item, step.path) === step.value) !== step.negated)
    }
  }
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((one, key) => (isFields(one) ? one[key] : undefined), value)
}
