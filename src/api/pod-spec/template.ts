/**
 * The rules of pod templates and of the selectors that belong to them.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/#pod-templates
 */
import { isFilled, isSet, type Part, when } from '../checks.ts'
import { type FieldError, forbiddenValue, invalidValue, notSupported, type Path, required } from '../field-error.ts'
import { shownMap, shownSelector } from '../go-shown.ts'
import { validateAnnotations, validateLabelSelector, validateLabels } from '../meta.ts'
import { type LabelSelector, matchesRequirements, type Requirement, toRequirements } from '../selector.ts'
import { annotationFaults } from './annotations.ts'
import { podSpecFaults } from './pod-spec.ts'

/** The faults of a template whose pods run for good. `kind` names the owner in what is said of deadlines. */
export function runningTemplateFaults(template: Part, kind: string, place: Path): FieldError[] {
  const spec = template?.spec ?? {}
  const policy: string = spec.restartPolicy ?? ''
  const at = place.child('spec')
  const deadline = `activeDeadlineSeconds in ${kind} is not Supported`
  return [
    ...templateFaults(template ?? {}, place),
    ...when(policy !== 'Always', notSupported(at.child('restartPolicy'), policy, ['Always'])),
    ...when(isSet(spec.activeDeadlineSeconds), forbiddenValue(at.child('activeDeadlineSeconds'), deadline)),
  ]
}

export function templateFaults(template: Part, place: Path): FieldError[] {
  const { labels, annotations } = template.metadata ?? {}
  const spec = template.spec ?? {}
  const why = 'ephemeral containers not allowed in pod template'
  return [
    ...validateLabels(labels ?? undefined, place.child('labels')),
    ...validateAnnotations(annotations ?? undefined, place.child('annotations')),
    ...annotationFaults(annotations, spec, place.child('annotations')),
    ...podSpecFaults(spec, { isPod: false }, place.child('spec')),
    ...when(isFilled(spec.ephemeralContainers), forbiddenValue(place.child('spec', 'ephemeralContainers'), why)),
  ]
}

/**
 * The faults of a Deployment's or ReplicaSet's selector and template together: the selector must be there, be not
 * empty and match the template's labels.
 */
export function selectedTemplateFaults(spec: Part, place: Path): FieldError[] {
  const at = place.child('selector')
  const errors = isSet(spec.selector) ? filledSelectorFaults(spec.selector, 'deployment', at) : [required(at)]
  const requirements = requirementsOf(spec.selector)
  if (requirements === undefined)
    return [...errors, invalidValue(at, shownSelector(spec.selector), 'invalid label selector')]
  const template = place.child('template')
  const matches = isSet(spec.selector) && matchesRequirements(requirements, labelsOf(spec.template))
  return [
    ...errors,
    ...(matches ? [] : [unmatched(spec.template, template)]),
    ...runningTemplateFaults(spec.template, 'ReplicaSet', template),
  ]
}

/** The faults of a selector that must select something. */
export function filledSelectorFaults(selector: LabelSelector, kind: string, place: Path): FieldError[] {
  const isEmpty = !isFilled(selector.matchLabels) && !isFilled(selector.matchExpressions)
  return [
    ...validateLabelSelector(selector, place),
    ...when(isEmpty, invalidValue(place, shownSelector(selector), `empty selector is invalid for ${kind}`)),
  ]
}

/** The fault of a template whose labels its owner's selector does not match, when there is one. */
export function labelMatchFaults(spec: Part, place: Path): FieldError[] {
  const requirements = requirementsOf(spec.selector)
  const isWell = isSet(spec.selector) && requirements !== undefined
  const matches = isWell && matchesRequirements(requirements, labelsOf(spec.template))
  const selectsNothing = !isSet(spec.selector)
  return (isWell && !matches) || selectsNothing ? [unmatched(spec.template, place.child('template'))] : []
}

const labelsOf = (template: Part): Readonly<Record<string, string>> | undefined =>
  template?.metadata?.labels ?? undefined

function unmatched(template: Part, place: Path): FieldError {
  const at = place.child('metadata', 'labels')
  return invalidValue(at, shownMap(labelsOf(template)), '`selector` does not match template `labels`')
}

/** The requirements of a selector; none for an absent one, undefined for a malformed one. */
function requirementsOf(selector: LabelSelector | undefined | null): readonly Requirement[] | undefined {
  try {
    return selector === undefined || selector === null ? [] : toRequirements(selector)
  } catch {
    return undefined
  }
}
