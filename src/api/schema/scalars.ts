/**
 * What Go's own types accept when JSON is decoded into them, in Go's words: quantities, times, base64.
 * Sources: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/, RFC 3339, RFC 4648.
 */

const quantityFormat = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

const suffixes = new Set(['', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'])

/** Why the text is no quantity, or `undefined` when it is one. */
export function whyNotQuantity(text: string): string | undefined {
  const trimmed = text.trim()
  const parts = /^[+-]?(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(trimmed)
  if (trimmed === '' || parts === null) return quantityFormat
  const [, whole = '', fraction = '', suffix = ''] = parts
  if (!suffixes.has(suffix) && !/^[eE][-+]?\d+$/.test(suffix)) return "unable to parse quantity's suffix"
  return whole === '' && fraction === '' ? 'unable to parse numeric part of quantity' : undefined
}

const secondsLayout = '2006-01-02T15:04:05Z07:00'
const microLayout = '2006-01-02T15:04:05.000000Z07:00'

interface TimePart {
  readonly layout: string
  readonly pattern: RegExp
  readonly range?: readonly [name: string, least: number, most: number]
}

const dateParts: readonly TimePart[] = [
  { layout: '2006', pattern: /^\d{4}/ },
  { layout: '-', pattern: /^-/ },
  { layout: '01', pattern: /^\d{2}/, range: ['month', 1, 12] },
  { layout: '-', pattern: /^-/ },
  { layout: '02', pattern: /^\d{2}/, range: ['day', 1, 31] },
  { layout: 'T', pattern: /^T/ },
  { layout: '15', pattern: /^\d{2}/, range: ['hour', 0, 23] },
  { layout: ':', pattern: /^:/ },
  { layout: '04', pattern: /^\d{2}/, range: ['minute', 0, 59] },
  { layout: ':', pattern: /^:/ },
  { layout: '05', pattern: /^\d{2}/, range: ['second', 0, 59] },
]
const zonePart: TimePart = { layout: 'Z07:00', pattern: /^(?:Z|[+-]\d{2}:\d{2})/ }
const secondsParts: readonly TimePart[] = [...dateParts, { layout: '', pattern: /^(?:[.,]\d+)?/ }, zonePart]
const microParts: readonly TimePart[] = [...dateParts, { layout: '.000000', pattern: /^[.,]\d{6}/ }, zonePart]

/** Why the text is no RFC 3339 time (with exactly six fractional digits when `micro`), or `undefined` when it is. */
export function whyNotTime(text: string, micro: boolean): string | undefined {
  const start = `parsing time ${JSON.stringify(text)}`
  const layout = micro ? microLayout : secondsLayout
  let rest = text
  for (const part of micro ? microParts : secondsParts) {
    const match = part.pattern.exec(rest)
    if (match === null) {
      return `${start} as "${layout}": cannot parse ${JSON.stringify(rest)} as "${part.layout}"`
    }
    const value = Number(match[0])
    if (part.range !== undefined && (value < part.range[1] || value > part.range[2])) {
      return `${start}: ${part.range[0]} out of range`
    }
    rest = rest.slice(match[0].length)
  }
  if (rest !== '') return `${start}: extra text: ${JSON.stringify(rest)}`
  return Number(text.slice(8, 10)) > daysIn(Number(text.slice(0, 4)), Number(text.slice(5, 7)))
    ? `${start}: day out of range`
    : undefined
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** Why the text is no padded standard base64, or `undefined` when it is. Line ends are skipped, as Go does. */
export function whyNotBase64(text: string): string | undefined {
  const clean = text.replace(/[\r\n]/g, '')
  const wrong = clean.search(/[^A-Za-z0-9+/=]/)
  if (wrong >= 0) return `illegal base64 data at input byte ${wrong}`
  const body = clean.replace(/={1,2}$/, '')
  const padding = body.indexOf('=')
  if (padding >= 0) return `illegal base64 data at input byte ${padding}`
  return clean.length % 4 === 0 ? undefined : `illegal base64 data at input byte ${clean.length - (clean.length % 4)}`
}
