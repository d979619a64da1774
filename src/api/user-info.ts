/**
 * Who makes a request, as authentication.k8s.io/v1 UserInfo says it: what admission, audit and reviews are told.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#users-in-kubernetes
 */

export interface UserInfo {
  readonly username: string
  readonly uid?: string
  readonly groups?: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}
