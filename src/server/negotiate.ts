/**
 * Content negotiation: which form an answer takes, from the Accept header.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
 */
import { notAcceptable, nothingAcceptable } from '../api/status-error.ts'

export const mediaTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'] as const
/** The media types of watches: those that can be cut into frames. */
export const streamTypes = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch']

/** `as` and its group and version are the parameters of the media type; `media` is what the answer is encoded as. */
export interface Accepted {
  readonly media: (typeof mediaTypes)[number]
  readonly as: string
  readonly group: string
  readonly version: string
}

export const json: Accepted = { media: 'application/json', as: '', group: '', version: '' }

interface Clause {
  readonly type: string
  readonly subtype: string
  readonly quality: number
  readonly parameters: ReadonlyMap<string, string>
}

/** The first form, best first, that `allows` takes; JSON for an absent header. */
export function formOf(header: string | null, allows: (form: Accepted) => boolean): Accepted | undefined {
  if (header === null || header === '') return json
  for (const { type, subtype, parameters } of clausesOf(header)) {
    for (const media of mediaTypes) {
      const [, own] = media.split('/')
      if (!(type === 'application' && (subtype === own || subtype === '*')) && !(type === '*' && subtype === '*'))
        continue
      const value = (name: string): string => parameters.get(name) ?? ''
      const form = { media, as: value('as'), group: value('g'), version: value('v') }
      const stream = value('stream')
      if ((stream === '' || (stream === 'watch' && media !== 'application/yaml')) && value('sv') === '' && allows(form))
        return form
    }
  }
  return undefined
}

/** What the header names, best first; more exact types before wildcards of the same quality. */
function clausesOf(header: string): Clause[] {
  const clauses = header.split(',').map((text): Clause => {
    const [range = '', ...rest] = text.split(';').map((part) => part.trim())
    const parameters = new Map(rest.map((part) => part.split('=').map((word) => word.trim()) as [string, string]))
    const [type = '', subtype = type === '*' ? '*' : ''] = range.split('/').map((word) => word.trim())
    const quality = parameters.has('q') ? Number.parseFloat(parameters.get('q') as string) || 0 : 1
    return { type, subtype, quality, parameters }
  })
  const wild = ({ type, subtype }: Clause): number => (type === '*' ? 2 : subtype === '*' ? 1 : 0)
  return clauses.sort((a, b) => b.quality - a.quality || wild(a) - wild(b))
}

/** No conversion of the object is asked for. */
export function isPlain(form: Accepted): boolean {
  return form.as === '' && form.group === '' && form.version === ''
}

/** Objects, Tables of them in the formats that can hold one, and their metadata. */
function isObjectForm(form: Accepted): boolean {
  if (isPlain(form)) return true
  if (form.group !== 'meta.k8s.io' || (form.version !== 'v1' && form.version !== 'v1beta1')) return false
  if (form.as === 'Table') return form.media !== 'application/vnd.kubernetes.protobuf'
  return form.as === 'PartialObjectMetadata' || form.as === 'PartialObjectMetadataList'
}

/** The form of an object or a list. Throws 406. */
export function objectForm(header: string | null): Accepted {
  const form = formOf(header, isObjectForm)
  if (form === undefined) throw notAcceptable(mediaTypes)
  return form
}

/** The form of the events of a watch. Throws 406: YAML has no frames. */
export function watchForm(header: string | null): Accepted {
  const form = formOf(header, isObjectForm)
  if (form === undefined || form.media === 'application/yaml') throw notAcceptable(streamTypes)
  return form
}

/** The form of a document that has no other shapes. Throws 406. */
export function plainForm(header: string | null): Accepted {
  const form = formOf(header, isPlain)
  if (form === undefined) throw notAcceptable(mediaTypes)
  return form
}

/** The first look at the header, before anything is read: 406 when it names none of the types at all. */
export function refuseUnproducible(header: string | null, produced: readonly string[] = mediaTypes): void {
  if (header === null || header === '') return
  const named = header.split(',').map((text) => (text.split(';')[0] as string).trim())
  if (!named.some((type) => type === '*/*' || produced.includes(type))) throw nothingAcceptable(produced)
}

/** Whether a person reads the answer: `?pretty=true`, `;pretty=1`, or a browser, curl or wget without `?pretty=false`. */
export function isForPeople(request: Request, query: URLSearchParams): boolean {
  const asked = query.get('pretty') ?? ''
  if (/;\s*pretty=1\b/.test(request.headers.get('accept') ?? '')) return true
  if (asked !== '') return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(asked)
  return /^(curl|Wget|Mozilla\/5\.0)/.test(request.headers.get('user-agent') ?? '')
}
