/** The house rules as tests: what may stand where, how large things may be, who may import whom. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dateUsers, longFiles, longFunctions } from './exceptions.ts'

const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && !/\.tmp\.ts$/.test(path))
const isGenerated = (path: string): boolean => path.includes('/data/') || path.includes('/generate/')
const sources = tracked.filter((path) => /^(src|machines)\/.*\.tsx?$/.test(path) && !isGenerated(path))
const core = sources.filter((path) => !/^src\/(edge|inspector\/(page|tab))\//.test(path))
const tests = tracked.filter((path) => /^test\/.*\.ts$/.test(path))

const text = (path: string): string => readFileSync(path, 'utf8')
/** Code without comments and without what stands in quotes. */
const code = (path: string): string =>
  text(path)
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|[^:])\/\/.*$/gm, '$1')

function found(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    code(path)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1} ${line.trim().slice(0, 80)}`] : [])),
  )
}

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

const imports: readonly Import[] = sources.flatMap((from) =>
  [...text(from).matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from '([^']+)'/gm)].map((match) => ({
    from,
    to: match[2] as string,
    typeOnly: match[1] !== undefined,
  })),
)

describe('effects are ports', () => {
  it('no clock, randomness, timers, console or Node outside src/edge', () => {
    const effects =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|(^|[^.\w])setTimeout\(|(^|[^.\w])setInterval\(|\bconsole\.|\bprocess\.|from 'node:/
    expect(found(core, effects)).toEqual([])
  })

  it('a Date is made of a given time, and only where that is what its reader wants', () => {
    const users = core.filter((path) => /\bnew Date\(/.test(code(path)))
    expect(users).toEqual(dateUsers)
  })
})

/** Who may import whom, lowest first: a folder imports from itself and from those before it. */
const order = [
  ['lib'],
  ['api'],
  ['kinds'],
  ['store'],
  ['actors', 'controllers', 'scheduler', 'node'],
  ['cluster', 'server'],
  ['testing'],
  ['inspector'],
  ['edge', 'page'],
]
const levelOf = (folder: string): number => order.findIndex((level) => level.includes(folder))

function folderOf(path: string): string {
  if (path === 'src/ports.ts') return 'lib'
  if (path === 'src/cluster.ts') return 'cluster'
  if (path === 'src/index.ts') return 'edge'
  // What runs in a browser: its own edge.
  if (/^src\/inspector\/(page|tab)\//.test(path)) return 'page'
  return path.startsWith('machines/') ? 'machines' : (path.split('/')[1] as string)
}

describe('arrows point one way', () => {
  const inner = imports.filter(({ to }) => to.startsWith('.'))
  const arrows = inner.map(({ from, to, typeOnly }) => ({ from, target: normalize(join(dirname(from), to)), typeOnly }))

  it('between folders', () => {
    const wrong = arrows.filter(({ from, target, typeOnly }) => {
      const [a, b] = [folderOf(from), folderOf(target)]
      if (b === 'machines') return !typeOnly && !['cluster', 'inspector', 'edge', 'page', 'machines'].includes(a)
      if (a === 'machines') return true
      // Types of agents are what controllers, scheduler and node are written against.
      return (
        levelOf(b) > levelOf(a) ||
        (levelOf(a) === levelOf(b) && a !== b && b !== 'actors' && !typeOnly && !['cluster', 'server'].includes(a))
      )
    })
    expect(wrong.map(({ from, target }) => `${from} -> ${target}`)).toEqual([])
  })

  it('kinds do not import kinds, controllers do not import controllers', () => {
    const kindFile = /^src\/kinds\/[a-z]+\/[a-z-]+\.ts$/
    const isKind = (path: string): boolean => kindFile.test(path) && /= defineKind\(/.test(text(path))
    const isController = (path: string): boolean =>
      /^src\/controllers\/[a-z-]+\.ts$/.test(path) && /Controller = controller\(/.test(text(path))
    const wrong = arrows.filter(
      ({ from, target }) => (isKind(from) && isKind(target)) || (isController(from) && isController(target)),
    )
    expect(wrong.map(({ from, target }) => `${from} -> ${target}`)).toEqual([])
  })
})

describe('one door for each dependency', () => {
  const editor = /^src\/inspector\/page\/do\/editor\.ts$/
  const doors: Readonly<Record<string, RegExp>> = {
    immer: /^src\/store\/snapshot\.ts$/,
    'sorted-btree': /^src\/lib\/ordered\.ts$/,
    'pure-rand': /^src\/lib\/prng\.ts$/,
    re2js: /^src\/lib\/re2\.ts$/,
    'fast-equals': /^src\/lib\/equal\.ts$/,
    yaml: /^src\/(cluster\/manifest|server\/(body|answer)|edge\/|inspector\/yaml-text)/,
    xstate: /^(machines|src\/actors)\//,
    rxjs: /^src\/(actors|store|cluster|cluster\.ts|server|edge)/,
    croner: /^src\/lib\/cron\.ts$/,
    commander: /^src\/edge\/cli\//,
    ws: /^src\/edge\/websocket/,
    jose: /^src\/edge\/tokens\.ts$/,
    vitest: /^src\/edge\/vitest\.ts$/,
    'fast-check': /^src\/testing\/arbitrary/,
    preact: /^src\/inspector\/page\//,
    '@preact/signals': /^src\/inspector\/page\//,
    '@dagrejs/dagre': /^src\/inspector\/page\/chart\/layout\.ts$/,
    uplot: /^src\/inspector\/page\/object\/replicas-chart\.tsx$/,
    '@codemirror/autocomplete': editor,
    '@codemirror/commands': editor,
    '@codemirror/lang-yaml': editor,
    '@codemirror/language': editor,
    '@codemirror/lint': editor,
    '@codemirror/state': editor,
    '@codemirror/view': editor,
    '@lezer/highlight': editor,
    '@peculiar/x509': /^src\/edge\/pki\.ts$/,
    'reflect-metadata': /^src\/edge\/pki\.ts$/,
  }
  for (const [name, door] of Object.entries(doors)) {
    it(name, () => {
      const users = imports.filter(({ to, typeOnly }) => !typeOnly && (to === name || to.startsWith(`${name}/`)))
      expect(users.filter(({ from }) => !door.test(from)).map(({ from }) => from)).toEqual([])
    })
  }

  it('nothing else is imported', () => {
    const known = new Set(Object.keys(doors))
    const outside = imports.filter(
      ({ from, to }) => !to.startsWith('.') && !(to.startsWith('node:') && from.startsWith('src/edge/')),
    )
    const names = outside.map(({ to }) =>
      to
        .split('/')
        .slice(0, to.startsWith('@') ? 2 : 1)
        .join('/'),
    )
    expect([...new Set(names)].filter((name) => !known.has(name))).toEqual([])
  })
})

/** The lengths of top-level functions and methods, by brace depth of formatted code. */
function functionLengths(path: string): { name: string; lines: number }[] {
  const lines = text(path).split('\n')
  const lengths: { name: string; lines: number }[] = []
  for (let i = 0; i < lines.length; i++) {
    const start =
      /^( {0,2})(?:export )?(?:async )?(?:function\*? (\w+)|(?:static |readonly |async |get )*(#?\w+)\([^;]*\)[^;]*\{$|const (\w+) = (?:async )?\([^;]*=>.*\{$)/.exec(
        lines[i] as string,
      )
    if (start === null || /^\s*(if|for|while|switch|return|it|describe)\b/.test(lines[i] as string)) continue
    const indent = start[1] as string
    const end = lines.findIndex(
      (line, at) =>
        at > i && (line === `${indent}}` || line.startsWith(`${indent}})`) || line.startsWith(`${indent}},`)),
    )
    if (end > i) lengths.push({ name: start[2] ?? start[3] ?? start[4] ?? '', lines: end - i + 1 })
  }
  return lengths
}

describe('sizes', () => {
  it('files have at most 400 lines; the exceptions only shrink', () => {
    const long = Object.fromEntries(
      sources.map((path) => [path, text(path).split('\n').length - 1] as const).filter(([, lines]) => lines > 400),
    )
    expect(long).toEqual(longFiles)
  })

  it('functions have at most 60 lines; the exceptions only shrink', () => {
    const all = sources.flatMap((path) =>
      functionLengths(path).map(({ name, lines }) => [`${path} ${name}`, lines] as const),
    )
    expect(Object.fromEntries(all.filter(([, lines]) => lines > 60))).toEqual(longFunctions)
  })

  it('the measure sees functions at all', () => {
    const measured = functionLengths('src/actors/loop.ts')
    expect(measured.length).toBeGreaterThan(10)
  })
})

describe('words', () => {
  it('every file opens with its purpose', () => {
    const opening = /^(#!.*\n)?\/\*\*/
    expect(sources.filter((path) => !opening.test(text(path)))).toEqual([])
  })

  it('nothing is left over', () => {
    const left = /\b(TODO|FIXME|XXX|HACK)\b|not implemented yet|\b([Pp]laceholder|[Ss]tub)s?\b(?!=)/
    expect(sources.filter((path) => left.test(text(path)))).toEqual([])
  })

  it('no test is switched off or focused', () => {
    const others = tests.filter((path) => !path.startsWith('test/tidy/'))
    expect(found(others, /\b(it|test|describe)(\.\w+)*\.(only|skip|todo)\b/)).toEqual([])
  })

  it('the top level holds what belongs there', () => {
    const allowed =
      /^(package(-lock)?\.json|tsconfig(\.\w+)?\.json|src|machines|fixtures|test|README\.md|LICENSE|biome\.json|vitest\.config\.ts|\..+)$/
    const names = [...new Set(tracked.map((path) => path.split('/')[0] as string))]
    expect(names.filter((name) => !allowed.test(name))).toEqual([])
  })
})
