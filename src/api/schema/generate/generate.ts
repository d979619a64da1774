/** Joins the models with the hand-kept facts into the rows of the schema table. */
import { join } from 'node:path'
import * as keys from '../keys.ts'
import type { Model, ModelField } from './models.ts'
import { readModel } from './models.ts'
import { classNames } from './names.ts'

/** The two generated modules and what they hold. */
export interface Generated {
  readonly table: string
  readonly descriptions: string
  readonly definitions: number
  readonly fields: number
}

/** Generates both modules from the package's `dist/gen` folder. Throws when a hand-kept fact names no field. */
export function generate(root: string): Generated {
  const names = classNames(root)
  const shortNames = new Map([...names].map(([short, className]) => [className, short]))
  const facts = readFacts()
  const rows: string[] = []
  const descriptions: Record<string, string> = {}
  let fields = 0
  for (const short of [...names.keys()].sort()) {
    const model = readModel(join(root, 'models'), names.get(short) ?? '')
    if (model === undefined) throw new Error(`no model for ${short}`)
    rows.push(`  '${short}': '${row(short, model, facts, shortNames)}',`)
    fields += model.fields.length
    if (model.description !== '') descriptions[short] = model.description
    for (const field of model.fields)
      if (field.description !== '') descriptions[`${short}.${field.name}`] = field.description
  }
  if (facts.size > 0) throw new Error(`facts without a field: ${[...facts.keys()].join(', ')}`)
  const header = '/** Written by `npm run generate`; do not edit. The encoding is described in `../schema.ts`. */\n'
  return {
    table: `${header}export const table: Readonly<Record<string, string>> = {\n${rows.join('\n')}\n}\n`,
    descriptions: `${header}export const descriptions: Readonly<Record<string, string>> = JSON.parse(\n  ${JSON.stringify(JSON.stringify(descriptions))},\n)\n`,
    definitions: rows.length,
    fields,
  }
}

function row(short: string, model: Model, facts: Map<string, string[]>, shortNames: Map<string, string>): string {
  const atomic = take(facts, short).includes('atomic') ? '@atomic ' : ''
  const fields = model.fields.map((field) => {
    const marks = take(facts, `${short}.${field.name}`)
    const attributes = marks.filter((mark) => mark.includes('='))
    const type = encodeType(field, marks, shortNames, short.slice(0, short.lastIndexOf('.')))
    return `${field.name}${field.required ? '!' : ''}:${[type, ...attributes].join('|')}`
  })
  return atomic + fields.join(' ')
}

function take(facts: Map<string, string[]>, key: string): string[] {
  const found = facts.get(key) ?? []
  facts.delete(key)
  return found
}

const scalars: Readonly<Record<string, string>> = {
  'boolean,': 'b',
  'string,': 's',
  'string,byte': 'y',
  'number,int32': 'i',
  'number,int64': 'l',
  'number,double': 'n',
  'Date,date-time': 't',
  'V1MicroTime,date-time-micro': 'u',
  'IntOrString,int-or-string': 'x',
  'any,': '*',
}

function encodeType(
  field: ModelField,
  marks: readonly string[],
  shortNames: Map<string, string>,
  group: string,
): string {
  const array = /^Array<(.*)>$/.exec(field.type)
  if (array !== null) return `[]${encodeType({ ...field, type: array[1] ?? '' }, marks, shortNames, group)}`
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(field.type)
  if (map !== null) return `{}${encodeType({ ...field, type: map[1] ?? '' }, marks, shortNames, group)}`
  if (marks.includes('quantity')) return 'q'
  if (field.name === 'fieldsV1' || marks.includes('raw')) return 'r'
  const scalar = scalars[`${field.type},${field.format}`]
  if (scalar !== undefined) return scalar
  const target = shortNames.get(field.type)
  if (target === undefined) throw new Error(`unknown type ${field.type} of ${group} ${field.name}`)
  return target.startsWith(`${group}.`) ? `.${target.slice(group.length + 1)}` : target
}

/** All hand-kept facts by definition or field: `quantity`, `raw`, `atomic` and `attribute=value`. */
function readFacts(): Map<string, string[]> {
  const facts = new Map<string, string[]>()
  const add = (key: string, ...marks: string[]) => facts.set(key, [...(facts.get(key) ?? []), ...marks])
  for (const [path = '', key = '-', strategy = '-', mapKeys = '-'] of cells(keys.keyedLists)) {
    if (key !== '-') add(path, `key=${key}`)
    if (strategy !== '-') add(path, `patch=${strategy}`)
    if (mapKeys !== '-') add(path, `list=${mapKeys}`)
  }
  for (const [path = '', strategy = ''] of cells(keys.strategies)) add(path, `patch=${strategy}`)
  for (const [path = ''] of cells(keys.setLists)) add(path, 'set=1')
  for (const [path = '', kind = ''] of cells(keys.mapTypes)) add(path, `map=${kind}`)
  for (const [group, names] of words(keys.atomicStructs)) for (const name of names) add(`${group}.${name}`, 'atomic')
  for (const [owner, names] of words(keys.quantities)) for (const name of names) add(`${owner}.${name}`, 'quantity')
  for (const [owner, names] of words(keys.rawObjects)) for (const name of names) add(`${owner}.${name}`, 'raw')
  return facts
}

function cells(text: string): string[][] {
  return lines(text).map((line) => line.split('|').map((cell) => cell.trim()))
}

function words(text: string): [string, string[]][] {
  return lines(text).map((line) => {
    const [first = '', ...rest] = line.split(/\s+/)
    return [first, rest]
  })
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}
