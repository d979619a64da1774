/**
 * `x-kubernetes-validations`: runs the rules of a schema on a value.
 * Sources: apiextensions-apiserver pkg/apiserver/schema/cel (validation),
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */
import { type FieldError, invalidValue, type Path } from '../../field-error.ts'
import { escapeName } from '../escaping.ts'
import { type Bindings, evaluate, type Program, requestBudget } from '../index.ts'
import { type CelSchema, type Declared, declared, rootSchema, type ValidationRule, valueSchema } from '../schema.ts'
import { schemaValue } from '../schema-values.ts'
import { CelOptional, none, type Value } from '../values.ts'
import { type CompiledRule, compiledRules } from './compiled.ts'
import { Correlation, isUnchanged, oldElement, type Ratchet, ratchetStep } from './correlation.ts'

export interface RuleOptions {
  /** False for values that are no whole object: then kind and metadata are no fields of their own. Default true. */
  readonly isRoot?: boolean
  /** What all rules may cost together; by default 10,000,000. */
  readonly budget?: number
  /** True tolerates errors of values that did not change: they become warnings. Default true when there is an old value. */
  readonly ratchet?: boolean
}

export interface RuleResult {
  readonly errors: readonly FieldError[]
  /** Errors tolerated because the value did not change. */
  readonly warnings: readonly FieldError[]
  /** What is left of the budget; negative when it ran out. */
  readonly budget: number
}

/** One place of the walk: the rules come from `rules`, the shape from `schema`. */
interface Node {
  readonly rules: CelSchema
  readonly schema: CelSchema
  readonly type: Declared | undefined
  readonly isRoot: boolean
}

const ruleMemo = new WeakMap<CelSchema, boolean>()

/** Whether a schema or a part of it has rules; those inside `allOf` alone do not count. */
export function hasRules(schema: CelSchema): boolean {
  const known = ruleMemo.get(schema)
  if (known !== undefined) return known
  const parts = [schema.items, valueSchema(schema), ...Object.values(schema.properties ?? {})]
  const found = (schema['x-kubernetes-validations']?.length ?? 0) > 0 || parts.some((part) => part && hasRules(part))
  ruleMemo.set(schema, found)
  return found
}

const anyMemo = new WeakMap<CelSchema, boolean>()

/** Whether a walk below a schema can meet rules. */
function mayHaveRules(schema: CelSchema): boolean {
  const known = anyMemo.get(schema)
  if (known !== undefined) return known
  const parts = [schema.items, valueSchema(schema), ...Object.values(schema.properties ?? {}), ...(schema.allOf ?? [])]
  const found =
    (schema['x-kubernetes-validations']?.length ?? 0) > 0 || parts.some((part) => part && mayHaveRules(part))
  anyMemo.set(schema, found)
  return found
}

const shownRule = (rule: ValidationRule) => (rule.message ? rule.message.trim() : rule.rule.trim())
const exceeded = 'operation cancelled: actual cost limit exceeded'
const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run'

function reasonError(place: Path, value: unknown, detail: string, reason: string | undefined): FieldError {
  const shown = value === undefined ? {} : { value }
  const field = place.toString()
  if (reason === 'FieldValueForbidden') return { type: reason, field, value: '', detail }
  if (reason === 'FieldValueRequired') return { type: reason, field, value: '', detail }
  if (reason === 'FieldValueDuplicate') return { type: reason, field, ...shown, detail: '' }
  return { type: 'FieldValueInvalid', field, ...shown, detail }
}

class Walk {
  readonly errors: FieldError[] = []
  readonly warnings: FieldError[] = []
  budget: number

  constructor(budget: number) {
    this.budget = budget
  }

  /** False ends the walk: the budget ran out. */
  node(node: Node, value: unknown, old: unknown, place: Path, ratchet: Ratchet): boolean {
    if (value === null || value === undefined || !mayHaveRules(node.rules)) return true
    if (!this.expressions(node, value, old, place, ratchet)) return false
    const beneath = { current: undefined, parent: ratchet.parent }
    for (const part of node.rules.allOf ?? [])
      if (!this.node({ ...node, rules: part }, value, old, place, beneath)) return false
    if (Array.isArray(value)) return this.list(node, value, old, place, ratchet)
    if (typeof value === 'object') return this.map(node, value as Json, isJson(old) ? old : {}, place, ratchet)
    return true
  }

  private list(node: Node, value: readonly unknown[], old: unknown, place: Path, ratchet: Ratchet): boolean {
    const { items } = node.schema
    const rules = node.rules.items
    if (!items || !rules) return true
    const inner = { rules, schema: items, type: node.type?.items, isRoot: isEmbedded(items) }
    return value.every((element, at) => {
      const before = oldElement(node.schema, old, element)
      return this.node(inner, element, before, place.index(at), ratchetStep(ratchet, at))
    })
  }

  private map(node: Node, value: Json, old: Json, place: Path, ratchet: Ratchet): boolean {
    const schema = valueSchema(node.schema)
    const rules = valueSchema(node.rules)
    if (schema && rules) {
      const inner = { rules, schema, type: node.type?.items, isRoot: isEmbedded(schema) }
      for (const [name, each] of Object.entries(value))
        if (!this.node(inner, each, old[name], place.key(name), ratchetStep(ratchet, name))) return false
    }
    for (const [name, part] of Object.entries(node.rules.properties ?? {})) {
      const property = node.schema.properties?.[name]
      if (!property || value[name] === undefined) continue
      const type = propertyType(node, name, property)
      if (!type) continue
      const inner = { rules: part, schema: property, type, isRoot: isEmbedded(property) }
      if (!this.node(inner, value[name], old[name], place.child(name), ratchetStep(ratchet, name))) return false
    }
    return true
  }

  private fail(node: Node, place: Path, detail: string): void {
    this.errors.push(invalidValue(place, node.schema.type ?? '', detail))
  }

  private expressions(node: Node, value: unknown, old: unknown, place: Path, ratchet: Ratchet): boolean {
    const rules = node.rules['x-kubernetes-validations'] ?? []
    if (rules.length === 0) return true
    if (!node.type) {
      this.fail(
        node,
        place,
        'rule compiler initialization error: failed to convert to declType for CEL validation rules',
      )
      return true
    }
    if (this.budget <= 0) return this.exhausted(node, place)
    const schema = node.isRoot ? rootSchema(node.schema) : node.schema
    const self = schemaValue(value, schema)
    const oldSelf = old === null || old === undefined ? undefined : schemaValue(old, schema)
    for (const compiled of compiledRules(rules, node.schema, node.type)) {
      if (compiled.error !== undefined) this.fail(node, place, `rule compile error: ${compiled.error}`)
      if (!compiled.program) continue
      const optional = compiled.rule.optionalOldSelf === true
      if (compiled.usesOldSelf && oldSelf === undefined && !optional) continue
      const bindings = variables(self, oldSelf, optional)
      if (!this.rule(node, compiled, compiled.program, bindings, value, place, ratchet)) return false
    }
    return true
  }

  private exhausted(node: Node, place: Path): boolean {
    this.fail(node, place, outOfBudget)
    this.budget = -1
    return false
  }

  private rule(
    node: Node,
    compiled: CompiledRule,
    program: Program,
    bindings: Bindings,
    value: unknown,
    place: Path,
    ratchet: Ratchet,
  ): boolean {
    const result = evaluate(program, bindings)
    if (result.cost > this.budget) return this.exhausted(node, place)
    this.budget -= result.cost
    const shown = shownRule(compiled.rule)
    if ('error' in result) return this.failed(node, result.error, shown, place)
    if (result.value === true) return true
    const at = compiled.fieldPath === '' ? place : place.child(compiled.fieldPath)
    const report = (error: FieldError) => {
      const tolerated = !compiled.usesOldSelf && isUnchanged(ratchet)
      ;(tolerated ? this.warnings : this.errors).push(error)
    }
    const message = this.message(compiled, bindings)
    if (typeof message === 'object') {
      report(invalidValue(at, node.schema.type ?? '', message.fatal))
      this.budget = -1
      return false
    }
    const detail = message ?? (compiled.rule.message ? compiled.rule.message.trim() : `failed rule: ${shown}`)
    const whole = node.schema.type === 'object' || node.schema.type === 'array'
    report(reasonError(at, whole ? undefined : value, detail, compiled.rule.reason))
    return true
  }

  private failed(node: Node, error: string, rule: string, place: Path): boolean {
    if (error.startsWith('no such overload')) {
      const why = 'call arguments did not match a supported operator, function or macro signature for rule'
      this.fail(node, place, `'${error}': ${why}: ${rule}`)
    } else if (error.startsWith(exceeded)) {
      const why = 'no further validation rules will be run due to call cost exceeds limit for rule'
      this.fail(node, place, `'${error}': ${why}: ${rule}`)
      this.budget = -1
      return false
    } else this.fail(node, place, `${error} evaluating rule: ${rule}`)
    return true
  }

  /** What the message expression says, `undefined` when it does not serve, `fatal` when the budget ran out. */
  private message(
    { message, rule }: CompiledRule,
    bindings: Bindings,
  ): string | undefined | { readonly fatal: string } {
    if (!message) return undefined
    const result = evaluate(message, bindings)
    if (result.cost > this.budget) {
      const detail = 'messageExpression evaluation failed due to running out of cost budget'
      return { fatal: `${detail}, no further validation rules will be run` }
    }
    if ('error' in result && result.error.startsWith(exceeded)) {
      const detail = 'no further validation rules will be run due to call cost exceeds limit for messageExpression'
      return { fatal: `${detail}: ${JSON.stringify(rule.messageExpression)}` }
    }
    this.budget -= result.cost
    if ('error' in result || typeof result.value !== 'string') return undefined
    const text = result.value.trim()
    const tooLong = new TextEncoder().encode(text).length > 5 * 1024
    return text === '' || text.includes('\n') || tooLong ? undefined : text
  }
}

type Json = Readonly<Record<string, unknown>>

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const isEmbedded = (schema: CelSchema) => schema['x-kubernetes-embedded-resource'] === true

function propertyType(node: Node, name: string, property: CelSchema): Declared | undefined {
  const identifier = escapeName(name)
  if (identifier === undefined) return declared(property, isEmbedded(property))
  return node.type && Object.hasOwn(node.type.fields, identifier) ? node.type.fields[identifier] : undefined
}

function variables(self: Value, oldSelf: Value | undefined, optional: boolean): Bindings {
  if (optional) return { self, oldSelf: oldSelf === undefined ? none : new CelOptional(oldSelf) }
  return oldSelf === undefined ? { self } : { self, oldSelf }
}

/** Runs the rules of `schema` on `value`; `old` is the value before an update, `undefined` when there is none. */
export function validateRules(
  schema: CelSchema,
  value: unknown,
  old: unknown,
  place: Path,
  options: RuleOptions = {},
): RuleResult {
  const walk = new Walk(options.budget ?? requestBudget)
  const isRoot = options.isRoot ?? true
  const ratchets = (options.ratchet ?? true) && old !== undefined && old !== null
  const current = ratchets ? new Correlation(value, old, schema) : undefined
  if (hasRules(schema))
    walk.node({ rules: schema, schema, type: declared(schema, isRoot), isRoot }, value, old, place, {
      current,
      parent: undefined,
    })
  return { errors: walk.errors, warnings: walk.warnings, budget: walk.budget }
}
