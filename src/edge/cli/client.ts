/**
 * Talks to a running kybern cluster, and to nothing else: the one named by KYBERN_SERVER (set inside `kybern run`), or
 * the one this directory's `.kybern/cluster.json` names. The server must prove itself by the cluster's own authority.
 */
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { KybernError } from '../../lib/coded-error.ts'
import { homeOf, readClusterFile } from './home.ts'

export interface Address {
  readonly url: string
  readonly token: string
  readonly ca: string
  readonly pid?: number
}

/** How long a running cluster may take to answer: `advance` over weeks is work. */
const patienceMs = 10 * 60 * 1000

/** The cluster to talk to. Throws KYB-NOT-RUNNING when there is none. */
export function addressOf(env: NodeJS.ProcessEnv = process.env): Address {
  const { KYBERN_SERVER: url = '', KYBERN_TOKEN: token = '', KYBERN_CA: caFile = '' } = env
  if (url !== '') return { url, token, ca: caFile === '' ? '' : readFileSync(caFile, 'utf8') }
  const home = homeOf()
  const found = readClusterFile(home)
  if (found === undefined)
    throw new KybernError('KYB-NOT-RUNNING', `no cluster runs here: there is no ${home.clusterFile}`)
  return found
}

/** One request to `/kybern/<action>`. Throws the server's coded error, or KYB-UNREACHABLE. */
export function ask<T>(address: Address, method: 'GET' | 'POST', action: string, body?: object): Promise<T> {
  const { url, token, ca } = address
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const unreachable = (error: Error): void =>
      reject(new KybernError('KYB-UNREACHABLE', `the cluster at ${url} does not answer: ${error.message}`))
    const call = request(`${url}/kybern/${action}`, { method, headers, ca, timeout: patienceMs }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', unreachable)
      response.on('end', () => settle(Buffer.concat(chunks).toString(), response.statusCode ?? 0, resolve, reject))
    })
    call.on('timeout', () => call.destroy(new Error('it takes too long')))
    call.on('error', unreachable)
    call.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function settle<T>(text: string, status: number, resolve: (value: T) => void, reject: (error: Error) => void): void {
  try {
    const value: unknown = JSON.parse(text)
    if (status === 200) resolve(value as T)
    else reject(refusalOf(value as Refusal, text))
  } catch {
    reject(new KybernError('KYB-UNREACHABLE', `what answers there is no kybern cluster (${status})`))
  }
}

interface Refusal {
  readonly code?: unknown
  readonly message?: string
}

/** The server's own coded error; a Status of Kubernetes' has a number for a code. */
function refusalOf({ code, message = '' }: Refusal, text: string): KybernError {
  if (typeof code !== 'string') return new KybernError('KYB-REFUSED', message || text)
  return new KybernError(code, message.startsWith(`${code}: `) ? message.slice(code.length + 2) : message)
}
