/**
 * The rules of webhooks that are called by the API server: where they are, as admission and conversion say it.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#contacting-the-webhook
 */
import { faults, filled, isSet, type Part, when } from './checks.ts'
import { type FieldError, invalidValue, type Path, required } from './field-error.ts'
import { isDns1123Subdomain, isValidPortNumber } from './names.ts'

const form = '; desired format: https://host[/path]'

/** The faults of a client config: a URL or a Service, exactly one of them. */
export function clientConfigFaults(config: Part, place: Path): FieldError[] {
  const { url, service } = config ?? {}
  if (isSet(url) === isSet(service)) return [required(place, 'exactly one of url or service is required')]
  return isSet(url) ? webhookUrlFaults(url, place.child('url')) : webhookServiceFaults(service, place.child('service'))
}

/** The faults of a webhook's URL. */
export function webhookUrlFaults(url: string, place: Path): FieldError[] {
  const parts = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/.exec(url)
  const [, scheme = '', authority = '', query = '', fragment = ''] = parts ?? []
  const at = authority.lastIndexOf('@')
  const user = authority.slice(0, Math.max(at, 0))
  const host = authority.slice(at + 1)
  return [
    ...when(scheme !== 'https', invalidValue(place, scheme, `'https' is the only allowed URL scheme${form}`)),
    ...when(host === '', invalidValue(place, host, `host must be specified${form}`)),
    ...when(at >= 0, invalidValue(place, user, 'user information is not permitted in the URL')),
    ...when(fragment !== '', invalidValue(place, fragment, 'fragments are not permitted in the URL')),
    ...when(query !== '', invalidValue(place, query, 'query parameters are not permitted in the URL')),
  ]
}

/** The faults of the Service in front of a webhook. Names are told in the order Kubernetes tells them. */
export function webhookServiceFaults(service: Part, place: Path): FieldError[] {
  const { name, namespace, port = 0, path } = service ?? {}
  const wrong = isValidPortNumber(port)
  return [
    ...filled(namespace, place.child('name')),
    ...filled(name, place.child('namespace')),
    ...when(wrong.length > 0, invalidValue(place.child('port'), port, `port is not valid: ${wrong.join(', ')}`)),
    ...(isSet(path) ? pathFaults(path, place.child('path')) : []),
  ]
}

function pathFaults(path: string, place: Path): FieldError[] {
  if (path === '' || path === '/') return []
  if (path === '//') return [invalidValue(place, path, 'segment[0] may not be empty')]
  const steps = path.slice(1).replace(/\/$/, '').split('/')
  return [
    ...when(!path.startsWith('/'), invalidValue(place, path, "must start with a '/'")),
    ...steps.flatMap((step, index) =>
      step === ''
        ? [invalidValue(place, path, `segment[${index}] may not be empty`)]
        : faults(
            place,
            path,
            isDns1123Subdomain(step).map((fault) => `segment[${index}]: ${fault}`),
          ),
    ),
  ]
}
