/**
 * What a PKCS#10 request for a certificate asks for: the subject and its alternative names. Signatures are not checked
 * here; whoever signs does that.
 * Source: RFC 2986; https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
 */
import { childrenOf, type Element, elementAt, hexOf, textOf, typedTextOf } from '../lib/der.ts'

export interface CertificateRequest {
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly dnsNames: readonly string[]
  readonly emails: readonly string[]
  readonly uris: readonly string[]
  /** How many IP addresses there are. */
  readonly addresses: number
}

const oids = { commonName: '550403', organization: '55040a', extensions: '2a864886f70d01090e', names: '551d11' }

/** The blocks of a PEM text, with their labels. */
export function pemBlocks(text: string): { label: string; bytes: Uint8Array }[] {
  const found = text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g)
  return [...found].flatMap(([, label = '', body = '']) => {
    try {
      return [{ label, bytes: Uint8Array.from(atob(body.replace(/\s+/g, '')), (char) => char.charCodeAt(0)) }]
    } catch {
      return []
    }
  })
}

/** The PEM text in a base64 field; '' for what is no base64. */
export function pemOf(base64: string | undefined): string {
  try {
    return atob(base64 ?? '')
  } catch {
    return ''
  }
}

/** The DER bytes of the request in a base64 field: the first PEM block's. Whoever judges and whoever signs read the same. */
export function requestBytes(base64: string | undefined): Uint8Array | undefined {
  const [block] = pemBlocks(pemOf(base64))
  return block?.label === 'CERTIFICATE REQUEST' ? block.bytes : undefined
}

/** What is asked for, or the API server's words for what is wrong. `base64` is spec.request. */
export function certificateRequest(base64: string | undefined): CertificateRequest | string {
  const bytes = requestBytes(base64)
  if (bytes === undefined) return 'PEM block type must be CERTIFICATE REQUEST'
  try {
    return readRequest(bytes)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function readRequest(bytes: Uint8Array): CertificateRequest {
  const whole = elementAt(bytes, 0)
  const [info] = childrenOf(bytes, whole)
  if (info === undefined) throw new Error('asn1: structure error: empty request')
  const [, subject, , attributes] = childrenOf(bytes, info)
  if (subject === undefined) throw new Error('asn1: structure error: no subject')
  const attribute = (oid: string): string[] =>
    childrenOf(bytes, subject)
      .flatMap((set) => childrenOf(bytes, set))
      .map((pair) => childrenOf(bytes, pair))
      .filter(([type]) => type !== undefined && hexOf(bytes, type) === oid)
      .map(([, value]) => (value === undefined ? '' : typedTextOf(bytes, value)))
  const names = attributes === undefined ? [] : alternativeNames(bytes, attributes)
  const ofTag = (tag: number): string[] => names.filter((one) => one.tag === tag).map((one) => textOf(bytes, one))
  return {
    commonName: attribute(oids.commonName).at(-1) ?? '',
    organizations: attribute(oids.organization),
    emails: ofTag(0x81),
    dnsNames: ofTag(0x82),
    uris: ofTag(0x86),
    addresses: ofTag(0x87).length,
  }
}

/** The elements of the extension subjectAltName. */
function alternativeNames(bytes: Uint8Array, attributes: Element): Element[] {
  const asked = childrenOf(bytes, attributes).find((attribute) => {
    const [type] = childrenOf(bytes, attribute)
    return type !== undefined && hexOf(bytes, type) === oids.extensions
  })
  const set = asked === undefined ? undefined : childrenOf(bytes, asked)[1]
  const list = set === undefined ? undefined : childrenOf(bytes, set)[0]
  if (list === undefined) return []
  return childrenOf(bytes, list).flatMap((extension) => {
    const parts = childrenOf(bytes, extension)
    const [type] = parts
    const value = parts.at(-1)
    if (type === undefined || value === undefined || hexOf(bytes, type) !== oids.names) return []
    return childrenOf(bytes, elementAt(bytes, value.start))
  })
}

const nodes = 'system:nodes'
const [signature, encipherment] = ['digital signature', 'key encipherment']

/** Why this is no request of a kubelet for its client certificate; undefined when it is one. */
export function whyNoKubeletClient(request: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(request)) return 'subject organization is not system:nodes'
  if (request.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed'
  if (request.emails.length > 0) return 'Email subjectAltNames are not allowed'
  if (request.addresses > 0) return 'IP subjectAltNames are not allowed'
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed'
  if (!isNode(request)) return 'subject common name does not begin with system:node:'
  return whyOtherUsages(usages, 'client auth')
}

/** Why this is no request of a kubelet for its serving certificate; undefined when it is one. */
export function whyNoKubeletServing(request: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(request)) return 'subject organization is not system:nodes'
  if (request.dnsNames.length === 0 && request.addresses === 0) return 'DNS or IP subjectAltName is required'
  if (request.emails.length > 0) return 'Email subjectAltNames are not allowed'
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed'
  return whyOtherUsages(usages, 'server auth') ?? whyNoNode(request)
}

/** Why this is no request for a client certificate of the API server; undefined when it is one. */
export function whyNoClient(usages: readonly string[]): string | undefined {
  const other = usages.find((usage) => ![signature, encipherment, 'client auth'].includes(usage))
  if (other !== undefined) return `invalid usage for client certificate: ${other}`
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth'
}

function isOfNodes({ organizations }: CertificateRequest): boolean {
  return organizations.length === 1 && organizations[0] === nodes
}

function isNode({ commonName }: CertificateRequest): boolean {
  return commonName.startsWith('system:node:')
}

function whyNoNode(request: CertificateRequest): string | undefined {
  return isNode(request) ? undefined : 'subject common name does not begin with system:node:'
}

function whyOtherUsages(usages: readonly string[], auth: string): string | undefined {
  const given = new Set(usages)
  given.delete(encipherment)
  if (given.size === 2 && given.has(signature) && given.has(auth)) return undefined
  return `usages did not match [${[auth, signature, encipherment].sort().join(' ')}]`
}
