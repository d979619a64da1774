/**
 * What makes a review impossible to answer.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/
 */
import { isFilled, isSet, type Part, when } from '../api/checks.ts'
import { type FieldError, invalidValue, type Path, path, required } from '../api/field-error.ts'
import type { KubeObject } from '../api/object.ts'
import { invalid, type StatusError } from '../api/status-error.ts'

const specAt = path('spec')

/** The 422 of a SelfSubjectAccessReview, if it has one. */
export function selfReviewFaults(review: KubeObject): StatusError | undefined {
  return refused([...attributeFaults(review.spec), ...metadataFaults(review, 'must be empty')])
}

/** The 422 of a SubjectAccessReview, if it has one. */
export function subjectReviewFaults(review: KubeObject): StatusError | undefined {
  return refused([...subjectFaults(review.spec), ...metadataFaults(review, 'must be empty')])
}

/** The 422 of a LocalSubjectAccessReview, if it has one. */
export function localReviewFaults(review: KubeObject): StatusError | undefined {
  const { resourceAttributes, nonResourceAttributes } = review.spec
  const { namespace = '', ...rest } = review.metadata
  const asked = resourceAttributes?.namespace ?? ''
  const at = specAt.child('resourceAttributes', 'namespace')
  const pathless = invalidValue(
    specAt.child('nonResourceAttributes'),
    shownPath(nonResourceAttributes),
    'disallowed on this kind of request',
  )
  return refused([
    ...subjectFaults(review.spec),
    ...metadataFaults({ ...review, metadata: rest }, 'must be empty except for namespace', review.metadata),
    ...when(isSet(resourceAttributes) && asked !== namespace, invalidValue(at, asked, 'must match metadata.namespace')),
    ...when(isSet(nonResourceAttributes), pathless),
  ])
}

/** The server leaves out kind and name here. */
function refused(errors: readonly FieldError[]): StatusError | undefined {
  return errors.length === 0 ? undefined : invalid({ group: 'authorization.k8s.io', kind: '' }, '', errors)
}

function subjectFaults(spec: Part): FieldError[] {
  const nobody = !isFilled(spec.user) && !isFilled(spec.groups)
  const text = 'at least one of user or group must be specified'
  const [about, ...selectors] = [exclusiveFaults(spec), selectorsFaults(spec)]
  return [...(about ?? []), ...when(nobody, invalidValue(specAt.child('user'), '', text)), ...selectors.flat()]
}

function attributeFaults(spec: Part): FieldError[] {
  return [...exclusiveFaults(spec), ...selectorsFaults(spec)]
}

function exclusiveFaults({ resourceAttributes, nonResourceAttributes }: Part): FieldError[] {
  const [resource, plain] = [isSet(resourceAttributes), isSet(nonResourceAttributes)]
  const both = 'cannot be specified in combination with resourceAttributes'
  const none = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
  return [
    ...when(
      resource && plain,
      invalidValue(specAt.child('nonResourceAttributes'), shownPath(nonResourceAttributes), both),
    ),
    ...when(!resource && !plain, invalidValue(specAt.child('resourceAttributes'), null, none)),
  ]
}

function shownPath(attributes: Part): Part {
  return { Path: attributes?.path ?? '', Verb: attributes?.verb ?? '' }
}

function selectorsFaults({ resourceAttributes }: Part): FieldError[] {
  const at = specAt.child('resourceAttributes')
  return ['fieldSelector', 'labelSelector'].flatMap((field) =>
    isSet(resourceAttributes?.[field]) ? selectorFaults(resourceAttributes[field], at.child(field)) : [],
  )
}

function selectorFaults({ rawSelector = '', requirements }: Part, place: Path): FieldError[] {
  const [raw, listed] = [rawSelector !== '', isFilled(requirements)]
  const both = 'may not specified at the same time as requirements'
  const none = `when ${place} is specified, requirements or rawSelector is required`
  return [
    ...when(raw && listed, invalidValue(place.child('rawSelector'), rawSelector, both)),
    ...when(!raw && !listed, required(place.child('requirements'), none)),
  ]
}

function metadataFaults(review: KubeObject, text: string, shown: Part = review.metadata): FieldError[] {
  const { managedFields: _managed, ...rest } = review.metadata
  return when(Object.keys(rest).length > 0, invalidValue(path('metadata'), shown, text))
}
