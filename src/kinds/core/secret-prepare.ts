/**
 * What the server does to Secrets: plain text given in stringData is stored among the data.
 * Source: https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data
 */
import { entriesOf, isSet } from '../../api/checks.ts'
import type { KubeObject } from '../../api/object.ts'

/** The Secret with its stringData in data, where it wins over what is there. */
export function withTextAsData(secret: KubeObject): KubeObject {
  const { stringData, ...rest } = secret
  if (!isSet(stringData)) return secret
  const texts = entriesOf(stringData).map(([key, text]) => [key, base64(text ?? '')])
  return { ...rest, data: { ...secret.data, ...Object.fromEntries(texts) } } as unknown as KubeObject
}

/** The Secret after a change; who leaves the type out keeps it. */
export function prepareSecretUpdate(next: KubeObject, previous: KubeObject): KubeObject {
  const whole = withTextAsData(next)
  return whole.type === undefined || whole.type === '' ? { ...whole, type: previous.type } : whole
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
}
