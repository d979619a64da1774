/**
 * What a controller owes, as properties of one scenario: made from a run of it in which nothing goes wrong.
 * Source: Sieve (OSDI 2022), Anvil (OSDI 2024); invariants G2–G8
 */
import { type KubeObject, keyOf } from '../api/object.ts'
import type { Controller } from '../controllers/controller.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { View } from '../store/view.ts'
import type { Vector } from './explore/cells.ts'
import type { Failure } from './explore/local.ts'
import { Reader, viewThrough } from './explore/reader.ts'
import { Runner, type Step, untilSettled } from './explore/run.ts'
import { setUp, type World, withWorld } from './explore/world.ts'
import type { Moment } from './moment.ts'
import { normalForm } from './normal-form.ts'
import { ended, idempotentLater, type Property, rests, step } from './property.ts'
import type { Scenario } from './scenario.ts'

const source = 'https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/controllers.md'

export const sameEndName = 'comes to the same end'
export const nothingLeftName = 'leaves nothing behind'

/**
 * The property of this name that the controller owes in the scenario: `deletes only what it has seen`, `writes nothing twice`,
 * `comes to rest`, `comes to the same end`, `leaves nothing behind`. For tests that play a counterexample of `check.controller`
 * again. Throws KYB-EXPLORE for another name.
 */
export async function owed(world: Scenario, controller: Controller, name: string): Promise<Property> {
  const all = await allOwed(world, controller)
  const found = all.find((one) => one.name === name)
  if (found !== undefined) return found
  const names = all.map((one) => `"${one.name}"`).join(', ')
  throw new KybernError('KYB-EXPLORE', `a controller does not owe "${name}"; there are ${names}`)
}

/** All of them. Where the scenario ends is taken from a run in which nothing goes wrong. */
export async function allOwed(one: Scenario, controller: Controller): Promise<Property[]> {
  const cluster = await setUp(one)
  try {
    return withWorld(cluster, one, [], {}, (world) => {
      const writes = new Set<string>([controller.of.resource])
      const watch = ({ action, passages }: Step): void => {
        if (action.actor !== `controller/${controller.name}`) return
        for (const { written } of passages) if (written !== undefined) writes.add(written.resource)
      }
      const { end } = new Runner(world, 5000, watch).play(
        world.explorer.inputs.flatMap(({ name }) => [name, untilSettled]),
      )
      checkFinished(world, end, controller)
      const before = keysIn(world.judge.moment(world.base.initial), writes)
      const reference = endOf(world.judge.moment(end), writes)
      return [
        guarded(controller),
        idempotentLater(controller.name).as('writes nothing twice'),
        rests().as('comes to rest'),
        leavesNothing(before, writes),
        sameEnd(reference, writes),
      ].map((property) => {
        const text = `await owed(world, ${identifierOf(controller.name)}, ${JSON.stringify(property.name)})`
        return property.documented({ class: property.class, source, written: { word: 'owed', text } })
      })
    })
  } finally {
    await cluster.close()
  }
}

/** Throws KYB-EXPLORE for a controller that goes on failing although nothing went wrong: nothing could be learnt from it. */
function checkFinished({ base, system }: World, end: Vector, { name, of }: Controller): void {
  const { cells } = base.ground
  for (const slot of cells.ofResource(of.resource)) {
    const { key } = cells.slotAt(slot)
    const failure = cells.value<Failure | undefined>(cells.read(end, cells.slot('failure', name, key)))
    if (failure === undefined) continue
    const { refusal } = failure
    const refused = refusal && `${refusal.type} ${refusal.resource}: ${refusal.message}`
    const why = refused ?? thrownBy(() => system.controller(name).reconcile(viewOf(base, end), key))
    throw new KybernError(
      'KYB-EXPLORE',
      `${name} fails at ${key} again and again, though nothing went wrong: ${why}. What it needs beforehand goes in { given: [manifest] }`,
    )
  }
}

const viewOf = ({ ground }: World['base'], at: Vector): View => viewThrough(new Reader(ground, at, { note() {} }))

function thrownBy(act: () => unknown): string {
  try {
    act()
    return 'a write was refused'
  } catch (error) {
    return String(error)
  }
}

/** A controller's name as a word of TypeScript. */
export function identifierOf(name: string): string {
  return name.replace(/[^\w]+(\w)?/g, (_all, letter: string | undefined) => (letter ?? '').toUpperCase())
}

/** G5: what is deleted is what was seen, and the request says so. */
function guarded({ name }: Controller): Property {
  return step(({ type, verb, by, resource, object, believed, byName }) => {
    if ((verb !== 'delete' && type !== 'DELETED') || by !== `controller/${name}`) return undefined
    const { name: called, namespace = '', uid } = object.metadata
    const seen = believed.get(resource, called, namespace)
    const what = `${resource} ${keyOf(object)}`
    if (seen !== undefined && seen.metadata.uid !== uid)
      return `it deleted ${what} (uid ${uid}) though the one it had seen was another (uid ${seen.metadata.uid})`
    if (byName !== true) return true
    return `it deleted ${what} by name alone: were there another of that name by now, that one would be gone. Give the delete the uid it saw`
  })
    .as('deletes only what it has seen')
    .documented({ class: 'C', source })
}

/** G3, G4, G6: whatever happens on the way, the end is that of the run in which nothing went wrong. */
function sameEnd(reference: readonly string[], writes: ReadonlySet<string>): Property {
  return ended((s) => {
    const here = endOf(s, writes)
    const extra = without(here, reference)
    const missing = without(reference, here)
    if (extra.length === 0 && missing.length === 0) return true
    if (here.length === reference.length) return `at the end ${difference(extra[0] as string, missing[0] as string)}`
    const [many, few] = [extra, missing].map((lines) => lines.map(brief).join(', ')) as [string, string]
    const told = [...(many === '' ? [] : [`too many: ${many}`]), ...(few === '' ? [] : [`missing: ${few}`])]
    return `there are ${here.length} objects at the end; without faults there are ${reference.length}; ${told.join('; ')}`
  })
    .as(sameEndName)
    .documented({ class: 'B', source })
}

function leavesNothing(before: readonly string[], writes: ReadonlySet<string>): Property {
  return ended((s) => {
    const left = keysIn(s, writes).find((key) => !before.includes(key))
    return left === undefined || `${left} is left behind`
  })
    .as(nothingLeftName)
    .documented({ class: 'C', source })
}

function keysIn(s: Moment, resources: ReadonlySet<string>): string[] {
  return [...resources].flatMap((resource) => s.list(resource).map((object) => `${resource} ${keyOf(object)}`))
}

/** What there is at the end, without conditions and counts that tell how it came about. */
function endOf(s: Moment, resources: ReadonlySet<string>): string[] {
  const objects = [...resources].flatMap((resource) => s.list(resource))
  return normalForm(
    objects.map(({ status: _status, ...object }) => object as KubeObject),
    { anyNode: true },
  )
}

/** The lines of one list that the other does not have, as often as it has fewer of them. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others]
  return lines.filter((line) => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

function brief(line: string): string {
  const { kind, metadata } = JSON.parse(line) as KubeObject
  return `${kind} ${metadata.name}`
}

/** Where two objects first differ, for people. */
function difference(one: string, other: string): string {
  if (brief(one) !== brief(other)) return `there is ${brief(one)}; without faults ${brief(other)}`
  const [path, here, there] = firstDifference(JSON.parse(one), JSON.parse(other), '')
  return `${path} of ${brief(one)} is ${JSON.stringify(here)}; without faults ${JSON.stringify(there)}`
}

function firstDifference(one: unknown, other: unknown, path: string): readonly [string, unknown, unknown] {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return [path, one, other]
  const [here, there] = [one as Record<string, unknown>, other as Record<string, unknown>]
  const key = [...new Set([...Object.keys(here), ...Object.keys(there)])].find(
    (name) => JSON.stringify(here[name]) !== JSON.stringify(there[name]),
  ) as string
  return firstDifference(here[key], there[key], path === '' ? key : `${path}.${key}`)
}
