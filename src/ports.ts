/**
 * All effects as types. The core is handed these at the edge and never reaches for the world by itself (rule 4).
 */

/** Wall time in ms since the epoch, and a way to be called back. Only the real and scaled drivers use it. */
export interface WallClock {
  now(): number
  after(ms: number, fire: () => void): { cancel(): void }
}

/** Where lines for people go. The core writes none unless it is given one. */
export interface Logger {
  debug(line: string): void
  info(line: string): void
  warn(line: string): void
  error(line: string): void
}

/** Bytes nobody can guess, for keys and tokens at the edge; never used for names or uids (the seed is). */
export interface Entropy {
  bytes(count: number): Uint8Array
}

/** Where a webhook is reached: admissionregistration.k8s.io/v1 WebhookClientConfig. */
export interface ClientConfig {
  readonly url?: string
  readonly service?: {
    readonly namespace: string
    readonly name: string
    readonly path?: string
    readonly port?: number
  }
  /** PEM in base64, as bytes are in JSON. */
  readonly caBundle?: string
}

/** One question to the outside: a POST of `body` to a webhook. */
export interface OutsideCall {
  /** Names the question: equal questions have equal ids. */
  readonly id: string
  /** Whom it is for, whatever the question: answers to older questions of the same one are recognised by it. */
  readonly hook: string
  /** The webhook's name. */
  readonly name: string
  readonly client: ClientConfig
  readonly timeoutSeconds: number
  readonly body: Readonly<Record<string, unknown>>
}

/** The answer to a call to the outside: a response's body, or why there is none, in words. */
export interface OutsideReply {
  readonly body?: unknown
  readonly failure?: string
  /** The HTTP status code of a failure that came as a response. */
  readonly code?: number
}

/** Where a call goes: the URL as messages show it and, where that is another one, the address to connect to. */
export interface OutsideTarget {
  readonly url: string
  readonly connect?: { readonly host: string; readonly port: number }
  /** The name in the server's certificate when it is not the URL's. */
  readonly serverName?: string
  /** The authorities to trust, PEM in base64; those of the system when absent. */
  readonly caBundle?: string
  /** Why it cannot be called. */
  readonly failure?: string
}

/** Calls webhooks: POSTs `call.body` as JSON within `call.timeoutSeconds`. A rejection counts as a failed call. */
export type OutsidePort = (call: OutsideCall, target: OutsideTarget) => OutsideReply | Promise<OutsideReply>

/**
 * A webhook as a function of the embedding program: it is given an AdmissionReview with `request` and answers one with
 * `response`, or the response alone. It may read the cluster; it must not wait for the cluster to come to rest.
 */
export type WebhookFunction = (review: Readonly<Record<string, unknown>>) => unknown | Promise<unknown>

/** Signs JSON Web Tokens and checks its own signatures. Times, audiences and objects are judged by the server. */
export interface TokenSigner {
  /** The token in compact form. */
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>
  /** The claims of a token this signer signed, or undefined for anything else. */
  verify(token: string): Promise<Readonly<Record<string, unknown>> | undefined>
  /** The public keys as JSON Web Keys with `kid`, `alg` and `use`. */
  keys(): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** A random uuid, to tell tokens apart. */
  id(): string
}

/** Signs requests for certificates with the cluster's authority. */
export interface CertificateSigner {
  /**
   * The certificate as PEM for the DER bytes of a PKCS#10 request, with its subject and alternative names. `seconds` is
   * how long it is to be good for, a year when absent. Rejects a request whose own signature is wrong.
   */
  sign(request: Uint8Array, options: { readonly usages: readonly string[]; readonly seconds?: number }): Promise<string>
}

/**
 * Seals objects for whoever writes them to a disk, and opens them again. The store in memory seals nothing: only what
 * outlives the process needs it. `key` is `<resource>/<namespace>/<name>` and belongs to the seal, so that a sealed object
 * cannot be put in another's place. `open` rejects what was changed or sealed by nobody known; the answer of `stale` asks
 * the writer to seal the object anew, because another key or provider comes first now.
 * Source: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
 */
export interface EncryptionAtRest {
  /** Whether objects of a collection ('secrets', 'deployments.apps') are sealed at all. */
  concerns(resource: string): boolean
  seal(key: string, plain: Uint8Array): Promise<Uint8Array>
  open(key: string, sealed: Uint8Array): Promise<{ readonly plain: Uint8Array; readonly stale: boolean }>
}
