/**
 * What an expression may cost at least and at most, before it runs. Source: cel-go's checker (cost): a figure that differs
 * from it changes which CustomResourceDefinitions are refused. Amounts saturate at 2^64 - 1.
 */
import type { Call, Comprehension, Expr, Literal, MapExpr, Select } from './ast.ts'
import type { Checked } from './checker.ts'
import { type CallPart, callEstimate } from './estimate-calls.ts'
import { add, type Estimate, fixed, times, union, unknownSize } from './estimate-size.ts'
import type { Program } from './index.ts'
import type { Declared } from './schema.ts'
import type { Type } from './types.ts'
import { CelList, CelMap, codePoints } from './values.ts'

export type { Estimate } from './estimate-size.ts'

/** The sizes of the keys and values of a list or map. */
interface EntrySize {
  readonly kind: 'list' | 'map'
  readonly key: Estimate
  readonly value: Estimate
}

interface Local {
  readonly path: readonly string[]
  readonly size: Estimate | undefined
  readonly entry: EntrySize | undefined
}

const scalars = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint'])

function isScalar(type: Type | undefined): boolean {
  if (!type) return false
  if (type.kind === 'opaque' && type.name === 'optional_type') return isScalar(type.params[0])
  return scalars.has(type.kind)
}

function literalSize(expr: Literal): Estimate | undefined {
  const { value } = expr
  if (typeof value === 'string') return fixed(codePoints(value))
  if (value instanceof Uint8Array) return fixed(value.length)
  return value instanceof CelList || value instanceof CelMap ? undefined : fixed(1)
}

function joinEntries(a: EntrySize | undefined, b: EntrySize | undefined): EntrySize | undefined {
  return a && b && { kind: a.kind, key: union(a.key, b.key), value: union(a.value, b.value) }
}

class Estimator {
  private readonly checked: Checked
  private readonly root: Declared | undefined
  private readonly paths = new Map<number, readonly string[]>()
  private readonly sizes = new Map<number, Estimate>()
  private readonly entries = new Map<number, EntrySize>()
  private readonly locals = new Map<string, Local[]>()

  constructor(checked: Checked, root: Declared | undefined) {
    this.checked = checked
    this.root = root
  }

  cost(expr: Expr): Estimate {
    switch (expr.kind) {
      case 'ident': {
        this.paths.set(expr.id, this.local(expr.name)?.path ?? [expr.name])
        return fixed(1)
      }
      case 'select':
        return this.select(expr)
      case 'call':
        return this.call(expr)
      case 'list': {
        const sum = expr.elements.map((element) => this.cost(element)).reduce(add, fixed(0))
        const value = this.range(expr.elements)
        this.entries.set(expr.id, { kind: 'list', key: fixed(1), value })
        return add(sum, fixed(10))
      }
      case 'map':
        return this.map(expr)
      case 'struct':
        return add(expr.fields.map((field) => this.cost(field.value)).reduce(add, fixed(0)), fixed(40))
      case 'comprehension':
        return this.isBind(expr) ? this.bind(expr) : this.loop(expr)
      default:
        return fixed(0)
    }
  }

  private local(name: string): Local | undefined {
    return this.locals.get(name)?.at(-1)
  }

  private push(name: string, local: Local): void {
    const stack = this.locals.get(name)
    if (stack) stack.push(local)
    else this.locals.set(name, [local])
  }

  private pop(name: string): void {
    this.locals.get(name)?.pop()
  }

  private typeOf(expr: Expr): Type | undefined {
    return this.checked.types[expr.id]
  }

  private pathOf(expr: Expr): readonly string[] {
    if (expr.kind === 'ident') {
      const local = this.local(expr.name)
      if (local) return local.path
    }
    return this.paths.get(expr.id) ?? []
  }

  /** The size the schema allows at a path; `self` and `oldSelf` are its root. */
  sizeAt(path: readonly string[]): Estimate | undefined {
    if (path.length === 0 || !this.root) return undefined
    let at: Declared | undefined = this.root
    for (const name of path.slice(1)) {
      if (name === '@items' || name === '@values') at = at?.items
      else if (name === '@keys') at = at?.kind === 'map' ? keyType : undefined
      else at = at && Object.hasOwn(at.fields, name) ? at.fields[name] : undefined
    }
    return at && { min: 0, max: at.maxElements }
  }

  private sizeOf(expr: Expr): Estimate | undefined {
    const known = this.sizes.get(expr.id)
    if (known) return known
    const written =
      expr.kind === 'literal'
        ? literalSize(expr)
        : expr.kind === 'list'
          ? fixed(expr.elements.length)
          : expr.kind === 'map'
            ? fixed(expr.entries.length)
            : undefined
    if (written) return written
    const allowed = this.sizeAt(this.pathOf(expr))
    if (allowed) {
      this.sizes.set(expr.id, allowed)
      return allowed
    }
    if (isScalar(this.typeOf(expr))) return fixed(1)
    return expr.kind === 'ident' ? this.local(expr.name)?.size : undefined
  }

  private entryOf(expr: Expr): EntrySize | undefined {
    return this.entries.get(expr.id) ?? (expr.kind === 'ident' ? this.local(expr.name)?.entry : undefined)
  }

  private range(exprs: readonly Expr[]): Estimate {
    if (exprs.length === 0) return fixed(0)
    return exprs.map((expr) => this.sizeOf(expr) ?? unknownSize).reduce(union)
  }

  private select(expr: Select): Estimate {
    const sum = this.cost(expr.operand)
    if (expr.testOnly) return sum
    const kind = this.typeOf(expr.operand)?.kind
    this.paths.set(expr.id, [...this.pathOf(expr.operand), expr.field])
    return kind === 'map' || kind === 'struct' || kind === 'param' ? add(sum, fixed(1)) : sum
  }

  private map(expr: MapExpr): Estimate {
    let sum = fixed(30)
    for (const { key, value } of expr.entries) sum = add(sum, add(this.cost(key), this.cost(value)))
    const key = this.range(expr.entries.map((entry) => entry.key))
    const value = this.range(expr.entries.map((entry) => entry.value))
    this.entries.set(expr.id, { kind: 'map', key, value })
    return sum
  }

  private part(expr: Expr): CallPart {
    const path = this.pathOf(expr)
    const visible = path[0] === '@result' || path[0] === '__result__' ? [] : path
    return { expr, path: visible, type: this.typeOf(expr), size: this.sizeOf(expr) }
  }

  private call(expr: Call): Estimate {
    if (expr.fn === 'dyn' && expr.args[0]) return this.dyn(expr, expr.args[0])
    const costs = expr.args.map((arg) => this.cost(arg))
    const args = expr.args.map((arg) => this.part(arg))
    const overloads = this.checked.references.get(expr.id)?.overloads ?? []
    if (overloads.length === 0) return fixed(0)
    let sum = fixed(0)
    let target: CallPart | undefined
    if (expr.target) {
      sum = this.cost(expr.target)
      target = this.part(expr.target)
    }
    let total: Estimate | undefined
    let size: Estimate | undefined
    for (const overload of overloads) {
      const found = this.overload(expr, overload, target, args, costs)
      total = total ? union(total, found.cost) : found.cost
      if (found.size) size = size ? union(size, found.size) : found.size
      size = this.indexed(expr, overload, size) ?? this.sizeOf(expr)
    }
    if (size) this.sizes.set(expr.id, size)
    return add(sum, total ?? fixed(0))
  }

  private indexed(expr: Call, overload: string, size: Estimate | undefined): Estimate | undefined {
    if (overload !== 'index_list' && overload !== 'index_map') return size
    const [operand] = expr.args
    if (!operand) return size
    this.paths.set(expr.id, [...this.pathOf(operand), overload === 'index_list' ? '@items' : '@values'])
    return this.entryOf(operand)?.value
  }

  private dyn(expr: Call, arg: Expr): Estimate {
    const cost = this.cost(arg)
    this.copySizes(expr, arg)
    return add(fixed(1), cost)
  }

  private copySizes(to: Expr, from: Expr): void {
    const size = this.sizeOf(from)
    const entry = this.entryOf(from)
    if (size) this.sizes.set(to.id, size)
    if (entry) this.entries.set(to.id, entry)
  }

  private overload(
    expr: Call,
    overload: string,
    target: CallPart | undefined,
    args: readonly CallPart[],
    costs: readonly Estimate[],
  ): { cost: Estimate; size?: Estimate | undefined } {
    const [first = fixed(0), second = fixed(0), third = fixed(0)] = costs
    if (overload === 'logical_and' || overload === 'logical_or')
      return { cost: { min: first.min, max: add(first, second).max } }
    const [a, b, c] = expr.args
    if (overload === 'conditional' && b && c) {
      const entry = joinEntries(this.entryOf(b), this.entryOf(c))
      if (entry) this.entries.set(expr.id, entry)
      const size = union(this.sizeOf(b) ?? unknownSize, this.sizeOf(c) ?? unknownSize)
      return { cost: add(first, union(second, third)), size }
    }
    if (overload.startsWith('add_') && a && b) {
      const entry = joinEntries(this.entryOf(a), this.entryOf(b))
      if (entry) this.entries.set(expr.id, entry)
    }
    const found = callEstimate(expr.fn, overload, target, args, (path) => this.sizeAt(path))
    return { cost: add(found.cost, costs.reduce(add, fixed(0))), size: found.size }
  }

  private isBind(expr: Comprehension): boolean {
    const { range, condition } = expr
    const never = condition.kind === 'literal' && condition.value === false
    return range.kind === 'list' && range.elements.length === 0 && never && expr.accuVar !== '__result__'
  }

  private bind(expr: Comprehension): Estimate {
    const sum = add(this.cost(expr.range), this.cost(expr.init))
    const { accuVar, init } = expr
    this.push(accuVar, { path: this.pathOf(init), entry: this.entryOf(init), size: this.sizeOf(init) })
    const result = this.cost(expr.result)
    this.pop(accuVar)
    this.copySizes(expr, expr.result)
    return add(sum, result)
  }

  private iterate(expr: Comprehension): void {
    const { range } = expr
    const entry = this.entryOf(range)
    const isList = (entry?.kind ?? this.typeOf(range)?.kind) === 'list'
    const path = this.pathOf(range)
    const value = { path: [...path, isList ? '@items' : '@values'], size: entry?.value, entry: undefined }
    const key = { path: [...path, isList ? '@indices' : '@keys'], size: entry?.key, entry: undefined }
    if (expr.iterVar2 === undefined) this.push(expr.iterVar, isList ? value : key)
    else {
      this.push(expr.iterVar, key)
      this.push(expr.iterVar2, value)
    }
  }

  private loop(expr: Comprehension): Estimate {
    const { init } = expr
    let sum = add(this.cost(expr.range), this.cost(init))
    this.push(expr.accuVar, { path: this.pathOf(init), entry: this.entryOf(init), size: this.sizeOf(init) })
    this.iterate(expr)
    const condition = this.cost(expr.condition)
    const step = this.cost(expr.step)
    this.pop(expr.iterVar)
    if (expr.iterVar2 !== undefined) this.pop(expr.iterVar2)
    sum = add(sum, this.cost(expr.result))
    this.pop(expr.accuVar)
    const count = this.sizeOf(expr.range) ?? unknownSize
    sum = add(sum, times(count, add(step, condition)))
    if (init.kind === 'literal') {
      const size = this.sizeOf(init)
      if (size) this.sizes.set(expr.id, size)
    } else if (init.kind === 'list' || init.kind === 'map') {
      this.sizes.set(expr.id, count)
      const entry = this.entryOf(expr.step)
      if (entry) this.entries.set(expr.id, entry)
    }
    return sum
  }
}

const keyType = { kind: 'scalar', maxElements: 0 } as Declared

/** The bounds of a program's cost. Sizes come from `root`, the type of `self`, when there is one. */
export function estimateCost(program: Program, root?: Declared): Estimate {
  return new Estimator(program.checked, root).cost(program.root)
}
