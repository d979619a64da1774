/**
 * Machines as SCXML are valid: against fixtures/scxml/scxml.xsd, which says what the W3C recommendation says of documents,
 * and by what a schema of that sort cannot say (sections 3.3, 3.5 and 3.11).
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { machines } from '../../machines/index.ts'
import { toScxml } from '../../src/actors/export/scxml.ts'

const schema = { fileName: 'scxml.xsd', contents: readFileSync('fixtures/scxml/scxml.xsd', 'utf8') }

async function faultsOf(xml: string): Promise<string[]> {
  const { errors } = await validateXML({ xml: { fileName: 'machine.scxml', contents: xml }, schema })
  return errors.map(({ message }) => message)
}

/** Every element with its attributes and the ids around it, outermost first. */
function elementsOf(xml: string): { tag: string; attributes: Record<string, string>; inside: string[] }[] {
  const open: string[] = []
  return [...xml.matchAll(/<(\/?)([a-z]+)((?:\s[^<>]*?)?)(\/?)>/g)].flatMap(([, end, tag = '', text = '', empty]) => {
    if (end === '/') {
      open.pop()
      return []
    }
    const attributes = Object.fromEntries(
      [...text.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    )
    const found = { tag, attributes, inside: [...open] }
    if (empty !== '/') open.push(attributes.id ?? '')
    return [found]
  })
}

/** What leads nowhere, starts outside, or is for nothing. */
function looseEndsOf(xml: string): string[] {
  const elements = elementsOf(xml)
  const below = (id: string): string[] =>
    elements.filter(({ inside }) => id === '' || inside.includes(id)).map(({ attributes }) => attributes.id ?? '')
  return elements.flatMap(({ tag, attributes: { id = '', initial, event, cond, target } }) => [
    ...(initial !== undefined && !below(id).includes(initial) ? [`${id} starts in ${initial}`] : []),
    ...(tag === 'transition' && (event ?? cond ?? target) === undefined ? ['a transition for nothing'] : []),
    ...(target ?? '').split(' ').flatMap((one) => (one === '' || below('').includes(one) ? [] : [`${one} is nowhere`])),
  ])
}

describe.each(Object.entries(machines))('%s', (_name, machine) => {
  const xml = toScxml(machine)

  it('is valid', async () => {
    expect(await faultsOf(xml)).toEqual([])
  })

  it('starts inside, and every transition says what it is for and where it leads', () => {
    expect(elementsOf(xml).length).toBeGreaterThan(4)
    expect(looseEndsOf(xml)).toEqual([])
  })
})

describe('the check', () => {
  const xml = toScxml(machines.pod as never)

  it.each([
    ['an element that is none', xml.replace('<onentry ', '<entry '), /entry/],
    ['an id that stands twice', xml.replace('id="starting"', 'id="running"'), /running/],
    [
      'a transition out of a final state',
      xml.replace(/<final id="removed"\/>/, '<final id="removed"><transition target="running"/></final>'),
      /transition/,
    ],
    ['an event that is no event', xml.replace('event="pod.bound"', 'event="pod..bound"'), /pod\.\.bound/],
    ['no version', xml.replace(' version="1.0"', ''), /version/],
  ])('finds %s', async (_what, broken, words) => {
    expect(broken).not.toBe(xml)
    expect((await faultsOf(broken)).join('\n')).toMatch(words)
  })

  it('finds loose ends', () => {
    expect(looseEndsOf(xml.replace('target="running"', 'target="runing"'))).toEqual(['runing is nowhere'])
    expect(looseEndsOf(xml.replace('initial="running.notReady"', 'initial="failed"'))).toEqual([
      'running starts in failed',
    ])
  })
})
