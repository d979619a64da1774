/**
 * Label selectors: the two forms (the text of `kubectl -l` and the object in a spec) over one list of requirements.
 * Field selectors are in `field-selector.ts` and come through this door too.
 * Sources: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors and
 * k8s.io/apimachinery pkg/labels.
 */
import { goQuote } from './go-text.ts'
import {
  checkedRequirement,
  type Labels,
  labelOf,
  matches,
  type Operator,
  type Requirement,
  requirementsToText,
  sortedRequirements,
} from './requirement.ts'

export { type Fields, type FieldTerm, fieldTermsToText, matchesFields, parseFieldSelector } from './field-selector.ts'
export {
  type Labels,
  matchesRequirements,
  type Operator,
  type Requirement,
  requirementsToText,
} from './requirement.ts'
export { parseLabelSelector } from './selector-parse.ts'

/** metav1.LabelSelector: all of matchLabels and matchExpressions must hold. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly LabelExpression[]
}

/** One element of matchExpressions; `operator` is In, NotIn, Exists or DoesNotExist. */
export interface LabelExpression {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

/** What an absent selector selects: nothing in a spec (the default), everything in a request's options. */
export type WhenAbsent = 'nothing' | 'everything'

const operatorOf: Readonly<Record<string, Operator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
}

/**
 * Whether the labels satisfy the selector. An empty selector selects everything; an absent one selects nothing
 * unless told otherwise. Throws for an operator that does not exist, as the real selectors do.
 */
export function matchesLabelSelector(
  selector: LabelSelector | undefined,
  labels: Labels,
  whenAbsent: WhenAbsent = 'nothing',
): boolean {
  if (selector === undefined) return whenAbsent === 'everything'
  if (!matchesMap(selector.matchLabels, labels, 'everything')) return false
  return (selector.matchExpressions ?? []).every((expression) => matches(fromExpression(expression), labels))
}

/** Whether every pair of the map is among the labels. An empty map selects everything, an absent one nothing by default. */
export function matchesMap(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Labels,
  whenAbsent: WhenAbsent = 'nothing',
): boolean {
  if (selector === undefined) return whenAbsent === 'everything'
  for (const key of Object.keys(selector)) if (labelOf(labels, key) !== selector[key]) return false
  return true
}

function fromExpression({ key, operator, values }: LabelExpression): Requirement {
  const known = operatorOf[operator]
  if (known === undefined) throw new Error(`${goQuote(operator)} is not a valid label selector operator`)
  return { key, operator: known, values: values ?? [] }
}

/** The requirements of a selector object, sorted by key. Throws with the API's text when one is not valid. */
export function toRequirements(selector: LabelSelector): Requirement[] {
  const labels = Object.entries(selector.matchLabels ?? {})
  const exact = labels.map(([key, value]) => checkedRequirement({ key, operator: '=', values: [value] }))
  const set = (selector.matchExpressions ?? []).map((expression) => checkedRequirement(fromExpression(expression)))
  return sortedRequirements([...exact, ...set])
}

/** The text of a selector object: `app=nginx,tier in (a,b)`; '' when it is empty or absent. */
export function selectorToText(selector: LabelSelector | undefined): string {
  return selector === undefined ? '' : requirementsToText(toRequirements(selector))
}

/** The SELECTOR column: the text, `<none>` when empty or absent, `<error>` when not valid. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  try {
    return selectorToText(selector) || '<none>'
  } catch {
    return '<error>'
  }
}
