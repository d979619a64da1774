/**
 * The questions of authorization.k8s.io/v1: they are asked by creating them, are answered at once and never stored.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 */
import { defineKind, type Kind } from '../../api/kind.ts'

function review(kind: string, namespaced: boolean): Kind {
  return defineKind({
    group: 'authorization.k8s.io',
    version: 'v1',
    kind,
    plural: `${kind.toLowerCase()}s`,
    namespaced,
    schema: `io.k8s.api.authorization.v1.${kind}`,
    hasGeneration: false,
    verbs: ['create'],
    virtual: true,
  })
}

export const LocalSubjectAccessReview = review('LocalSubjectAccessReview', true)
export const SelfSubjectAccessReview = review('SelfSubjectAccessReview', false)
export const SelfSubjectRulesReview = review('SelfSubjectRulesReview', false)
export const SubjectAccessReview = review('SubjectAccessReview', false)
