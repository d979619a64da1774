/** The specs of flow control as messages show them: Go's structs with all their fields. */
import { goStruct, isSet, listOf, type Part } from '../../api/checks.ts'

/** A FlowSchema's spec. */
export function shownSchemaSpec(spec: Part): unknown {
  const { priorityLevelConfiguration, matchingPrecedence = 0, distinguisherMethod, rules } = spec
  return {
    PriorityLevelConfiguration: { Name: priorityLevelConfiguration?.name ?? '' },
    MatchingPrecedence: matchingPrecedence,
    DistinguisherMethod: isSet(distinguisherMethod) ? { Type: distinguisherMethod.type ?? '' } : null,
    Rules: isSet(rules) ? listOf(rules).map(shownRule) : null,
  }
}

const named = (subject: Part): unknown => (isSet(subject) ? { Name: subject.name ?? '' } : null)

function shownRule({ subjects, resourceRules, nonResourceRules }: Part): unknown {
  const zeros = { Verbs: null, APIGroups: null, Resources: null, ClusterScope: false, Namespaces: null }
  return {
    Subjects: isSet(subjects)
      ? listOf(subjects).map(({ kind = '', user, group, serviceAccount: account }) => ({
          Kind: kind,
          User: named(user),
          Group: named(group),
          ServiceAccount: isSet(account) ? { Namespace: account.namespace ?? '', Name: account.name ?? '' } : null,
        }))
      : null,
    ResourceRules: isSet(resourceRules)
      ? listOf(resourceRules).map((rule) => goStruct({ ...rule, aPIGroups: rule.apiGroups }, zeros))
      : null,
    NonResourceRules: isSet(nonResourceRules)
      ? listOf(nonResourceRules).map(({ verbs = null, nonResourceURLs = null }) => ({
          Verbs: verbs,
          NonResourceURLs: nonResourceURLs,
        }))
      : null,
  }
}

/** A PriorityLevelConfiguration's spec. */
export function shownLevelSpec({ type = '', limited, exempt }: Part): unknown {
  return {
    Type: type,
    Limited: isSet(limited)
      ? {
          NominalConcurrencyShares: limited.nominalConcurrencyShares ?? 0,
          LimitResponse: shownResponse(limited.limitResponse ?? {}),
          LendablePercent: limited.lendablePercent ?? null,
          BorrowingLimitPercent: limited.borrowingLimitPercent ?? null,
        }
      : null,
    Exempt: isSet(exempt) ? goStruct(exempt, { NominalConcurrencyShares: null, LendablePercent: null }) : null,
  }
}

function shownResponse({ type = '', queuing }: Part): unknown {
  return {
    Type: type,
    Queuing: isSet(queuing) ? goStruct(queuing, { Queues: 0, HandSize: 0, QueueLengthLimit: 0 }) : null,
  }
}
