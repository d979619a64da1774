/**
 * Kubeconfig text: where a cluster is and who is asking.
 * Source: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
import { parse, stringify } from 'yaml'
import { KybernError } from '../lib/coded-error.ts'
import type { Pki } from './pki.ts'

interface Named {
  readonly name: string
}

interface Kubeconfig {
  readonly apiVersion?: string
  readonly kind?: string
  readonly clusters?: readonly (Named & { readonly cluster: object })[]
  readonly users?: readonly (Named & { readonly user: object })[]
  readonly contexts?: readonly (Named & { readonly context: object })[]
  readonly 'current-context'?: string
  readonly [other: string]: unknown
}

/** The name of cluster, user and context in what kybern writes. */
export const contextName = 'kybern'

/** A kubeconfig with everything inside it: the authority, the client certificate and its key. */
export function kubeconfigOf(url: string, pki: Pki, name = contextName): string {
  const config: Kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': base64(pki.ca) } }],
    users: [
      {
        name,
        user: {
          'client-certificate-data': base64(pki.client.cert),
          'client-key-data': base64(pki.client.key),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    'current-context': name,
    preferences: {},
  }
  return stringify(config, { lineWidth: 0 })
}

/**
 * `existing` with the entries of `added` put in and its current context made current; everything else stays. Throws
 * KYB-KUBECONFIG when `existing` is no kubeconfig.
 */
export function mergedKubeconfig(existing: string, added: string): string {
  const into = (existing.trim() === '' ? {} : readable(existing)) as Kubeconfig
  const from = parse(added) as Kubeconfig
  const merged: Kubeconfig = {
    ...into,
    apiVersion: 'v1',
    kind: 'Config',
    clusters: replaced(into.clusters, from.clusters),
    users: replaced(into.users, from.users),
    contexts: replaced(into.contexts, from.contexts),
    'current-context': from['current-context'] ?? '',
  }
  return stringify(merged, { lineWidth: 0 })
}

/** `text` without kybern's entries; when kybern's context is still current, the one of `before` is again. */
export function unmergedKubeconfig(text: string, before: string): string {
  const config = readable(text) as Kubeconfig
  const former = (before.trim() === '' ? {} : readable(before)) as Kubeconfig
  const others = <T extends Named>(list: readonly T[] = []): T[] => list.filter((one) => one.name !== contextName)
  const current = config['current-context']
  return stringify(
    {
      ...config,
      clusters: others(config.clusters),
      users: others(config.users),
      contexts: others(config.contexts),
      'current-context': current === contextName ? (former['current-context'] ?? '') : (current ?? ''),
    },
    { lineWidth: 0 },
  )
}

function readable(text: string): unknown {
  const refuse = (why: string): KybernError =>
    new KybernError('KYB-KUBECONFIG', `the kubeconfig to merge into cannot be read: ${why}; it was left as it is`)
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error))
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw refuse('it is not a mapping')
  return value
}

function replaced<T extends Named>(into: readonly T[] = [], from: readonly T[] = []): T[] {
  const names = new Set(from.map((one) => one.name))
  return [...into.filter((one) => !names.has(one.name)), ...from]
}

function base64(text: string): string {
  return btoa(text)
}
