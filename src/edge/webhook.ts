/**
 * Calls webhooks over HTTPS. What goes wrong is said in the words of Kubernetes' own client, which stand in answers to
 * users: `Post "https://…?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused`.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#contacting-the-webhook
 */
import type { OutsideCall, OutsidePort, OutsideReply, OutsideTarget } from '../ports.ts'

/** The most bytes an answer may have. */
const answerLimit = 3 * 1024 * 1024

/** The part of node:https that is used: this file is reached from the front door, which is checked without Node's types. */
interface Https {
  request(options: Readonly<Record<string, unknown>>): Outgoing
}

interface Outgoing {
  on(event: 'error', then: (error: Failure) => void): void
  on(event: 'response', then: (incoming: Incoming) => void): void
  end(body: Uint8Array): void
}

interface Incoming extends AsyncIterable<Uint8Array> {
  readonly statusCode?: number
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** Not a literal, so that nobody who only reads this file needs the module. */
const nodeHttps: string = 'node:https'

/** POSTs the body and answers the JSON that comes back. Never rejects. */
export const callWebhook: OutsidePort = async (call, target) => {
  if (target.failure !== undefined) return { failure: said(target, target.failure) }
  if (!target.url.startsWith('https://')) return { failure: said(target, 'unsupported protocol scheme') }
  return posted((await import(nodeHttps)) as Https, call, target)
}

function said({ url }: OutsideTarget, why: string): string {
  return `Post "${url}": ${why}`
}

function posted({ request }: Https, call: OutsideCall, target: OutsideTarget): Promise<OutsideReply> {
  return new Promise((resolve) => {
    const fail = (why: string): void => resolve({ failure: said(target, why) })
    const url = new URL(target.url)
    const body = new TextEncoder().encode(JSON.stringify(call.body))
    const deadline = AbortSignal.timeout(call.timeoutSeconds * 1000)
    const servername = target.serverName ?? (!isAddress(url.hostname) ? url.hostname : undefined)
    const outgoing = request({
      host: target.connect?.host ?? url.hostname.replace(/^\[|\]$/g, ''),
      port: target.connect?.port ?? (url.port === '' ? 443 : Number(url.port)),
      path: url.pathname + url.search,
      method: 'POST',
      headers: {
        host: url.host,
        accept: 'application/json, */*',
        'content-type': 'application/json',
        'content-length': body.length,
        'user-agent': 'kube-apiserver-admission',
      },
      agent: false,
      signal: deadline,
      ...(servername === undefined ? {} : { servername }),
      ...(target.caBundle === undefined ? {} : { ca: atob(target.caBundle) }),
    })
    outgoing.on('error', (error: Failure) => fail(deadline.aborted ? 'context deadline exceeded' : goWords(error, url)))
    outgoing.on('response', (incoming) => {
      read(incoming).then(resolve, (error: Failure) =>
        deadline.aborted ? fail('context deadline exceeded') : resolve({ failure: error.message }),
      )
    })
    outgoing.end(body)
  })
}

async function read(incoming: Incoming): Promise<OutsideReply> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of incoming) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > answerLimit) throw new Error(`the answer has more than ${answerLimit} bytes`)
  }
  text += decoder.decode()
  const code = incoming.statusCode ?? 0
  if (code < 200 || code > 206) return { failure: refusalWords(code, text, incoming.headers['content-type']), code }
  try {
    return { body: JSON.parse(text) }
  } catch {
    return { failure: undecodable(text, incoming.headers['content-type'] ?? '') }
  }
}

function undecodable(text: string, type: string): string {
  if (text === '') return `0-length response with status code: 200 and content type: ${type}`
  const opening = "couldn't get version/kind; json parse error: "
  if (/^\s*[[{]/.test(text)) return `${opening}unexpected end of JSON input`
  const wanted =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
  return `${opening}json: cannot unmarshal string into Go value of type ${wanted}`
}

const words: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
}

/** What Kubernetes' client says of an answer that is none: a Status' own message, else words for the code. */
function refusalWords(code: number, text: string, type = ''): string {
  const status = statusIn(text)
  if (status !== undefined) return status
  const body = text.trim()
  const shown = body !== '' && /^text\/|json|xml|^$/.test(type) ? body : 'unknown'
  if (code === 403) return shown === 'unknown' ? 'unknown' : shown
  const known = words[code]
  if (known !== undefined) return known
  if (code >= 500) return `an error on the server (${JSON.stringify(shown)}) has prevented the request from succeeding`
  return `the server responded with the status code ${code} but did not return more information`
}

function statusIn(text: string): string | undefined {
  try {
    const { kind, status, message } = JSON.parse(text) as { kind?: string; status?: string; message?: string }
    return kind === 'Status' && status === 'Failure' ? message : undefined
  } catch {
    return undefined
  }
}

const unknownAuthority = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
])

interface Failure extends Error {
  readonly code?: string
  readonly address?: string
  readonly port?: number
  readonly hostname?: string
  readonly cert?: { readonly subjectaltname?: string }
}

function goWords(error: Failure, url: URL): string {
  const code = error.code ?? ''
  const certificate = 'tls: failed to verify certificate: x509: '
  if (unknownAuthority.has(code)) return `${certificate}certificate signed by unknown authority`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return certificate + whyNotForHost(error, url)
  if (code === 'CERT_HAS_EXPIRED') return `${certificate}certificate has expired or is not yet valid`
  if (code === 'ECONNREFUSED') return `dial tcp ${error.address}:${error.port}: connect: connection refused`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `dial tcp: lookup ${error.hostname}: no such host`
  if (code === 'ECONNRESET') return 'EOF'
  if (code === 'EPROTO') return 'http: server gave HTTP response to HTTPS client'
  return error.message
}

function whyNotForHost({ cert }: Failure, url: URL): string {
  const names = (cert?.subjectaltname ?? '').split(', ').filter((name) => name !== '')
  const list = names.map((name) => name.replace(/^(DNS|IP Address):/, '')).join(', ')
  const host = url.hostname
  if (isAddress(host) && !names.some((name) => name.startsWith('IP')))
    return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`
  return `certificate is valid for ${list}, not ${host}`
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(host)
}
