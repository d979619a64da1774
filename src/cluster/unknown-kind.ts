/** The error for an object of a kind that the cluster does not serve. */
import type { KubeObject } from '../api/object.ts'
import { KybernError } from '../lib/coded-error.ts'

/** KYB-KIND, in the words of kubectl. */
export function unknownKind(object: KubeObject): KybernError {
  const { apiVersion, kind } = object
  return new KybernError(
    'KYB-KIND',
    `no matches for kind "${kind}" in version "${apiVersion}": the cluster does not serve it`,
  )
}
