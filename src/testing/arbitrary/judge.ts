/**
 * What a new cluster would answer to the creation of an object: the API's own decision over a booted snapshot, with its
 * default service account and without anybody else's objects. Pure but for a memo of constants.
 */
import type { KubeObject } from '../../api/object.ts'
import { createRegistry, type Registry } from '../../api/registry.ts'
import type { StatusError } from '../../api/status-error.ts'
import { bootSnapshot, bootTransitions } from '../../cluster/boot.ts'
import { epoch } from '../../cluster/options.ts'
import { kinds } from '../../kinds/index.ts'
import { prngOf } from '../../lib/prng.ts'
import { admission } from '../../store/admission/index.ts'
import { reduce } from '../../store/commit.ts'
import { Latest } from '../../store/latest.ts'
import type { CommitContext } from '../../store/plan.ts'
import type { Transition } from '../../store/transition.ts'

export const builtIn: Registry = createRegistry(kinds)

const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } }
const defaultAccount: Transition = {
  type: 'create',
  resource: 'serviceaccounts',
  namespace: 'default',
  object: account,
}

let booted: CommitContext | undefined

function context(): CommitContext {
  if (booted !== undefined) return booted
  let snapshot = bootSnapshot(epoch, 1)
  const rest = { registry: builtIn, now: epoch, prng: prngOf(1), admission }
  for (const transition of [...bootTransitions(), defaultAccount])
    snapshot = reduce({ ...rest, snapshot }, transition).snapshot
  booted = { ...rest, snapshot, latest: new Latest(snapshot) }
  return booted
}

/** The refusal of the object's creation in the namespace `default`, or undefined when it would be created. Throws KYB-KIND. */
export function refusalOf(object: KubeObject): StatusError | undefined {
  const kind = builtIn.byKind(object.apiVersion, object.kind)
  if (kind === undefined) throw new Error(`KYB-KIND: nobody serves ${object.apiVersion} ${object.kind}`)
  const namespace = kind.namespaced ? 'default' : ''
  const options = { apiVersion: kind.apiVersion, fieldValidation: 'Strict', dryRun: true } as const
  const { outcome } = reduce(context(), { type: 'create', resource: kind.resource, namespace, object, ...options })
  return outcome.ok ? undefined : outcome.error
}
