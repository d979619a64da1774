/**
 * CEL's own conformance suite (cel-spec 0.25.1): everything that Kubernetes' dialect has passes. What is left out is
 * listed by reason; the counts are pinned.
 */
import type { IncrementalTest, IncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js'
import { getConformanceSuite } from '@bufbuild/cel-spec/testdata/tests.js'
import { describe, expect, it } from 'vitest'
import { failureOf, NeedsMessages } from './conformance-run.ts'

/** Libraries that Kubernetes does not have. */
const otherLibraries = new Set(['bindings_ext', 'block_ext', 'encoders_ext', 'math_ext', 'network_ext', 'proto2_ext'])

/** Messages and enumerations of protobuf: Kubernetes' expressions see JSON. */
const messages =
  /\b\w*Value\{|TestAllTypes|TestRequired|TestMap|GlobalEnum|google\.protobuf\.(?!Timestamp\b|Duration\b)/
const messagesMade = /google\.protobuf\.(Timestamp|Duration)\s*\{/

/** Where cel-go, as Kubernetes configures it, answers otherwise than the suite wants. */
const asKubernetes: Readonly<Record<string, string>> = {
  map_value_repeat_key: 'repeated keys: the last one wins',
  map_value_repeat_key_heterogeneous: 'repeated keys: the last one wins',
  map_null_entry_no_such_key: 'fields of values that have none are absent, not errors',
  map_present_key_invalid_field: 'fields of values that have none are absent, not errors',
  null_assignable_to_abstract_parameter_candidate: 'refused as a mixed list',
  function_result_type: 'declares a function of its own',
  multiple_parameters_generality: 'declares functions of its own',
  multiple_parameters_generality_2: 'declares functions of its own',
  multiple_parameters_parameterized_ovl: 'declares functions of its own',
  multiple_parameters_parameterized_ovl_2: 'declares functions of its own',
}

/** Tests of the strings library in version 4; Kubernetes has version 2. */
const newerStrings = new Set([
  'scientific notation formatting clause',
  'default precision for scientific notation',
  'positive infinity support for scientific notation',
  'negative infinity support for scientific notation',
  'NaN support for decimal',
  'positive infinity support for decimal',
  'negative infinity support for decimal',
  'positive infinity support for fixed-point',
  'negative infinity support for fixed-point',
  'list support for string',
  'map support for string',
  'map support (all key types)',
  'dyntype support for scientific notation',
  'dyntype NaN/infinity support',
  'dyntype support for lists',
  'dyntype support for maps',
  'scientific notation formatting clause in a string variable',
  'indexof_out_of_range',
  'lastindexof_out_of_range',
])

interface Case {
  readonly name: string
  readonly suite: string
  readonly test: NonNullable<IncrementalTest['original']>
}

function casesOf(suite: IncrementalTestSuite, top: string): Case[] {
  const own = suite.tests.flatMap((test) =>
    test.original ? [{ name: test.original.name, suite: top, test: test.original }] : [],
  )
  return [...own, ...suite.suites.flatMap((inner) => casesOf(inner, top))]
}

const cases = getConformanceSuite().suites.flatMap((suite) => casesOf(suite, suite.name))

function leftOut({ name, suite, test }: Case): string | undefined {
  if (otherLibraries.has(suite)) return 'library'
  if (test.disableCheck) return 'unchecked'
  if (messages.test(test.expr) || messagesMade.test(test.expr)) return 'messages'
  if (suite === 'string_ext' && newerStrings.has(name)) return 'version'
  return Object.hasOwn(asKubernetes, name) ? 'kubernetes' : undefined
}

describe('the conformance suite', () => {
  const counts: Record<string, number> = {}
  const failures: string[] = []
  for (const each of cases) {
    let outcome = leftOut(each)
    if (outcome === undefined) {
      try {
        const failure = failureOf(each.test)
        outcome = failure === undefined ? 'passed' : 'failed'
        if (failure !== undefined) failures.push(`${each.suite}/${each.name}: ${each.test.expr} => ${failure}`)
      } catch (error) {
        if (!(error instanceof NeedsMessages)) throw error
        outcome = 'messages'
      }
    }
    counts[outcome] = (counts[outcome] ?? 0) + 1
  }

  it('has no failures', () => {
    expect(failures).toEqual([])
  })

  it('passes as many tests as before', () => {
    expect(counts).toEqual({ passed: 1284, messages: 627, library: 263, unchecked: 141, version: 19, kubernetes: 10 })
  })
})
