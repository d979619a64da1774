/**
 * The rules that validating and mutating admission policies share, and those of each.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
import type { PolicyExpressions } from '../../api/cel/policy.ts'
import { boolType, listType, nullType, stringType, structType } from '../../api/cel/types.ts'
import {
  amongOptional,
  amongRequired,
  each,
  filled,
  isFilled,
  isSet,
  listOf,
  type Part,
  qualifiedName,
  repeated,
  when,
} from '../../api/checks.ts'
import { conditionFaults } from '../../api/condition-rules.ts'
import { type FieldError, invalidValue, notSupported, type Path, path, required } from '../../api/field-error.ts'
import { isDns1035Label, isDns1123Subdomain } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { expressionFaults, expressionsOf, isBlank, matchConditionFaults, variableFaults } from './expressions.ts'
import { failurePolicies, matchResourcesFaults, mutatingOperationFaults } from './rules.ts'

const mostAnnotations = 20
const valueLimitBytes = 5 * 1024
const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']

/** What both sorts of policies say: when they apply and with which parameters and variables. */
function sharedFaults(spec: Part, expressions: PolicyExpressions, mutating: boolean, place: Path): FieldError[] {
  const match = spec.matchConstraints
  const at = place.child('matchConstraints')
  const untyped = isSet(match) && !isFilled(match.resourceRules)
  return [
    ...amongRequired(spec.failurePolicy, failurePolicies, place.child('failurePolicy')),
    ...(isSet(spec.paramKind) ? paramKindFaults(spec.paramKind, place.child('paramKind')) : []),
    ...(isSet(match) ? matchResourcesFaults(match, at) : [required(at)]),
    ...when(untyped, required(at.child('resourceRules'))),
    ...(mutating ? mutatingOperationFaults(match, at) : []),
    ...matchConditionFaults(spec.matchConditions, place.child('matchConditions'), isSet(spec.paramKind)),
    ...each(spec.variables, place.child('variables'), (one, at) => variableFaults(expressions, one, at)),
  ]
}

function paramKindFaults({ apiVersion = '', kind = '' }: Part, place: Path): FieldError[] {
  const at = place.child('kind')
  const wrong = isDns1035Label(kind.toLowerCase())
  const text = `may have mixed case, but should otherwise match: ${wrong.join(',')}`
  return [
    ...apiVersionFaults(apiVersion, place.child('apiVersion')),
    ...(kind === '' ? [required(at)] : when(wrong.length > 0, invalidValue(at, kind, text))),
  ]
}

function apiVersionFaults(text: string, place: Path): FieldError[] {
  if (text === '') return [required(place)]
  const parts = text === '/' ? ['', ''] : text.split('/')
  if (parts.length > 2) return [invalidValue(place, text, `unexpected GroupVersion string: ${text}`)]
  const [version = '', group = ''] = parts.toReversed()
  const wrongGroup = group === '' ? [] : isDns1123Subdomain(group)
  const wrongVersion = isDns1035Label(version)
  return [
    ...when(wrongGroup.length > 0, invalidValue(place, group, wrongGroup.join(','))),
    ...(version === ''
      ? [invalidValue(place, text, 'version must be specified')]
      : when(wrongVersion.length > 0, invalidValue(place, version, wrongVersion.join(',')))),
  ]
}

/** The faults of a ValidatingAdmissionPolicy, or of its status. */
export function validateValidatingPolicy(object: KubeObject, _previous: KubeObject | undefined, subresource: string) {
  if (subresource === 'status') return statusFaults(object.status ?? {}, path('status'))
  const spec = object.spec ?? {}
  const expressions = expressionsOf(spec)
  const place = path('spec')
  const empty = !isFilled(spec.validations) && !isFilled(spec.auditAnnotations)
  const why = 'validations or auditAnnotations must contain at least one item'
  const nothing = ['validations', 'auditAnnotations'].map((field) => required(place.child(field), why))
  return [
    ...sharedFaults(spec, expressions, false, place),
    ...(empty
      ? nothing
      : each(spec.validations, place.child('validations'), (one, at) => validationFaults(expressions, spec, one, at))),
    ...(empty
      ? []
      : annotationsFaults(expressions, spec.auditAnnotations, object.metadata.name, place.child('auditAnnotations'))),
  ]
}

function validationFaults(expressions: PolicyExpressions, spec: Part, one: Part, place: Path): FieldError[] {
  const { expression, message = '', messageExpression = '', reason } = one
  const blank = 'must be non-empty if specified'
  const at = place.child('message')
  const messageAt = place.child('messageExpression')
  return [
    ...(isBlank(expression)
      ? [required(place.child('expression'), 'expression is not specified')]
      : expressionFaults(expressions, expression, [boolType], place.child('expression'))),
    ...(messageExpression === ''
      ? []
      : isBlank(messageExpression)
        ? [invalidValue(messageAt, messageExpression, blank)]
        : expressionFaults(expressions, messageExpression, [stringType], messageAt, { params: isSet(spec.paramKind) })),
    ...when(message !== '' && isBlank(message), invalidValue(at, message, blank)),
    ...when(/[\r\n]/.test(message.trim()), invalidValue(at, message, 'must not contain line breaks')),
    ...amongOptional(reason, reasons, place.child('reason')),
  ]
}

function annotationsFaults(
  expressions: PolicyExpressions,
  annotations: unknown,
  name: string,
  place: Path,
): FieldError[] {
  const list = listOf(annotations)
  const keys = list.map((one) => one.key ?? '')
  const many = `must not have more than ${mostAnnotations} auditAnnotations`
  const long = `must not exceed ${valueLimitBytes} bytes in length`
  return [
    ...when(list.length > mostAnnotations, invalidValue(place, annotations, many)),
    ...each(list, place, ({ key = '', valueExpression }, at) => [
      ...qualifiedName(`${name}/${key}`, at.child('key')),
      ...when(isBlank(valueExpression), required(at.child('valueExpression'), 'valueExpression is not specified')),
      ...when(
        !isBlank(valueExpression) && valueExpression.trim().length > valueLimitBytes,
        required(at.child('valueExpression'), long),
      ),
      ...(isBlank(valueExpression) || valueExpression.trim().length > valueLimitBytes
        ? []
        : expressionFaults(expressions, valueExpression.trim(), [stringType, nullType], at.child('valueExpression'))),
    ]),
    ...repeated(keys, (index) => place.index(index).child('key')),
  ]
}

function statusFaults(status: Part, place: Path): FieldError[] {
  const warnings = status.typeChecking?.expressionWarnings
  const at = place.child('typeChecking', 'expressionWarnings')
  return [
    ...each(warnings, at, ({ warning, fieldRef }, one) => [
      ...filled(warning, one.child('warning')),
      ...when(isBlank(fieldRef), required(one.child('fieldRef'))),
    ]),
    ...conditionFaults(status.conditions, place.child('conditions')),
  ]
}

/** The faults of a MutatingAdmissionPolicy. */
export function validateMutatingPolicy(object: KubeObject): FieldError[] {
  const spec = object.spec ?? {}
  const expressions = expressionsOf(spec)
  const place = path('spec')
  const at = place.child('mutations')
  return [
    ...sharedFaults(spec, expressions, true, place),
    ...filled(spec.mutations, at, 'mutations must contain at least one item'),
    ...each(spec.mutations, at, (one, place) => mutationFaults(expressions, spec, one, place)),
    ...amongRequired(spec.reinvocationPolicy, ['IfNeeded', 'Never'], place.child('reinvocationPolicy')),
  ]
}

const patches: Readonly<Record<string, readonly [own: string, other: string]>> = {
  JSONPatch: ['jsonPatch', 'applyConfiguration'],
  ApplyConfiguration: ['applyConfiguration', 'jsonPatch'],
}

function mutationFaults(expressions: PolicyExpressions, spec: Part, mutation: Part, place: Path): FieldError[] {
  const type: string = mutation.patchType ?? ''
  const at = place.child('patchType')
  if (type === '') return [required(at)]
  const fields = patches[type]
  if (fields === undefined) return [notSupported(at, type, Object.keys(patches).sort())]
  const [own, other] = fields
  const one = place.child(own)
  const made = own === 'jsonPatch' ? listType(structType('JSONPatch')) : structType('Object')
  const declared = { params: isSet(spec.paramKind), authorizer: true, patches: true }
  return [
    ...(isSet(mutation[own])
      ? isBlank(mutation[own].expression)
        ? [required(one.child('expression'))]
        : expressionFaults(expressions, mutation[own].expression.trim(), [made], one.child('expression'), declared)
      : [required(one, `must be specified when patchType is ${type}`)]),
    ...when(
      isSet(mutation[other]),
      invalidValue(place.child(other), `{${other}}`, `must not be specified when patchType is ${type}`),
    ),
  ]
}
