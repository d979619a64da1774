/** The rules of a schema, compiled once and remembered by the schema. */
import { type Estimate, estimateCost } from '../estimate.ts'
import { compileExpression, type Program } from '../index.ts'
import type { CelSchema, Declared, ValidationRule } from '../schema.ts'
import { schemaEnvironment } from '../schema-environment.ts'
import { fieldPathOf } from './field-path.ts'

/** One rule, compiled. */
export interface CompiledRule {
  readonly rule: ValidationRule
  /** Absent when the rule is empty or has an error. */
  readonly program?: Program
  readonly error?: string
  readonly message?: Program
  readonly messageError?: string
  readonly usesOldSelf: boolean
  /** Where errors are reported, beneath the schema's value. */
  readonly fieldPath: string
  /** The most that the rule and its message may cost. */
  readonly maxCost: () => number
  readonly maxMessageCost: () => number
}

/** The program, or the message of why there is none. */
function program(source: string, wanted: 'bool' | 'string', type: Declared, optional: boolean): Program | string {
  const message = wanted === 'string'
  const compiled = compileExpression(source, schemaEnvironment(type, { optionalOldSelf: optional }))
  if ('issues' in compiled) return `${message ? 'messageExpression ' : ''}compilation failed: ${compiled.issues}`
  if (!('fault' in compiled)) {
    if (compiled.program.type.kind === wanted) return compiled.program
    return message ? 'messageExpression must evaluate to a string' : 'cel expression must evaluate to a bool'
  }
  return `${message ? 'messageExpression' : 'program'} instantiation failed: ${compiled.fault}`
}

function largest(made: Program | undefined, type: Declared): () => number {
  let known: Estimate | undefined
  return () => {
    if (!made) return 0
    known ??= estimateCost(made, type)
    return known.max
  }
}

function compileRule(rule: ValidationRule, schema: CelSchema, type: Declared): CompiledRule {
  const optional = rule.optionalOldSelf === true
  const none = { rule, usesOldSelf: false, fieldPath: '', maxCost: () => 0, maxMessageCost: () => 0 }
  if (rule.rule.trim() === '') return none
  const made = program(rule.rule, 'bool', type, optional)
  if (typeof made === 'string') return { ...none, error: made }
  const usesOldSelf = made.names.has('oldSelf')
  const base = {
    rule,
    program: made,
    usesOldSelf,
    maxCost: largest(made, type),
    fieldPath: '',
    maxMessageCost: () => 0,
  }
  if (rule.messageExpression) {
    const message = program(rule.messageExpression, 'string', type, optional)
    if (typeof message === 'string') return { ...base, messageError: message }
    return { ...base, message, maxMessageCost: largest(message, type), fieldPath: placeOf(rule, schema) }
  }
  return { ...base, fieldPath: placeOf(rule, schema) }
}

function placeOf(rule: ValidationRule, schema: CelSchema): string {
  return rule.fieldPath ? (fieldPathOf(rule.fieldPath, schema) ?? '') : ''
}

const memo = new WeakMap<readonly ValidationRule[], CompiledRule[]>()

/** The compiled rules written at a schema; `type` is the schema's declared type. */
export function compiledRules(
  rules: readonly ValidationRule[],
  schema: CelSchema,
  type: Declared,
): readonly CompiledRule[] {
  const known = memo.get(rules)
  if (known) return known
  const made = rules.map((rule) => compileRule(rule, schema, type))
  memo.set(rules, made)
  return made
}
