/**
 * The rules of Secrets by their type.
 * Source: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types
 */
import { entriesOf, isFilled, isSet, when } from '../../api/checks.ts'
import { type FieldError, invalidValue, path, required } from '../../api/field-error.ts'
import { validateImmutable } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { base64Bytes, keyFaults, lockedFaults, sizeFaults } from './data-rules.ts'

const dataAt = path('data')
const accountName = 'kubernetes.io/service-account.name'

/** The faults of a Secret. */
export function validateSecret(secret: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const bytes = entriesOf(secret.data).reduce((sum, [, value]) => sum + base64Bytes(value), 0)
  return [
    ...(previous === undefined ? [] : validateImmutable(secret.type ?? '', previous.type ?? '', path('type'))),
    ...lockedFaults(secret, previous, ['data']),
    ...keyFaults(secret.data, dataAt),
    ...sizeFaults(bytes, dataAt),
    ...typeFaults(secret),
  ]
}

function typeFaults(secret: KubeObject): FieldError[] {
  const missing = (...keys: string[]) =>
    keys.filter((key) => !isSet(secret.data?.[key])).map((key) => required(dataAt.key(key)))
  switch (secret.type) {
    case 'kubernetes.io/service-account-token': {
      const bound = isFilled(secret.metadata.annotations?.[accountName])
      return when(!bound, required(path('metadata', 'annotations').key(accountName)))
    }
    case 'kubernetes.io/dockercfg':
      return dockerFaults(secret, '.dockercfg')
    case 'kubernetes.io/dockerconfigjson':
      return dockerFaults(secret, '.dockerconfigjson')
    case 'kubernetes.io/basic-auth': {
      const absent = missing('username', 'password')
      return absent.length === 2 ? absent : []
    }
    case 'kubernetes.io/ssh-auth':
      return when(!isFilled(secret.data?.['ssh-privatekey']), required(dataAt.key('ssh-privatekey')))
    case 'kubernetes.io/tls':
      return missing('tls.crt', 'tls.key')
    default:
      return []
  }
}

function dockerFaults({ data }: KubeObject, key: string): FieldError[] {
  const at = dataAt.key(key)
  if (!isSet(data?.[key])) return [required(at)]
  const why = whyNotJsonObject(atob(data[key]))
  return when(why !== '', invalidValue(at, '<secret contents redacted>', why))
}

/** What Go's decoder says of the commonest faults. */
function whyNotJsonObject(text: string): string {
  if (text.trim() === '') return 'unexpected end of JSON input'
  try {
    const value: unknown = JSON.parse(text)
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return ''
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
    return `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`
  } catch {
    const first = text.trim().charAt(0)
    return /[{["0-9tfn-]/.test(first)
      ? 'unexpected end of JSON input'
      : `invalid character '${first}' looking for beginning of value`
  }
}
