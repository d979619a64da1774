/**
 * Reads the text of the published model classes: fields, types, required fields and descriptions of each class.
 * The package is never imported, so its own platform needs do not matter.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One field as the model's attribute map and declaration state it. */
export interface ModelField {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly required: boolean
  readonly description: string
}

/** One model class. */
export interface Model {
  readonly className: string
  readonly description: string
  readonly fields: readonly ModelField[]
}

const attribute = /\{\s*"name": "([^"]+)",\s*"baseName": "([^"]+)",\s*"type": "([^"]+)",\s*"format": "([^"]*)"\s*\}/g
const declared = /(?:\/\*\*\s*\n((?:\s*\* ?.*\n)*?)\s*\*\/\s*\n)?\s*'([^']+)'(\?)?:/g

/** Reads one class; `undefined` when the class has no file. */
export function readModel(folder: string, className: string): Model | undefined {
  const file = join(folder, `${className}.js`)
  if (!existsSync(file)) return undefined
  const declaration = readFileSync(join(folder, `${className}.d.ts`), 'utf8')
  const body = declaration.slice(declaration.indexOf('export declare class'))
  const facts = new Map<string, { required: boolean; description: string }>()
  for (const [, text, name, optional] of body.matchAll(declared)) {
    if (name !== undefined) facts.set(name, { required: optional === undefined, description: plain(text ?? '') })
  }
  const fields: ModelField[] = []
  for (const [, name = '', baseName = '', type = '', format = ''] of readFileSync(file, 'utf8').matchAll(attribute)) {
    const fact = facts.get(name)
    if (fact === undefined) throw new Error(`${className}.${name} is not declared`)
    fields.push({ name: baseName, type, format, ...fact })
  }
  return { className, description: classDescription(declaration), fields }
}

/** The classes an API file (`AppsV1Api`) or a model refers to. */
export function referredClasses(text: string): string[] {
  const names = [...text.matchAll(/import \{ ([A-Za-z0-9]+) \} from '\.\.\/models\//g)].map((match) => match[1] ?? '')
  return [...new Set(names)]
}

/** The names of all model classes in the folder. */
export function modelNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => name.slice(0, -'.d.ts'.length))
}

function classDescription(declaration: string): string {
  const match = /\/\*\*\s*\n((?:\s*\*(?!\/).*\n)*?)\s*\*\/\s*\nexport declare class/.exec(declaration)
  return plain(match?.[1] ?? '')
}

function plain(comment: string): string {
  const text = comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim()
  // A field of an aliased type carries the alias's text instead of its own.
  if (/^(IntOrString is a type|MicroTime is version)/.test(text)) return ''
  return text
    .replace(/\\(["'\\])/g, '$1')
    .replace(/\/_\*/g, '/*')
    .replace(/\*_\//g, '*/')
}
