/**
 * Keys and certificates of one cluster: its own authority, the server's certificate, the administrator's client
 * certificate and a bearer token. Made anew at every start and kept in memory.
 * Source: https://kubernetes.io/docs/setup/best-practices/certificates/
 */
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import type { CertificateSigner } from '../ports.ts'

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

export interface Pki {
  /** The authority's certificate, PEM. */
  readonly ca: string
  /** Signs with the authority's key, which nobody else sees. */
  readonly signer: CertificateSigner
  readonly server: KeyPair
  readonly client: KeyPair
  readonly token: string
}

/** What the administrator's certificate says; kube-apiserver reads CN as the user and O as the groups. */
export const adminUser = 'kubernetes-admin'
export const adminGroup = 'system:masters'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const yearMs = 365 * 24 * 3600 * 1000
/** Clocks of client and server may differ by this much. */
const skewMs = 3600 * 1000
const serverNames = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
]
const serverAddresses = ['127.0.0.1', '::1', '10.96.0.1']

/** Makes all of it. `hosts` are further names or addresses the server is reached by. `nowMs` is wall time. */
export async function createPki(nowMs: number, hosts: readonly string[] = [], token = randomToken()): Promise<Pki> {
  x509.cryptoProvider.set(crypto)
  const validity = { notBefore: new Date(nowMs - skewMs), notAfter: new Date(nowMs + yearMs) }
  const [caKeys, serverKeys, clientKeys] = await Promise.all([newKeys(), newKeys(), newKeys()])
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: 'CN=kybern-ca',
    ...validity,
    keys: caKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  })
  const issue = (subject: string, keys: CryptoKeyPair, extensions: x509.Extension[]) =>
    x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject,
      issuer: ca.subject,
      ...validity,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        ...extensions,
      ],
    })
  const server = await issue('CN=kube-apiserver', serverKeys, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(alternativeNames(hosts)),
  ])
  const client = await issue(`CN=${adminUser},O=${adminGroup}`, clientKeys, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
  ])
  return {
    ca: ca.toString('pem'),
    signer: signerOf(ca, caKeys.privateKey),
    server: { cert: server.toString('pem'), key: await pemOf(serverKeys) },
    client: { cert: client.toString('pem'), key: await pemOf(clientKeys) },
    token,
  }
}

const backdateMs = 5 * 60 * 1000
/** Certificates for less than this end when asked; others end as much earlier as they begin. */
const shortMs = 8 * 3600 * 1000
const leastMs = 10 * 60 * 1000

const keyUsages: Readonly<Record<string, x509.KeyUsageFlags>> = {
  signing: x509.KeyUsageFlags.digitalSignature,
  'digital signature': x509.KeyUsageFlags.digitalSignature,
  'content commitment': x509.KeyUsageFlags.nonRepudiation,
  'key encipherment': x509.KeyUsageFlags.keyEncipherment,
  'key agreement': x509.KeyUsageFlags.keyAgreement,
  'data encipherment': x509.KeyUsageFlags.dataEncipherment,
}
const extendedUsages: Readonly<Record<string, string>> = {
  'server auth': x509.ExtendedKeyUsage.serverAuth,
  'client auth': x509.ExtendedKeyUsage.clientAuth,
}

/** Signs what clients of the API and kubelets ask for; times are the wall's, as TLS compares them. */
function signerOf(ca: x509.X509Certificate, signingKey: CryptoKey): CertificateSigner {
  return {
    async sign(der, { usages, seconds }) {
      const request = new x509.Pkcs10CertificateRequest(der as Uint8Array<ArrayBuffer>)
      if (!(await request.verify())) throw new Error('x509: signature of the request is not valid')
      if (request.subjectName.getField('O').includes(adminGroup))
        throw new Error(`nobody is certified as ${adminGroup}`)
      const now = Date.now()
      const ttl = Math.min(Math.max(seconds === undefined ? yearMs : seconds * 1000, leastMs), yearMs)
      const end = now + (ttl < shortMs ? ttl : ttl - backdateMs)
      const flags = usages.reduce((all, usage) => all | (keyUsages[usage] ?? 0), 0)
      const extended = usages.flatMap((usage) => extendedUsages[usage] ?? [])
      const names = request.getExtension('2.5.29.17')
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: serial(),
        subject: request.subjectName,
        issuer: ca.subject,
        notBefore: new Date(now - backdateMs),
        notAfter: new Date(Math.min(end, ca.notAfter.getTime())),
        publicKey: request.publicKey,
        signingKey,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          ...(flags === 0 ? [] : [new x509.KeyUsagesExtension(flags, true)]),
          ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
          ...(names === null ? [] : [names]),
        ],
      })
      return certificate.toString('pem')
    },
  }
}

function alternativeNames(hosts: readonly string[]): { type: 'dns' | 'ip'; value: string }[] {
  const isAddress = (host: string): boolean => /^[\d.]+$/.test(host) || host.includes(':')
  const addresses = [...serverAddresses, ...hosts.filter(isAddress)]
  const names = [...serverNames, ...hosts.filter((host) => !isAddress(host))]
  return [
    ...[...new Set(names)].map((value) => ({ type: 'dns' as const, value })),
    ...[...new Set(addresses)].map((value) => ({ type: 'ip' as const, value })),
  ]
}

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>
}

async function pemOf(keys: CryptoKeyPair): Promise<string> {
  const der = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  return x509.PemConverter.encode(der, 'PRIVATE KEY')
}

/** 15 random bytes below a leading 01, so that the number is positive and never starts with zero. */
function serial(): string {
  return `01${hex(crypto.getRandomValues(new Uint8Array(15)))}`
}

/** A bearer token of 256 random bits. */
export function randomToken(): string {
  return hex(crypto.getRandomValues(new Uint8Array(32)))
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
