/** The spec of a claim as messages show it: Go's structs with all their fields. */
import { goStruct, isSet, listOf, type Part } from '../../api/checks.ts'

const all = (list: unknown, show: (item: Part) => unknown): unknown => (isSet(list) ? listOf(list).map(show) : null)

const selector = ({ cel }: Part): unknown => ({ CEL: isSet(cel) ? { Expression: cel.expression ?? '' } : null })
const toleration = (one: Part): unknown =>
  goStruct(one, { Key: '', Operator: '', Value: '', Effect: '', TolerationSeconds: null })
const capacity = (one: Part): unknown => (isSet(one) ? { Requests: one.requests ?? null } : null)

function exact(request: Part): Readonly<Record<string, unknown>> {
  const { deviceClassName = '', selectors, allocationMode = '', count = 0, tolerations } = request
  return {
    DeviceClassName: deviceClassName,
    Selectors: all(selectors, selector),
    AllocationMode: allocationMode,
    Count: count,
    AdminAccess: request.adminAccess ?? null,
    Tolerations: all(tolerations, toleration),
    Capacity: capacity(request.capacity),
  }
}

function alternative({ name = '', ...request }: Part): unknown {
  const { AdminAccess: _none, ...rest } = exact(request)
  return { Name: name, ...rest }
}

function configuration({ requests, opaque }: Part): unknown {
  const { driver = '', parameters = null } = opaque ?? {}
  return { Requests: requests ?? null, Opaque: isSet(opaque) ? { Driver: driver, Parameters: parameters } : null }
}

/** A ResourceClaim's spec. */
export function shownClaimSpec(spec: Part): unknown {
  const { requests, constraints, config } = spec?.devices ?? {}
  return {
    Devices: {
      Requests: all(requests, ({ name = '', exactly, firstAvailable }) => ({
        Name: name,
        Exactly: isSet(exactly) ? exact(exactly) : null,
        FirstAvailable: all(firstAvailable, alternative),
      })),
      Constraints: all(constraints, (one) =>
        goStruct(one, { Requests: null, MatchAttribute: null, DistinctAttribute: null }),
      ),
      Config: all(config, configuration),
    },
  }
}
