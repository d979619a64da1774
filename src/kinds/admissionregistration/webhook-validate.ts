/**
 * The rules of webhook configurations. Faults that an older version let pass stay allowed in objects that have them.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
import { amongOptional, each, filled, isSet, listOf, type Part, repeated, when } from '../../api/checks.ts'
import { type FieldError, invalidValue, notSupported, type Path, path, required } from '../../api/field-error.ts'
import { validateLabelSelector } from '../../api/meta.ts'
import { isDns1035Label, isDns1123Subdomain } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { clientConfigFaults } from '../../api/webhook-rules.ts'
import { matchConditionFaults } from './expressions.ts'
import { failurePolicies, matchPolicies, ruleFaults } from './rules.ts'

const reviewVersions = ['v1', 'v1beta1']
const harmless = ['None', 'NoneOnDryRun']
const sideEffects = ['None', 'NoneOnDryRun', 'Some', 'Unknown']

/** What is asked for today and an object that exists need not fulfil when it never did. */
interface Lenience {
  readonly effects: readonly string[]
  readonly knownVersion: boolean
  readonly uniqueNames: boolean
}

const isHarmless = (hook: Part): boolean => harmless.includes(hook.sideEffects)
const speaksKnown = ({ admissionReviewVersions: versions }: Part): boolean =>
  listOf(versions).length === 0 || listOf(versions).some((one) => reviewVersions.includes(one))

function lenienceOf(previous: KubeObject | undefined): Lenience {
  const hooks = listOf(previous?.webhooks)
  const names = hooks.map((hook) => hook.name)
  return {
    effects: hooks.every(isHarmless) ? harmless : sideEffects,
    knownVersion: hooks.every(speaksKnown),
    uniqueNames: new Set(names).size === names.length,
  }
}

/** The faults of a MutatingWebhookConfiguration or ValidatingWebhookConfiguration. */
export function validateWebhooks(object: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const lenience = lenienceOf(previous)
  const place = path('webhooks')
  const hooks = listOf(object.webhooks)
  const names = hooks.map((hook) => hook.name ?? '')
  return [
    ...each(hooks, place, (hook, at) => [
      ...hookFaults(hook, lenience, at),
      ...versionsFaults(hook.admissionReviewVersions, lenience, at.child('admissionReviewVersions')),
    ]),
    ...(lenience.uniqueNames ? repeated(names, (index) => place.index(index).child('name')) : []),
  ]
}

function hookFaults(hook: Part, { effects }: Lenience, place: Path): FieldError[] {
  const { timeoutSeconds: timeout, sideEffects: effect } = hook
  const outside = isSet(timeout) && (timeout > 30 || timeout < 1)
  const effectAt = place.child('sideEffects')
  const why = `must specify one of ${effects.join(', ')}`
  return [
    ...qualifiedHookName(hook.name ?? '', place.child('name')),
    ...each(hook.rules, place.child('rules'), ruleFaults),
    ...amongOptional(hook.failurePolicy, failurePolicies, place.child('failurePolicy')),
    ...amongOptional(hook.matchPolicy, matchPolicies, place.child('matchPolicy')),
    ...when(!isSet(effect), required(effectAt, why)),
    ...when(isSet(effect) && !effects.includes(effect), notSupported(effectAt, effect, effects)),
    ...when(
      outside,
      invalidValue(place.child('timeoutSeconds'), timeout, 'the timeout value must be between 1 and 30 seconds'),
    ),
    ...validateLabelSelector(hook.namespaceSelector ?? undefined, place.child('namespaceSelector')),
    ...validateLabelSelector(hook.objectSelector ?? undefined, place.child('objectSelector')),
    ...amongOptional(hook.reinvocationPolicy, ['IfNeeded', 'Never'], place.child('reinvocationPolicy')),
    ...clientConfigFaults(hook.clientConfig, place.child('clientConfig')),
    ...matchConditionFaults(hook.matchConditions, place.child('matchConditions')),
  ]
}

function qualifiedHookName(name: string, place: Path): FieldError[] {
  if (name === '') return filled(name, place)
  const wrong = isDns1123Subdomain(name)
  if (wrong.length > 0) return [invalidValue(place, name, wrong.join(','))]
  const short = name.split('.').length < 3
  return when(short, invalidValue(place, name, 'should be a domain with at least three segments separated by dots'))
}

function versionsFaults(given: unknown, { knownVersion }: Lenience, place: Path): FieldError[] {
  const versions = listOf(given) as readonly string[]
  if (versions.length === 0) return [required(place, `must specify one of ${reviewVersions.join(', ')}`)]
  const unknown = knownVersion && !versions.some((one) => reviewVersions.includes(one))
  return [
    ...versions.flatMap((version, index) =>
      versions.indexOf(version) < index
        ? [invalidValue(place.index(index), version, 'duplicate version')]
        : isDns1035Label(version).map((fault) => invalidValue(place.index(index), version, fault)),
    ),
    ...when(unknown, invalidValue(place, versions, `must include at least one of ${reviewVersions.join(', ')}`)),
  ]
}
