/**
 * Expressions in Kubernetes' CEL: compile once against an environment, evaluate many times.
 *
 * ```ts
 * const compiled = compileExpression('self.replicas <= 5', environment({ variables: { self: dynType } }))
 * if ('program' in compiled) evaluate(compiled.program, { self: jsonValue({ replicas: 3 }) }) // { value: true, cost: 4 }
 * ```
 *
 * Source: https://kubernetes.io/docs/reference/using-api/cel/
 */
import type { Expr } from './ast.ts'
import { type Checked, check } from './checker.ts'
import { type Compiled, compile, ProgramFault } from './compile.ts'
import type { Environment } from './environment.ts'
import { issuesText } from './issues.ts'
import { parse } from './parser.ts'
import { CostExceeded } from './run.ts'
import type { Type } from './types.ts'
import { validate } from './validators.ts'
import { CelError, type Value } from './values.ts'

export { type Environment, environment } from './environment.ts'

/** What one expression may cost: 1,000,000 units, about 0.1 s of a real API server. */
export const perCallLimit = 1_000_000
/** What all rules of one request may cost together. */
export const requestBudget = 10_000_000
/** What the match conditions of one webhook or policy may cost together. */
export const matchConditionsBudget = 2_500_000

/** An expression ready to evaluate. */
export interface Program {
  readonly source: string
  readonly compiled: Compiled
  /** The type of its value. */
  readonly type: Type
  /** The variables it reads. */
  readonly names: ReadonlySet<string>
  /** The checked expression, from which its cost is estimated. */
  readonly root: Expr
  readonly checked: Checked
}

/** Compiled, refused with `issues` as cel-go shows them, or `fault`: found wrong while making the program. */
export type CompileResult = { readonly program: Program } | { readonly issues: string } | { readonly fault: string }

/** Reads, checks and compiles an expression. */
export function compileExpression(source: string, env: Environment): CompileResult {
  const parsed = parse(source, { escapedFields: env.escapedFields })
  if (parsed.issues.length > 0) return { issues: issuesText(parsed.issues, source) }
  const checked = check(env, parsed.root, parsed.offsets)
  if (checked.issues.length > 0) return { issues: issuesText(checked.issues, source) }
  const found = env.validated ? validate(parsed.root, checked, parsed.offsets) : []
  if (found.length > 0) return { issues: issuesText(found, source) }
  try {
    const compiled = compile(env, parsed.root, checked)
    return { program: { source, compiled, type: compiled.type, names: compiled.names, root: parsed.root, checked } }
  } catch (error) {
    if (error instanceof ProgramFault) return { fault: error.message }
    throw error
  }
}

/** The values of variables: a record, or a function that finds them when they are read. */
export type Bindings = Readonly<Record<string, Value>> | ((name: string) => Value | undefined)

/** A value or an error, and what finding it cost. */
export type Evaluation =
  | { readonly value: Value; readonly cost: number }
  | { readonly error: string; readonly cost: number }

/** Runs a program. Errors of the evaluation are answered, never thrown. */
export function evaluate(program: Program, bindings: Bindings, { costLimit = perCallLimit } = {}): Evaluation {
  const read = typeof bindings === 'function' ? bindings : (name: string) => bindings[name]
  const context = { read, slots: new Array<Value | undefined>(program.compiled.slots), cost: 0, limit: costLimit }
  try {
    const value = program.compiled.run(context)
    return value instanceof CelError ? { error: value.message, cost: context.cost } : { value, cost: context.cost }
  } catch (error) {
    if (error instanceof CostExceeded) return { error: error.message, cost: context.cost }
    throw error
  }
}
