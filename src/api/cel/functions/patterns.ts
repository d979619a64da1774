/** Regular expressions: `matches`, and Kubernetes' `find` and `findAll`. */
import { compileRe2, type Re2 } from '../../../lib/re2.ts'
import { CelError, noOverload, PlainList, type Value } from '../values.ts'
import type { Functions, Invoke } from './dispatch.ts'

type Run = (pattern: Re2, text: string, rest: Value | undefined) => Value

const runs: Readonly<Record<string, Run>> = {
  matches: (pattern, text) => pattern.test(text),
  find: (pattern, text) => pattern.find(text) ?? '',
  findAll: (pattern, text, limit) => new PlainList(pattern.findAll(text, limit === undefined ? -1 : Number(limit))),
}

function invoke(name: string): Invoke {
  const run = runs[name] as Run
  const prefix = name === 'matches' ? '' : 'Illegal regex: '
  return ([text = null, source = null, rest]) => {
    if (typeof text !== 'string' || typeof source !== 'string') return noOverload
    const pattern = compileRe2(source)
    return 'fault' in pattern ? new CelError(`${prefix}${pattern.fault}`) : run(pattern, text, rest)
  }
}

export const patterns: Functions = { matches: invoke('matches'), find: invoke('find'), findAll: invoke('findAll') }

/** The implementation of a call whose pattern is known, or `{ fault }`; `undefined` for other functions. */
export function withPattern(name: string, source: string): Invoke | { readonly fault: string } | undefined {
  const run = Object.hasOwn(runs, name) ? runs[name] : undefined
  if (!run) return undefined
  const pattern = compileRe2(source)
  if ('fault' in pattern) return pattern
  return ([text = null, , rest]) => (typeof text === 'string' ? run(pattern, text, rest) : noOverload)
}
