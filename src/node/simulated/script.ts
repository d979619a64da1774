/**
 * Scripts say how a simulated container behaves, one instruction a line (or separated by `;`):
 *   exit CODE after DURATION     · ready after DURATION       · never ready       · live until DURATION
 *   log "TEXT" after DURATION    · log "TEXT" every DURATION  · ignore TERM       · stop after DURATION
 *   cpu QUANTITY · memory QUANTITY · cpu PER-REQUEST per request (500m per request)
 *   cpu QUANTITY for DURATION (start-up work: instead of the other figure, counted from the pod's start)
 *   pull fails · pull takes DURATION · serve "TEXT"
 * They come from the pod's annotation `kybern.dev/script` (`container: script` as YAML-like lines, or one script for
 * all) and from the cluster's option `scripts` (image glob → script).
 */
import { isQuantity, milliValue, value } from '../../api/quantity.ts'
import { parseDuration } from '../../api/time.ts'
import { KybernError } from '../../lib/coded-error.ts'

const never = Number.POSITIVE_INFINITY

export interface LogRule {
  readonly text: string
  readonly atMs: number
  /** Infinity: once. */
  readonly everyMs: number
}

/** When a file is there. `untilMs` Infinity: to the end. */
export interface FileSpan {
  readonly fromMs: number
  readonly untilMs: number
}

export interface Script {
  readonly exitMs: number
  readonly exitCode: number
  /** When the application begins to answer probes well; Infinity: never. undefined: as soon as it runs. */
  readonly readyMs: number
  /** From when on it answers the liveness probe badly. */
  readonly liveMs: number
  readonly logs: readonly LogRule[]
  /** Files a shell line makes and removes, in ms from its start: exec probes that read one follow it. */
  readonly files: Readonly<Record<string, FileSpan>>
  readonly ignoresTerm: boolean
  readonly stopMs: number | undefined
  readonly cpuMilli: number
  readonly memoryBytes: number
  readonly cpuMilliPerRequest: number
  /** What it uses while it is young: start-up work. */
  readonly burst: { readonly cpuMilli: number; readonly untilMs: number } | undefined
  readonly pullFails: boolean
  readonly pullMs: number | undefined
  readonly serves: string | undefined
}

export const plainScript: Script = {
  exitMs: never,
  exitCode: 0,
  readyMs: 0,
  liveMs: never,
  logs: [],
  files: {},
  ignoresTerm: false,
  stopMs: undefined,
  cpuMilli: 1,
  memoryBytes: 16 * 1024 * 1024,
  cpuMilliPerRequest: 0,
  burst: undefined,
  pullFails: false,
  pullMs: undefined,
  serves: undefined,
}

type Rule = readonly [RegExp, (match: RegExpExecArray) => Partial<Script> | { log: LogRule }]

const rules: readonly Rule[] = [
  [/^exit (\d+)(?: after (\S+))?$/, (m) => ({ exitCode: Number(m[1]), exitMs: m[2] ? parseDuration(m[2]) : 0 })],
  [/^ready after (\S+)$/, (m) => ({ readyMs: parseDuration(m[1] as string) })],
  [/^never ready$/, () => ({ readyMs: never })],
  [/^live until (\S+)$/, (m) => ({ liveMs: parseDuration(m[1] as string) })],
  [
    /^log "(.*)" after (\S+)$/,
    (m) => ({ log: { text: m[1] as string, atMs: parseDuration(m[2] as string), everyMs: never } }),
  ],
  [/^log "(.*)" every (\S+)$/, (m) => ({ log: everyRule(m[1] as string, parseDuration(m[2] as string)) })],
  [/^log "(.*)"$/, (m) => ({ log: { text: m[1] as string, atMs: 0, everyMs: never } })],
  [/^ignore TERM$/, () => ({ ignoresTerm: true })],
  [/^stop after (\S+)$/, (m) => ({ stopMs: parseDuration(m[1] as string) })],
  [/^cpu (\S+) per request$/, (m) => ({ cpuMilliPerRequest: milliValue(quantity(m[1] as string)) })],
  [
    /^cpu (\S+) for (\S+)$/,
    (m) => ({ burst: { cpuMilli: milliValue(quantity(m[1] as string)), untilMs: parseDuration(m[2] as string) } }),
  ],
  [/^cpu (\S+)$/, (m) => ({ cpuMilli: milliValue(quantity(m[1] as string)) })],
  [/^memory (\S+)$/, (m) => ({ memoryBytes: value(quantity(m[1] as string)) })],
  [/^pull fails$/, () => ({ pullFails: true })],
  [/^pull takes (\S+)$/, (m) => ({ pullMs: parseDuration(m[1] as string) })],
  [/^serve "(.*)"$/, (m) => ({ serves: m[1] as string })],
]

function everyRule(text: string, everyMs: number): LogRule {
  if (everyMs < 1) throw new KybernError('KYB-SCRIPT', `a log line cannot come every ${everyMs} ms`)
  return { text, atMs: everyMs, everyMs }
}

function quantity(text: string): string {
  if (!isQuantity(text)) throw new KybernError('KYB-SCRIPT', `"${text}" is not a quantity`)
  return text
}

/** Reads a script. Throws KYB-SCRIPT naming the line nobody understands. */
export function parseScript(text: string): Script {
  let script = plainScript
  for (const line of linesOf(text)) {
    const found = rules.flatMap(([pattern, read]) => {
      const match = pattern.exec(line)
      return match === null ? [] : [read(match)]
    })[0]
    if (found === undefined) throw new KybernError('KYB-SCRIPT', `the script line "${line}" is not understood`)
    script = 'log' in found ? { ...script, logs: [...script.logs, found.log] } : { ...script, ...found }
  }
  return script
}

/** Instructions, one a line or separated by `;` outside of quotes; empty ones and remarks left out. */
function linesOf(text: string): string[] {
  const parts = text.match(/(?:"[^"\n]*"|[^\n;"]|")+/g) ?? []
  return parts.map((part) => part.trim()).filter((part) => part !== '' && !part.startsWith('#'))
}
