/**
 * Reviews: what somebody may do, who one is, whose token it is. They are created, answered and forgotten.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { trackUpdate } from '../api/patch/managed-fields.ts'
import { nodeOfUser } from '../api/rbac/node.ts'
import { errorText, rulesFor } from '../api/rbac/resolve.ts'
import type { Action } from '../api/rbac/rules.ts'
import { parseFieldSelector } from '../api/selector.ts'
import { badRequest, internal, type StatusError } from '../api/status-error.ts'
import { toRfc3339 } from '../api/time.ts'
import type { UserInfo } from '../api/user-info.ts'
import { decoded } from '../store/decode.ts'
import { objectAnswer } from './answer.ts'
import { decide } from './authorize.ts'
import { emptyBody, objectIn } from './body.ts'
import { type Call, userInfoOf } from './context.ts'
import { objectForm } from './negotiate.ts'
import { writeOptions } from './options.ts'
import { localReviewFaults, selfReviewFaults, subjectReviewFaults } from './reviews-validate.ts'

type Answer = (call: Call, review: KubeObject) => KubeObject | Promise<KubeObject>

/** Answers a review: 201 with its status, 400 or 422 when it makes no sense. */
export async function answerReview(call: Call, kind: Kind): Promise<Response> {
  const form = objectForm(call.request.headers.get('accept'))
  const sent = (await objectIn(call.request, kind.kind)) as KubeObject | undefined
  if (sent === undefined) throw emptyBody(kind.kind)
  const answer = answers[kind.kind]
  if (answer === undefined) throw internal(`no answer to a ${kind.kind}`)
  const options = writeOptions(call, kind)
  const { object, warnings } = decoded(kind, sent, options)
  const { namespace } = call.info
  const { metadata = {}, spec = {} } = object as { metadata?: object; spec?: object }
  const place = kind.namespaced ? { namespace, ...metadata } : metadata
  const review = { ...object, metadata: place, spec } as KubeObject
  const now = call.cluster.now.getTime()
  const writer = { manager: options.manager ?? '', now: toRfc3339(now) }
  const managedFields = trackUpdate(kind.schema, undefined, review as never, writer)
  const owned = managedFields.length === 0 ? place : { ...place, managedFields }
  const answered = await answer(call, { ...review, metadata: owned } as KubeObject)
  return objectAnswer(kind, answered, form, now, call.info.query, { code: 201, warnings })
}

interface ReviewSpec {
  readonly user?: string
  readonly uid?: string
  readonly groups?: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
  readonly resourceAttributes?: Readonly<Record<string, string>>
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string }
}

function actionIn({ resourceAttributes: of, nonResourceAttributes }: ReviewSpec): Action {
  const { path = '', verb = '' } = nonResourceAttributes ?? {}
  if (of === undefined) return { verb, path, namespace: '', group: '', resource: '', subresource: '', name: '' }
  const word = (field: string): string => of[field] ?? ''
  return {
    verb: word('verb'),
    path: '',
    namespace: word('namespace'),
    group: word('group'),
    resource: word('resource'),
    subresource: word('subresource'),
    name: word('name'),
    selected: selectedIn((of as { fieldSelector?: FieldSelector }).fieldSelector),
  }
}

interface FieldSelector {
  readonly rawSelector?: string
  readonly requirements?: readonly { key: string; operator: string; values?: readonly string[] }[]
}

/** The terms of a field selector; those that say nothing a selector can say are left out, as they only narrow. */
function selectedIn({ rawSelector = '', requirements = [] }: FieldSelector = {}): NonNullable<Action['selected']> {
  const ops: Readonly<Record<string, string>> = { In: '=', NotIn: '!=' }
  const terms = requirements.flatMap(({ key, operator, values = [] }) => {
    const [value, ...more] = values
    const op = ops[operator]
    return op === undefined || value === undefined || more.length > 0 ? [] : [{ field: key, op, value }]
  })
  try {
    return [...terms, ...parseFieldSelector(rawSelector)]
  } catch {
    return terms
  }
}

function decided(call: Call, review: KubeObject, user: UserInfo): KubeObject {
  const action = actionIn(review.spec as ReviewSpec)
  const { allowed, reason } = decide(call.cluster.view, user, action)
  return { ...review, status: { allowed, ...(reason === '' ? {} : { reason }) } }
}

function subjectOf({ user = '', uid, groups, extra }: ReviewSpec): UserInfo {
  return {
    username: user,
    ...(uid === undefined ? {} : { uid }),
    ...(groups === undefined ? {} : { groups }),
    ...(extra === undefined ? {} : { extra }),
  }
}

const selfAccess: Answer = (call, review) => {
  refuseFaulty(selfReviewFaults(review))
  return decided(call, review, userInfoOf(call.user))
}

const subjectAccess: Answer = (call, review) => {
  refuseFaulty(subjectReviewFaults(review))
  return decided(call, review, subjectOf(review.spec))
}

const localAccess: Answer = (call, review) => {
  refuseFaulty(localReviewFaults(review))
  return decided(call, review, subjectOf(review.spec))
}

/** 422 as the server says it of a review: without kind and name. */
function refuseFaulty(refusal: StatusError | undefined): void {
  if (refusal !== undefined) throw refusal
}

const selfRules: Answer = (call, review) => {
  const namespace: string = review.spec.namespace ?? ''
  if (namespace === '') throw badRequest('no namespace on request')
  const user = userInfoOf(call.user)
  const { rules, errors } = rulesFor(call.cluster.view, user, namespace)
  const incomplete = nodeOfUser(user) !== undefined
  if (incomplete) errors.unshift(new Error('node authorizer does not support user rule resolution'))
  const resourceRules = rules
    .filter((rule) => (rule.resources?.length ?? 0) > 0)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames === undefined ? {} : { resourceNames }),
    }))
  const nonResourceRules = rules
    .filter((rule) => (rule.nonResourceURLs?.length ?? 0) > 0)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }))
  const error = errors.length === 0 ? {} : { evaluationError: errorText(errors) }
  const { apiVersion, kind } = review
  const status = { resourceRules, nonResourceRules, incomplete, ...error }
  return { apiVersion, kind, metadata: {} as never, spec: {}, status }
}

const self: Answer = (call, { apiVersion, kind }) => {
  const metadata = { creationTimestamp: toRfc3339(call.cluster.now.getTime()) } as never
  return { apiVersion, kind, metadata, status: { userInfo: shownUser(userInfoOf(call.user)) } }
}

function shownUser({ username, uid, groups, extra }: UserInfo): Record<string, unknown> {
  return {
    username,
    ...(uid === undefined || uid === '' ? {} : { uid }),
    ...(groups === undefined || groups.length === 0 ? {} : { groups }),
    ...(extra === undefined || Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

const token: Answer = async (call, review) => {
  const { token: text = '', audiences } = review.spec as { token?: string; audiences?: readonly string[] }
  if (text === '') throw badRequest('token is required for TokenReview in authentication')
  const asked = audiences !== undefined && audiences.length > 0 ? audiences : undefined
  const found = (await call.tokens?.whose(text, asked)) ?? new Error('invalid bearer token')
  if (found instanceof Error) return { ...review, status: { user: {}, error: found.message } }
  const user = shownUser(userInfoOf(found.user))
  return { ...review, status: { authenticated: true, user, audiences: found.audiences } }
}

const answers: Readonly<Record<string, Answer>> = {
  SelfSubjectAccessReview: selfAccess,
  SubjectAccessReview: subjectAccess,
  LocalSubjectAccessReview: localAccess,
  SelfSubjectRulesReview: selfRules,
  SelfSubjectReview: self,
  TokenReview: token,
}
