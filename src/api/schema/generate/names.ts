/**
 * Which API group a model class belongs to. Class names carry only the version (`V1DeploymentSpec`), so a class belongs
 * to the group whose API file reaches it first; shared kinds are claimed by name.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { modelNames, referredClasses } from './models.ts'

/** API file → short definition prefix, in claiming order: groups others refer to come first. */
const apis: Readonly<Record<string, string>> = {
  CoreV1Api: 'core.v1',
  AppsV1Api: 'apps.v1',
  BatchV1Api: 'batch.v1',
  AutoscalingV1Api: 'autoscaling.v1',
  AutoscalingV2Api: 'autoscaling.v2',
  AdmissionregistrationV1Api: 'admissionregistration.v1',
  ApiextensionsV1Api: 'apiextensions.v1',
  ApiregistrationV1Api: 'apiregistration.v1',
  AuthenticationV1Api: 'authentication.v1',
  AuthorizationV1Api: 'authorization.v1',
  CertificatesV1Api: 'certificates.v1',
  CoordinationV1Api: 'coordination.v1',
  DiscoveryV1Api: 'discovery.v1',
  EventsV1Api: 'events.v1',
  FlowcontrolApiserverV1Api: 'flowcontrol.v1',
  NetworkingV1Api: 'networking.v1',
  NodeV1Api: 'node.v1',
  PolicyV1Api: 'policy.v1',
  RbacAuthorizationV1Api: 'rbac.v1',
  ResourceV1Api: 'resource.v1',
  SchedulingV1Api: 'scheduling.v1',
  StorageV1Api: 'storage.v1',
}

/** Classes that more than one group reaches, or that no API file names. */
const claimed: Readonly<Record<string, string>> = {
  'meta.v1':
    'APIGroup APIGroupList APIResource APIResourceList APIVersions Condition DeleteOptions FieldSelectorRequirement ' +
    'GroupResource GroupVersionForDiscovery LabelSelector LabelSelectorRequirement ListMeta ManagedFieldsEntry ' +
    'ObjectMeta OwnerReference Preconditions ServerAddressByClientCIDR ShardInfo Status StatusCause StatusDetails WatchEvent',
  'core.v1': 'TopologySelectorTerm TopologySelectorLabelRequirement',
  'policy.v1': 'Eviction',
  'autoscaling.v1': 'Scale ScaleSpec ScaleStatus',
}

/** The class name of each short definition name (`apps.v1.DeploymentSpec`). */
export function classNames(root: string): Map<string, string> {
  const models = join(root, 'models')
  const known = new Set(modelNames(models))
  const owner = new Map<string, string>()
  for (const [group, names] of Object.entries(claimed)) {
    for (const name of names.split(' ')) if (known.has(`V1${name}`)) owner.set(`V1${name}`, group)
  }
  const claim = (className: string, group: string): void => {
    if (!known.has(className) || owner.has(className)) return
    owner.set(className, explicitGroup(className) ?? group)
    const text = readFileSync(join(models, `${className}.d.ts`), 'utf8')
    for (const other of referredClasses(text)) claim(other, owner.get(className) ?? group)
  }
  for (const [api, group] of Object.entries(apis)) {
    for (const className of referredClasses(readFileSync(join(root, 'apis', `${api}.d.ts`), 'utf8')))
      claim(className, group)
  }
  const result = new Map<string, string>()
  for (const [className, group] of owner) result.set(`${group}.${kindName(className)}`, className)
  return result
}

/** `CoreV1Event` says its group in its name because another group has an `Event` too. */
function explicitGroup(className: string): string | undefined {
  const match = /^([A-Z][a-z]+)V(\d+)/.exec(className)
  return match === null ? undefined : `${match[1]?.toLowerCase()}.v${match[2]}`
}

function kindName(className: string): string {
  return className.replace(/^(?:[A-Z][a-z]+)?V\d+/, '')
}
