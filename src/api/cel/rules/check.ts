/**
 * Rules when a CustomResourceDefinition is written: their form, whether they compile, and what they may cost at most.
 * Source: apiextensions-apiserver pkg/apis/apiextensions/validation
 */
import {
  type FieldError,
  forbiddenValue,
  internalFieldError,
  invalidValue,
  notSupported,
  type Path,
  required,
} from '../../field-error.ts'
import { escapeName } from '../escaping.ts'
import {
  type CelSchema,
  type Declared,
  declared,
  maxRequestBytes,
  type ValidationRule,
  valueSchema,
} from '../schema.ts'
import { compiledRules } from './compiled.ts'
import { fieldPathOf } from './field-path.ts'

const ruleLimit = 10_000_000
const totalLimit = 100_000_000
const largest = 18446744073709551615n
const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

export interface CheckOptions {
  /** Faults of the schema found otherwise: rules at or above one of them are not compiled. */
  readonly schemaErrors?: readonly FieldError[]
}

export interface CheckResult {
  /** Rules that are malformed. */
  readonly schemaErrors: readonly FieldError[]
  /** Rules that do not compile or cost too much. */
  readonly celErrors: readonly FieldError[]
}

interface Node {
  readonly schema: CelSchema
  readonly place: Path
  readonly type: Declared | undefined
  /** How often the value may be there, `undefined` without a bound. */
  readonly cardinality: number | undefined
  /** The list in which old values cannot be told. */
  readonly uncorrelated: Path | undefined
}

/** A rule as errors show it: Kubernetes' internal form. */
function shownRule(rule: ValidationRule): unknown {
  return {
    Rule: rule.rule,
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  }
}

function hasBreak(text: string): boolean {
  return /[\n\r]/.test(text)
}

function formErrors(rule: ValidationRule, schema: CelSchema, at: Path): FieldError[] {
  const errors: FieldError[] = []
  const { message = '', messageExpression = '', reason, fieldPath = '' } = rule
  const trimmed = message.trim()
  const text = rule.rule.trim()
  if (text === '') errors.push(required(at.child('rule'), 'rule is not specified'))
  else if (message !== '' && trimmed === '')
    errors.push(invalidValue(at.child('message'), message, 'must be non-empty if specified'))
  else if (hasBreak(trimmed)) errors.push(invalidValue(at.child('message'), message, 'must not contain line breaks'))
  else if (hasBreak(text) && trimmed === '')
    errors.push(required(at.child('message'), 'message must be specified if rule contains line breaks'))
  if (messageExpression !== '' && messageExpression.trim() === '')
    errors.push(required(at.child('messageExpression'), 'messageExpression must be non-empty if specified'))
  if (reason !== undefined && !reasons.includes(reason)) errors.push(notSupported(at.child('reason'), reason, reasons))
  const place = at.child('fieldPath')
  if (fieldPath !== '' && fieldPath.trim() === '')
    errors.push(invalidValue(place, fieldPath, 'must be non-empty if specified'))
  if (hasBreak(fieldPath)) errors.push(invalidValue(place, fieldPath, 'must not contain line breaks'))
  if (fieldPath !== '' && fieldPathOf(fieldPath, schema) === undefined)
    errors.push(invalidValue(place, fieldPath, 'must be a valid path'))
  return errors
}

function costText(what: string, cost: number, limit: number): string {
  const factor = cost / limit
  const shown = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`
  const advice =
    'try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared'
  return `${what} exceeds budget by factor of ${shown} (${advice})`
}

function times(a: number, b: number): number {
  return Math.min(a * b, Number(largest))
}

/** How many times a schema multiplies its parts, `undefined` without a bound. */
function factorOf(schema: CelSchema): number | undefined {
  if (schema.type === 'array') return schema.maxItems === undefined ? undefined : Math.max(0, schema.maxItems)
  if (schema.type !== 'object' || schema.additionalProperties === undefined) return 1
  return schema.maxProperties === undefined ? undefined : Math.max(0, schema.maxProperties)
}

class Check {
  readonly schemaErrors: FieldError[] = []
  readonly celErrors: FieldError[] = []
  private readonly given: readonly FieldError[]
  private total = 0
  private expensive: { readonly place: Path; readonly cost: number }[] = []

  constructor(given: readonly FieldError[]) {
    this.given = given
  }

  node(node: Node): void {
    const { schema, place } = node
    const factor = factorOf(schema)
    const cardinality =
      node.cardinality === undefined || factor === undefined ? undefined : times(node.cardinality, factor)
    const beneath = { cardinality, uncorrelated: node.uncorrelated }
    const values = valueSchema(schema)
    if (values)
      this.node({
        ...beneath,
        schema: values,
        place: place.child('additionalProperties'),
        type: node.type?.items ?? typeOf(values),
      })
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      const identifier = escapeName(name)
      const known = identifier === undefined ? undefined : node.type?.fields[identifier]
      this.node({
        ...beneath,
        schema: property,
        place: place.child('properties').key(name),
        type: known ?? typeOf(property),
      })
    }
    for (const [index, part] of (schema.allOf ?? []).entries()) this.forms(part, place.child('allOf').index(index))
    if (schema.items) {
      const uncorrelated = schema['x-kubernetes-list-type'] === 'map' ? node.uncorrelated : place
      this.node({
        cardinality,
        uncorrelated,
        schema: schema.items,
        place: place.child('items'),
        type: node.type?.items ?? typeOf(schema.items),
      })
    }
    this.forms(schema, place)
    this.expressions(node)
  }

  private forms(schema: CelSchema, place: Path): void {
    for (const [index, rule] of (schema['x-kubernetes-validations'] ?? []).entries())
      this.schemaErrors.push(...formErrors(rule, schema, place.child('x-kubernetes-validations').index(index)))
  }

  private blocked(place: Path): boolean {
    const text = place.toString()
    return [...this.given, ...this.schemaErrors].some(
      ({ field }) => field === text || field.startsWith(`${text}.`) || field.startsWith(`${text}[`),
    )
  }

  private observe(place: Path, cost: number): void {
    this.total = Math.min(this.total + cost, Number(largest))
    if (cost < totalLimit / 100) return
    this.expensive.push({ place, cost })
    this.expensive.sort((a, b) => b.cost - a.cost)
    this.expensive.length = Math.min(4, this.expensive.length)
  }

  private expressions(node: Node): void {
    const { schema, type, place } = node
    const rules = schema['x-kubernetes-validations'] ?? []
    if (rules.length === 0 || this.blocked(place)) return
    const all = place.child('x-kubernetes-validations')
    if (!type) {
      const why = 'unable to convert structural schema to CEL declarations'
      this.celErrors.push(
        internalFieldError(
          all,
          `internal error: failed to construct type information for x-kubernetes-validations rules: ${why}`,
        ),
      )
      return
    }
    const often = node.cardinality ?? Math.floor(maxRequestBytes / (type.minSize + 1))
    for (const [index, compiled] of compiledRules(rules, schema, type).entries()) {
      const at = all.index(index)
      this.cost(at.child('rule'), 'estimated rule cost', times(compiled.maxCost(), often))
      if (compiled.error !== undefined)
        this.celErrors.push(invalidValue(at.child('rule'), shownRule(compiled.rule), compiled.error))
      if (compiled.messageError !== undefined)
        this.celErrors.push(
          invalidValue(at.child('messageExpression'), shownRule(compiled.rule), compiled.messageError),
        )
      else if (compiled.message)
        this.cost(at.child('messageExpression'), 'estimated messageExpression cost', compiled.maxMessageCost())
      this.oldSelf(node, compiled.rule, compiled.usesOldSelf, at)
    }
  }

  private cost(place: Path, what: string, cost: number): void {
    if (cost > ruleLimit) this.celErrors.push(forbiddenValue(place, costText(what, cost, ruleLimit)))
    this.observe(place, cost)
  }

  private oldSelf({ uncorrelated }: Node, rule: ValidationRule, uses: boolean, at: Path): void {
    if (uses && uncorrelated) {
      const detail = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`
      this.celErrors.push(invalidValue(at.child('rule'), rule.rule, detail))
    } else if (!uses && rule.optionalOldSelf !== undefined) {
      const detail = 'may not be set if oldSelf is not used in rule'
      this.celErrors.push(invalidValue(at.child('optionalOldSelf'), rule.optionalOldSelf, detail))
    }
  }

  totals(place: Path): void {
    if (this.total <= totalLimit) return
    const detail = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'
    for (const each of this.expensive) this.celErrors.push(forbiddenValue(each.place, detail))
    const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema'
    this.celErrors.push(forbiddenValue(place, costText(what, this.total, totalLimit)))
  }
}

const typeOf = (schema: CelSchema) => declared(schema, schema['x-kubernetes-embedded-resource'] === true)

/** Checks the rules of a schema; `place` is where the schema stands (`spec.validation.openAPIV3Schema`). */
export function checkRules(schema: CelSchema, place: Path, options: CheckOptions = {}): CheckResult {
  const check = new Check(options.schemaErrors ?? [])
  check.node({ schema, place, type: declared(schema, true), cardinality: 1, uncorrelated: undefined })
  check.totals(place)
  return { schemaErrors: check.schemaErrors, celErrors: check.celErrors }
}
