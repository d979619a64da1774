/**
 * Content negotiation: which form an answer takes, from the Accept header.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
 */
import { notAcceptable, nothingAcceptable } from '../api/status-error.ts'

/** `as` and its group and version are the parameters of the media type; `media` is what the answer is encoded as. */
export interface Accepted {
  readonly media: 'application/json' | 'application/yaml' | 'application/vnd.kubernetes.protobuf'
  readonly as: string
  readonly group: string
  readonly version: string
}

const json: Accepted = { media: 'application/json', as: '', group: '', version: '' }
const served = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']

/** All forms the header names that can be served, best first; JSON for an absent header. Throws 406 when there are none. */
export function acceptedForms(header: string | null): Accepted[] {
  if (header === null || header.trim() === '') return [json]
  const forms = header.split(',').flatMap(formOf)
  const wanted = forms.sort((a, b) => b.quality - a.quality).map(({ quality: _quality, ...form }) => form)
  if (wanted.length === 0) throw nothingAcceptable(served)
  return wanted
}

function formOf(text: string): (Accepted & { quality: number })[] {
  const [media = '', ...parameters] = text.split(';').map((part) => part.trim())
  const values = new Map(parameters.map((parameter) => parameter.split('=') as [string, string]))
  const quality = Number(values.get('q') ?? 1)
  const as = { as: values.get('as') ?? '', group: values.get('g') ?? '', version: values.get('v') ?? '', quality }
  if (media === '*/*' || media === 'application/*' || media === 'application/json')
    return [{ ...as, media: 'application/json' }]
  if (media === 'application/yaml') return [{ ...as, media }]
  if (media === 'application/vnd.kubernetes.protobuf') return [{ ...as, media }]
  return []
}

/** The first form that asks for a Table or metadata only as this server makes them, else the first plain one. */
export function objectForm(header: string | null): Accepted {
  const forms = acceptedForms(header)
  const isObjectForm = (form: Accepted): boolean =>
    form.as === '' ||
    (form.group === 'meta.k8s.io' &&
      (form.version === 'v1' || form.version === 'v1beta1') &&
      ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'].includes(form.as))
  const form = forms.find(isObjectForm)
  if (form === undefined) throw notAcceptable(served)
  return form
}
