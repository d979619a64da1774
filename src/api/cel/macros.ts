/**
 * Calls that are rewritten while reading: `has`, `all`, `exists`, `map`, `filter` and the others of Kubernetes' dialect.
 * Sources: the CEL language definition, "Macros"; https://kubernetes.io/docs/reference/using-api/cel/
 */
import { accumulator, type Expr } from './ast.ts'
import type { Value } from './values.ts'

/** What expansion needs of the reader. */
export interface MacroHelp {
  readonly offsets: readonly number[]
  id(offset: number): number
  report(offset: number, message: string): Expr
}

type Expand = (make: Make, target: Expr, args: readonly Expr[]) => Expr

/** Makes nodes that stand where the macro stands. */
class Make {
  private readonly help: MacroHelp
  private readonly offset: number

  constructor(help: MacroHelp, offset: number) {
    this.help = help
    this.offset = offset
  }

  private id(): number {
    return this.help.id(this.offset)
  }

  literal(value: Value): Expr {
    return { kind: 'literal', id: this.id(), value }
  }

  ident(name: string = accumulator): Expr {
    return { kind: 'ident', id: this.id(), name }
  }

  call(fn: string, ...args: Expr[]): Expr {
    return { kind: 'call', id: this.id(), fn, target: undefined, args }
  }

  member(fn: string, target: Expr, ...args: Expr[]): Expr {
    return { kind: 'call', id: this.id(), fn, target, args }
  }

  list(...elements: Expr[]): Expr {
    return { kind: 'list', id: this.id(), elements, optional: new Set() }
  }

  map(): Expr {
    return { kind: 'map', id: this.id(), entries: [] }
  }

  presence(operand: Expr, field: string): Expr {
    return { kind: 'select', id: this.id(), operand, field, testOnly: true }
  }

  fold(
    range: Expr,
    vars: readonly string[],
    parts: [init: Expr, condition: Expr, step: Expr, result: Expr],
    accu = accumulator,
  ): Expr {
    const [init, condition, step, result] = parts
    const [iterVar = '', iterVar2] = vars
    return {
      kind: 'comprehension',
      id: this.id(),
      range,
      iterVar,
      iterVar2,
      accuVar: accu,
      init,
      condition,
      step,
      result,
    }
  }

  fault(at: Expr, message: string): Expr {
    return this.help.report(this.help.offsets[at.id] ?? -1, message)
  }

  /** The same expression with ids of its own. */
  copy(expr: Expr): Expr {
    const id = this.help.id(this.help.offsets[expr.id] ?? -1)
    switch (expr.kind) {
      case 'select':
        return { ...expr, id, operand: this.copy(expr.operand) }
      case 'call': {
        const args = expr.args.map((arg) => this.copy(arg))
        return { ...expr, id, target: expr.target && this.copy(expr.target), args }
      }
      case 'list':
        return { ...expr, id, elements: expr.elements.map((element) => this.copy(element)) }
      case 'map': {
        const entries = expr.entries.map((entry) => {
          return { ...entry, id: this.id(), key: this.copy(entry.key), value: this.copy(entry.value) }
        })
        return { ...expr, id, entries }
      }
      case 'struct': {
        const fields = expr.fields.map((field) => ({ ...field, id: this.id(), value: this.copy(field.value) }))
        return { ...expr, id, fields }
      }
      case 'comprehension': {
        const { range, init, condition, step, result } = expr
        const parts = { range: this.copy(range), init: this.copy(init), condition: this.copy(condition) }
        return { ...expr, id, ...parts, step: this.copy(step), result: this.copy(result) }
      }
      default:
        return { ...expr, id }
    }
  }
}

/** The names of the iteration variables among the first `count` arguments, or what to answer instead. */
function variables(make: Make, args: readonly Expr[], count: number, fault: string): string[] | Expr {
  const names: string[] = []
  for (const arg of args.slice(0, count)) {
    if (arg.kind !== 'ident' || (count === 2 && arg.name.startsWith('.'))) return make.fault(arg, fault)
    names.push(arg.name)
  }
  if (count === 2 && names[0] === names[1]) return make.fault(args[1] as Expr, `duplicate variable name: ${names[0]}`)
  for (const [index, name] of names.entries())
    if (name === accumulator || name === '__result__')
      return make.fault(args[index] as Expr, 'iteration variable overwrites accumulator variable')
  return names
}

const simpleName = 'argument must be a simple name'

/** A macro with `count` iteration variables. */
function folding(
  count: number,
  fault: string,
  parts: (make: Make, rest: Expr[], names: string[]) => [Expr, Expr, Expr, Expr],
): Expand {
  return (make, target, args) => {
    const names = variables(make, args, count, fault)
    if (!Array.isArray(names)) return names
    return make.fold(target, names, parts(make, args.slice(count), names))
  }
}

function quantifiers(count: number): Record<string, Expand> {
  const all = folding(count, simpleName, (make, [test]) => [
    make.literal(true),
    make.call('@not_strictly_false', make.ident()),
    make.call('_&&_', make.ident(), test as Expr),
    make.ident(),
  ])
  const exists = folding(count, simpleName, (make, [test]) => [
    make.literal(false),
    make.call('@not_strictly_false', make.call('!_', make.ident())),
    make.call('_||_', make.ident(), test as Expr),
    make.ident(),
  ])
  const one = folding(count, simpleName, (make, [test]) => [
    make.literal(0),
    make.literal(true),
    make.call('_?_:_', test as Expr, make.call('_+_', make.ident(), make.literal(1)), make.ident()),
    make.call('_==_', make.ident(), make.literal(1)),
  ])
  const arity = count + 1
  const names = { [`all:${arity}`]: all, [`exists:${arity}`]: exists, [`exists_one:${arity}`]: one }
  return count === 2 ? { ...names, [`existsOne:${arity}`]: one } : names
}

/** `step`, or what is accumulated so far when the filter says no. */
function filtered(make: Make, filter: Expr | undefined, step: Expr): Expr {
  return filter ? make.call('_?_:_', filter, step, make.ident()) : step
}

const notIdentifier = 'argument is not an identifier'

const mapping = folding(1, notIdentifier, (make, rest) => {
  const [filter, transform] = rest.length === 2 ? [rest[0], rest[1]] : [undefined, rest[0]]
  const step = make.call('_+_', make.ident(), make.list(transform as Expr))
  return [make.list(), make.literal(true), filtered(make, filter, step), make.ident()]
})

const filtering: Expand = (make, target, args) => {
  const names = variables(make, args, 1, notIdentifier)
  if (!Array.isArray(names)) return names
  const [variable, test] = args as [Expr, Expr]
  const step = filtered(make, test, make.call('_+_', make.ident(), make.list(variable)))
  return make.fold(target, names, [make.list(), make.literal(true), step, make.ident()])
}

const transformList = folding(2, simpleName, (make, rest) => {
  const [filter, transform] = rest.length === 2 ? [rest[0], rest[1]] : [undefined, rest[0]]
  const step = make.call('_+_', make.ident(), make.list(transform as Expr))
  return [make.list(), make.literal(true), filtered(make, filter, step), make.ident()]
})

const transformMap = folding(2, simpleName, (make, rest, [key = '']) => {
  const [filter, transform] = rest.length === 2 ? [rest[0], rest[1]] : [undefined, rest[0]]
  const step = make.call('cel.@mapInsert', make.ident(), make.ident(key), transform as Expr)
  return [make.map(), make.literal(true), filtered(make, filter, step), make.ident()]
})

const transformMapEntry = folding(2, simpleName, (make, rest) => {
  const [filter, transform] = rest.length === 2 ? [rest[0], rest[1]] : [undefined, rest[0]]
  const step = make.call('cel.@mapInsert', make.ident(), transform as Expr)
  return [make.map(), make.literal(true), filtered(make, filter, step), make.ident()]
})

/** `value` bound to a name inside `body`: a loop over nothing. */
function bound(make: Make, name: string, value: Expr, body: Expr): Expr {
  return make.fold(make.list(), ['#unused'], [value, make.literal(false), make.ident(name), body], name)
}

function optionalMap(name: string, wrap: (make: Make, body: Expr) => Expr): Expand {
  return (make, target, args) => {
    const [variable, body] = args as [Expr, Expr]
    if (variable.kind !== 'ident') return make.fault(variable, `${name}() variable name must be a simple identifier`)
    const has = make.member('hasValue', target)
    const value = make.member('value', make.copy(target))
    return make.call('_?_:_', has, wrap(make, bound(make, variable.name, value, body)), make.call('optional.none'))
  }
}

const sortBy: Expand = (make, target, args) => {
  const [variable, key] = args as [Expr, Expr]
  const accepted = ['select', 'ident', 'list', 'call', 'comprehension']
  if (!accepted.includes(target.kind))
    return make.fault(
      target,
      'sortBy can only be applied to a list, identifier, comprehension, call or select expression',
    )
  if (variable.kind !== 'ident') return make.fault(variable, notIdentifier)
  const keys = mapping(make, make.ident('@__sortBy_input__'), [variable, key])
  const body = make.member('@sortByAssociatedKeys', make.ident('@__sortBy_input__'), keys)
  return make.fold(
    make.list(),
    ['#unused'],
    [target, make.literal(false), make.ident('@__sortBy_input__'), body],
    '@__sortBy_input__',
  )
}

const receivers: Readonly<Record<string, Expand>> = {
  ...quantifiers(1),
  ...quantifiers(2),
  'map:2': mapping,
  'map:3': mapping,
  'filter:2': filtering,
  'transformList:3': transformList,
  'transformList:4': transformList,
  'transformMap:3': transformMap,
  'transformMap:4': transformMap,
  'transformMapEntry:3': transformMapEntry,
  'transformMapEntry:4': transformMapEntry,
  'optMap:2': optionalMap('optMap', (make, body) => make.call('optional.of', body)),
  'optFlatMap:2': optionalMap('optFlatMap', (_, body) => body),
  'sortBy:2': sortBy,
}

/** What a call becomes when it is a macro's, `undefined` when it is none. */
export function expandMacro(
  help: MacroHelp,
  id: number,
  fn: string,
  target: Expr | undefined,
  args: readonly Expr[],
): Expr | undefined {
  const make = new Make(help, help.offsets[id] ?? -1)
  if (!target) {
    const [arg] = args
    if (fn !== 'has' || args.length !== 1 || !arg) return undefined
    if (arg.kind !== 'select') return make.fault(arg, 'invalid argument to has() macro')
    return make.presence(arg.operand, arg.field)
  }
  return receivers[`${fn}:${args.length}`]?.(make, target, args)
}
