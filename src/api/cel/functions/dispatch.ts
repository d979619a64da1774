/** Which implementation a call runs: by name, guarded by the types of the overloads that were declared. */
import { functionNamed, type Overload } from '../declarations.ts'
import type { Type } from '../types.ts'
import { CelError, CelList, CelMap, typeName, type Value } from '../values.ts'
import { addresses } from './addresses.ts'
import { authorizerFunctions } from './authorizer.ts'
import { conversions } from './conversions.ts'
import { formatFunctions } from './formats.ts'
import { lists } from './lists.ts'
import { operators } from './operators.ts'
import { patterns } from './patterns.ts'
import { quantities } from './quantities.ts'
import { semvers } from './semvers.ts'
import { strings } from './strings.ts'
import { urls } from './urls.ts'

/** An implementation. Arguments are never errors; the overload is empty when it is only known at run time. */
export type Invoke = (args: readonly Value[], overload: string) => Value

export type Functions = Readonly<Record<string, Invoke>>

const tables = (): readonly Functions[] => [
  operators,
  conversions,
  strings,
  lists,
  quantities,
  addresses,
  urls,
  semvers,
  formatFunctions,
  patterns,
  authorizerFunctions,
]

/** Standard functions that look at their arguments themselves. */
const unguarded = new Set(['startsWith', 'endsWith', 'contains', 'matches'])

function invokeOf(fn: string): Invoke | undefined {
  for (const table of tables()) if (Object.hasOwn(table, fn)) return table[fn]
  return undefined
}

/** Whether a value may stand where an overload wants a type; only the first element of lists and maps is looked at. */
function fits(type: Type, value: Value): boolean {
  if (type.kind === 'dyn' || type.kind === 'param' || type.kind === 'any') return true
  if (typeName(value) !== type.name) return false
  const [first, second] = type.params
  if (value instanceof CelList && first) return value.size === 0 || fits(first, value.get(0))
  if (!(value instanceof CelMap) || !first || !second) return true
  const [key] = value.keys()
  return key === undefined || (fits(first, key) && fits(second, value.find(key) as Value))
}

const accepts = (overload: Overload, args: readonly Value[]) =>
  overload.args.length === args.length && overload.args.every((type, index) => fits(type, args[index] as Value))

/** The implementation of a function; `guarded` checks the arguments of calls whose types are only known at run time. */
export function implementationOf(fn: string, overload: string, guarded: boolean): Invoke | undefined {
  const invoke = invokeOf(fn)
  if (!invoke || !guarded || Object.hasOwn(operators, fn) || unguarded.has(fn)) return invoke
  const declared = functionNamed(fn)?.overloads ?? []
  const candidates = overload === '' ? declared : declared.filter(({ id }) => id === overload)
  return (args) => {
    const found = candidates.find((each) => accepts(each, args))
    if (found) return invoke(args, found.id)
    return new CelError(`no such overload: ${fn}(${args.map(typeName).join(', ')})`)
  }
}
