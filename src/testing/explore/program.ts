/**
 * A counterexample as a vitest test to paste: the scenario written out, the property as it was said, and the log. What is
 * code of one's own (controllers, kinds) is named and has to be imported.
 */
import type { Property } from '../property.ts'
import type { Scenario } from '../scenario.ts'
import type { SearchOptions } from './search.ts'
import type { WorldOptions } from './world.ts'

/** What a test needs to replay a run. */
export interface Played {
  readonly scenario: Scenario
  readonly property: Property
  readonly log: readonly string[]
  /** How many of the last names are gone round for ever. */
  readonly loop: number
  readonly options: WorldOptions & SearchOptions
}

/** The whole file. */
export function programOf({ scenario, property, log, loop, options }: Played): string {
  const { faults, faultsOf, heartbeats, staleOwnReads, without, time, agesMs, symmetry } = options
  const round = loop === 0 ? {} : { loop, agesMs, symmetry }
  const kept = Object.entries({ faults, faultsOf, heartbeats, staleOwnReads, without, time, ...round })
  const world = kept.filter(([, value]) => value !== undefined)
  const from = [...new Set(['replay', ...(isCluster(scenario) ? [] : ['scenario']), wordOf(property)])].sort()
  const own = scenario.uses.map(identifier)
  return [
    `import { expect, test } from ${quoted('vitest')}`,
    `import { ${from.join(', ')} } from ${quoted('kybern/testing')}`,
    ...(own.length === 0 ? [] : [`// import { ${own.join(', ')} } from where they are`]),
    '',
    `test(${quoted(`${scenario.name}: ${property.name}`)}, async () => {`,
    ...worldLines(scenario),
    `  const property = ${expression(property)}`,
    '  const log = [',
    ...log.map((name) => `    ${quoted(name)},`),
    '  ]',
    `  const { counterexample } = await replay(world, [property], log${world.length === 0 ? '' : `, ${literal(Object.fromEntries(world))}`})`,
    '  expect(counterexample?.why).toBeUndefined()',
    '})',
  ].join('\n')
}

const isCluster = ({ name, given, inputs }: Scenario): boolean =>
  name === 'cluster' && given.length === 0 && inputs.length === 0

function worldLines(scenario: Scenario): string[] {
  if (isCluster(scenario)) return ['  const world = cluster // as it stood']
  const { name, options, given, uses, inputs, inputsAwait, lanes, inputsWhen, horizonMs } = scenario
  const lines: string[] = []
  const settings = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  if (Object.keys(settings).length > 0) lines.push(`.options(${literal(settings)})`)
  if (uses.length > 0) lines.push(`.use(${uses.map(identifier).join(', ')})`)
  for (const step of given) lines.push(typeof step === 'function' ? `.given(${step})` : `.apply(${manifest(step)})`)
  for (const [i, operation] of inputs.entries()) {
    const when = inputsAwait?.[i]
    const lane = lanes?.[i]
    if (lane !== undefined) {
      const own = inputs.filter((_one, at) => lanes?.[at] === lane)
      if (lanes?.[i - 1] !== lane) lines.push(`.meanwhile(${own.map(literal).join(', ')})`)
      continue
    }
    lines.push(when === undefined ? `.do(${literal(operation)})` : `.once(${literal(when)}, ${literal(operation)})`)
  }
  if (inputsWhen !== 'anytime') lines.push(`.inputs(${quoted(inputsWhen)})`)
  if (horizonMs !== undefined) lines.push(`.horizon(${horizonMs})`)
  return [`  const world = scenario(${quoted(name)}, (c) =>`, '    c', ...lines.map((line) => `      ${line}`), '  )']
}

/** The word by which a property is imported. */
const wordOf = ({ id, formula, written }: Property): string =>
  written?.word ?? (id === undefined ? formula.type : 'invariants')

function expression({ id, name, formula, withinMs, written }: Property): string {
  if (written !== undefined) return written.text
  const within = withinMs === undefined ? '' : `.within(${withinMs})`
  if (id !== undefined) return /^\w+$/.test(id) ? `invariants.${id}` : `invariants[${quoted(id)}]`
  const parts = Object.entries(formula).flatMap(([key, value]) => {
    if (key === 'type' || value === undefined) return []
    return Array.isArray(value) ? value.map((one) => quoted(String(one))) : [String(value)]
  })
  return `${formula.type}(${parts.join(', ')})${name === formula.type ? '' : `.as(${quoted(name)})`}${within}`
}

function identifier(part: Scenario['uses'][number]): string {
  const name = 'reconcile' in part ? part.name : part.kind
  return name.replace(/[^\w]+(\w)?/g, (_all, letter: string | undefined) => (letter ?? '').toUpperCase())
}

function manifest(step: unknown): string {
  return typeof step === 'string' ? `\`${step.replace(/[\\`]|\$\{/g, '\\$&')}\`` : literal(step)
}

const quoted = (text: string): string => JSON.stringify(text)

/** Data as source. */
function literal(value: unknown): string {
  if (typeof value === 'function') return String(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (value instanceof Date) return quoted(value.toISOString())
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const fields = Object.entries(value).filter(([, one]) => one !== undefined)
  const key = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : quoted(name))
  return fields.length === 0 ? '{}' : `{ ${fields.map(([name, one]) => `${key(name)}: ${literal(one)}`).join(', ')} }`
}
