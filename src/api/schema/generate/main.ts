/**
 * Writes the schema table and the descriptions from the published model classes and the hand-kept facts in `keys.ts`.
 * Run by `npm run generate`. The table is committed; the descriptions (large) are not.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { generate } from './generate.ts'

const models = fileURLToPath(new URL('../../../../node_modules/kubernetes-models-text/dist/gen', import.meta.url))
const data = fileURLToPath(new URL('../data/', import.meta.url))
const result = generate(models)
writeFileSync(`${data}table.ts`, result.table)
writeFileSync(`${data}descriptions.ts`, result.descriptions)
console.log(`${result.definitions} definitions, ${result.fields} fields, ${result.table.length} characters`)
