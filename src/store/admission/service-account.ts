/**
 * ServiceAccount: a pod runs as a service account that exists, and finds that account's token, the cluster's CA and
 * its namespace in a projected volume.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#serviceaccount-admission-controller
 */
import type { KubeObject } from '../../api/object.ts'
import { forbidden } from '../../api/status-error.ts'
import type { AdmissionRequest, AdmissionStep, AdmissionTools } from '../admission-step.ts'

const accounts = 'serviceaccounts'
const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const tokenSeconds = 3607
const volumePrefix = 'kube-api-access-'
const mirrorAnnotation = 'kubernetes.io/config.mirror'

// biome-ignore lint/suspicious/noExplicitAny: parts of a pod as stored JSON, checked by its schema
type Part = any

/** Completes a new pod; 403 when its account is missing. Mirror pods keep what the kubelet wrote. */
export const serviceAccount: AdmissionStep = (request, view, tools) => {
  const { object, operation, kind, subresource } = request
  if (kind.resource !== 'pods' || operation !== 'CREATE' || subresource !== '') return object
  if (object.metadata.annotations?.[mirrorAnnotation] !== undefined) {
    const why = whyNoMirror(object.spec ?? {})
    if (why !== '') throw forbidden('pods', object.metadata.name, why)
    return object
  }
  const name: string = object.spec?.serviceAccountName || 'default'
  const account = view.get(accounts, request.namespace, name)
  if (account === undefined) throw missing(request, name)
  const spec = { ...object.spec, serviceAccountName: name, serviceAccount: name }
  if ((spec.imagePullSecrets?.length ?? 0) === 0 && (account.imagePullSecrets?.length ?? 0) > 0)
    spec.imagePullSecrets = account.imagePullSecrets
  const automount = object.spec?.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
  return { ...object, spec: automount ? withToken(spec, tools) : spec }
}

/** What a mirror pod may not refer to: the API server cannot know that the kubelet may have it. */
function whyNoMirror(spec: Part): string {
  if (spec.serviceAccountName) return 'a mirror pod may not reference service accounts'
  const containers: readonly Part[] = [...(spec.initContainers ?? []), ...(spec.containers ?? [])]
  const volumes: readonly Part[] = spec.volumes ?? []
  const sources: readonly Part[] = volumes.flatMap((volume) => volume.projected?.sources ?? [])
  const secret =
    (spec.imagePullSecrets ?? []).length > 0 ||
    volumes.some((volume) => volume.secret) ||
    sources.some((source) => source.secret) ||
    containers.some(
      ({ env = [], envFrom = [] }) =>
        env.some((one: Part) => one.valueFrom?.secretKeyRef) || envFrom.some((one: Part) => one.secretRef),
    )
  if (secret) return 'a mirror pod may not reference secrets'
  const token = sources.some((source) => source.serviceAccountToken)
  return token ? 'a mirror pod may not use ServiceAccountToken volume projections' : ''
}

function missing(request: AdmissionRequest, name: string): Error {
  const { namespace } = request
  const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`
  return forbidden('pods', request.object.metadata.name, why)
}

function withToken(spec: Part, tools: AdmissionTools): KubeObject['spec'] {
  const lists = ['initContainers', 'containers'] as const
  const bare = lists.some((list) => (spec[list] ?? []).some((container: Part) => !hasToken(container)))
  if (!bare) return spec
  const volumes: readonly Part[] = spec.volumes ?? []
  const own = volumes.find((volume) => volume.name.startsWith(volumePrefix))
  const name: string = own?.name ?? volumePrefix + tools.suffix()
  const next = { ...spec, volumes: own === undefined ? [...volumes, tokenVolume(name)] : volumes }
  for (const list of lists) {
    if (spec[list]) next[list] = spec[list].map((container: Part) => withMount(container, name))
  }
  return next
}

function hasToken(container: Part): boolean {
  return (container.volumeMounts ?? []).some((mount: Part) => mount.mountPath === tokenPath)
}

function withMount(container: Part, name: string): Part {
  if (hasToken(container)) return container
  const mount = { name, readOnly: true, mountPath: tokenPath }
  return { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] }
}

function tokenVolume(name: string): Part {
  const namespace = { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: tokenSeconds, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [namespace] } },
      ],
      defaultMode: 420,
    },
  }
}
