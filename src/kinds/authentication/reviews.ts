/**
 * The questions of authentication.k8s.io/v1: who am I, whose token is this. Answered at once and never stored.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#self-subject-review
 */
import { defineKind, type Kind } from '../../api/kind.ts'

function review(kind: string): Kind {
  return defineKind({
    group: 'authentication.k8s.io',
    version: 'v1',
    kind,
    plural: `${kind.toLowerCase()}s`,
    namespaced: false,
    schema: `io.k8s.api.authentication.v1.${kind}`,
    hasGeneration: false,
    verbs: ['create'],
    virtual: true,
  })
}

export const SelfSubjectReview = review('SelfSubjectReview')
export const TokenReview = review('TokenReview')

/** What `serviceaccounts/token` is sent and answers; served nowhere else. */
export const TokenRequest = review('TokenRequest')
