/** Server-side apply and the recording of updates. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apply, conflictMessage } from '../../../src/api/patch/apply.ts'
import { fromFieldsV1, pathsIn, toFieldsV1 } from '../../../src/api/patch/field-set.ts'
import { trackUpdate } from '../../../src/api/patch/managed-fields.ts'
import { applyDefaults } from '../../../src/api/schema/defaults.ts'

// biome-ignore lint/suspicious/noExplicitAny: objects of many kinds
type Any = any

const deploymentName = 'io.k8s.api.apps.v1.Deployment'
const now = '2024-01-01T00:00:00Z'
const later = '2024-01-01T00:01:00Z'

const as = (manager: string, options: object = {}) => ({ manager, now, force: false, ...options })

function config(spec: object, more: object = {}): Any {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', ...more }, spec }
}

const containers = (...list: object[]) => ({ template: { spec: { containers: list } } })

function applied(live: Any, wanted: Any, manager: string, options: object = {}): Any {
  const result = apply(deploymentName, live, wanted, as(manager, options))
  expect(result.conflicts).toEqual([])
  return result.object
}

const owners = (object: Any) =>
  Object.fromEntries(
    object.metadata.managedFields.map((entry: Any) => [entry.manager, pathsIn(fromFieldsV1(entry.fieldsV1))]),
  )

describe('apply', () => {
  test('creates and owns exactly what it says', () => {
    const wanted = config(
      { replicas: 3, ...containers({ name: 'web', image: 'nginx', ports: [{ containerPort: 80 }] }) },
      { labels: { app: 'web' } },
    )
    const object = applied(undefined, wanted, 'kubectl')
    expect(object.metadata.managedFields).toEqual([
      {
        manager: 'kubectl',
        operation: 'Apply',
        apiVersion: 'apps/v1',
        time: now,
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:metadata': { 'f:labels': { 'f:app': {} } },
          'f:spec': {
            'f:replicas': {},
            'f:template': {
              'f:spec': {
                'f:containers': {
                  'k:{"name":"web"}': {
                    '.': {},
                    'f:image': {},
                    'f:name': {},
                    'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
                  },
                },
              },
            },
          },
        },
      },
    ])
  })

  test('again changes nothing, not even the reference', () => {
    const wanted = config({ replicas: 3, ...containers({ name: 'web', image: 'nginx' }) })
    const live = applied(undefined, wanted, 'kubectl')
    expect(applied(live, wanted, 'kubectl', { now: later })).toBe(live)
  })

  test('takes away what it no longer says, and leaves what others own', () => {
    const first = config({
      replicas: 3,
      paused: true,
      ...containers({ name: 'a', image: 'a' }, { name: 'b', image: 'b' }),
    })
    const live = applied(undefined, first, 'one')
    const shared = applied(live, config(containers({ name: 'b', image: 'b' })), 'two')
    const after = applied(shared, config({ replicas: 3, ...containers({ name: 'a', image: 'a' }) }), 'one')
    expect(after.spec).toEqual({
      replicas: 3,
      template: {
        spec: {
          containers: [
            { name: 'a', image: 'a' },
            { name: 'b', image: 'b' },
          ],
        },
      },
    })
    const alone = applied(after, { ...config({}), spec: undefined }, 'two')
    expect(alone.spec.template.spec.containers).toEqual([{ name: 'a', image: 'a' }])
    expect(Object.keys(owners(alone))).toEqual(['one'])
  })

  test('keeps defaults that nobody owns while the element is owned', () => {
    const wanted = config(containers({ name: 'a', image: 'a:1' }, { name: 'b', image: 'b:1' }))
    const live = applyDefaults('apps/v1', 'Deployment', applied(undefined, wanted, 'kubectl')) as Any
    const after = applied(live, config(containers({ name: 'a', image: 'a:2' })), 'kubectl')
    expect(after.spec.template.spec.containers).toEqual([{ ...live.spec.template.spec.containers[0], image: 'a:2' }])
    expect(after.spec.strategy).toEqual(live.spec.strategy)
  })

  test('says who else owns what it would change, unless the values agree', () => {
    const live = applied(undefined, config({ replicas: 3, paused: true }), 'one')
    const agreed = apply(deploymentName, live, config({ replicas: 3 }), as('two'))
    expect(agreed.conflicts).toEqual([])
    const result = apply(deploymentName, live, config({ replicas: 5, paused: false }), as('two'))
    expect(result.object).toBe(live)
    expect(conflictMessage(result.conflicts)).toBe(
      'Apply failed with 2 conflicts: conflicts with "one":\n- .spec.paused\n- .spec.replicas',
    )
  })

  test('by force takes the fields over', () => {
    const live = applied(undefined, config({ replicas: 3, paused: true }), 'one')
    const after = applied(live, config({ replicas: 5 }), 'two', { force: true })
    expect(after.spec).toEqual({ replicas: 5, paused: true })
    expect(owners(after)).toEqual({ one: ['.spec.paused'], two: ['.spec.replicas'] })
  })

  test('hands a field over to whoever else updated it', () => {
    const wanted = config({ replicas: 3, ...containers({ name: 'a', image: 'a' }) })
    const live = applied(undefined, wanted, 'kubectl')
    const scaled = { ...live, spec: { ...live.spec, replicas: 7 } }
    const managedFields = trackUpdate(deploymentName, live, scaled, {
      manager: 'hpa',
      now: later,
      subresource: 'scale',
    })
    const tracked = { ...scaled, metadata: { ...scaled.metadata, managedFields } }
    const conflicted = apply(deploymentName, tracked, wanted, as('kubectl'))
    expect(conflictMessage(conflicted.conflicts)).toBe(
      'Apply failed with 1 conflict: conflict with "hpa" with subresource "scale" using apps/v1: .spec.replicas',
    )
    const yielded = applied(tracked, config(containers({ name: 'a', image: 'a' })), 'kubectl')
    expect(yielded.spec.replicas).toBe(7)
  })

  test('orders elements as applied, others after their predecessor', () => {
    const live = applied(undefined, config(containers({ name: 'a', image: '1' }, { name: 'b', image: '1' })), 'one')
    const after = applied(live, config(containers({ name: 'c', image: '1' }, { name: 'a', image: '1' })), 'two')
    expect(after.spec.template.spec.containers.map((each: Any) => each.name)).toEqual(['c', 'a', 'b'])
  })

  test('a set is owned by its elements, an atomic map as a whole', () => {
    const live = applied(
      undefined,
      config({ template: { spec: { nodeSelector: { a: '1' } } } }, { finalizers: ['x/1'] }),
      'one',
    )
    const after = applied(live, config({}, { finalizers: ['x/2'] }), 'two')
    expect(after.metadata.finalizers).toEqual(['x/1', 'x/2'])
    expect(owners(after).one).toContain('.metadata.finalizers[="x/1"]')
    expect(owners(after).one).toContain('.spec.template.spec.nodeSelector')
    const conflict = apply(
      deploymentName,
      after,
      config({ template: { spec: { nodeSelector: { b: '2' } } } }),
      as('two'),
    )
    expect(conflict.conflicts.map((each) => each.path)).toEqual(['.spec.template.spec.nodeSelector'])
    const without = applied(after, config({ template: { spec: { nodeSelector: { a: '1' } } } }), 'one')
    expect(without.metadata.finalizers).toEqual(['x/2'])
  })

  test('an object of which nothing was recorded is owned by before-first-apply', () => {
    const live = config({ replicas: 2 })
    const result = apply(deploymentName, live, config({ replicas: 3 }), as('kubectl'))
    expect(conflictMessage(result.conflicts)).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using apps/v1: .spec.replicas',
    )
  })

  test('a custom resource: nested objects merge, lists are owned as a whole', () => {
    const widget = (spec: object): Any => ({ apiVersion: 'x.io/v1', kind: 'Widget', metadata: { name: 'w' }, spec })
    const live = apply(undefined, undefined, widget({ size: { x: 1 }, list: [1, 2] }), as('one')).object as Any
    const after = apply(undefined, live, widget({ size: { y: 2 } }), as('two')).object as Any
    expect(after.spec).toEqual({ size: { x: 1, y: 2 }, list: [1, 2] })
    expect(owners(after)).toEqual({ one: ['.spec.list', '.spec.size.x'], two: ['.spec.size.y'] })
    const less = apply(undefined, after, widget({ list: [1, 2] }), as('one')).object as Any
    expect(less.spec).toEqual({ size: { y: 2 }, list: [1, 2] })
  })
})

describe('updates', () => {
  const created = applyDefaults(
    'apps/v1',
    'Deployment',
    config(
      { selector: { matchLabels: { app: 'web' } }, ...containers({ name: 'nginx', image: 'nginx:1' }) },
      { labels: { app: 'web' } },
    ),
  ) as Any

  test('creating records all that the object has', () => {
    const [entry, ...more] = trackUpdate(deploymentName, undefined, created, { manager: 'kubectl-create', now })
    expect(more).toEqual([])
    expect(entry).toEqual({
      manager: 'kubectl-create',
      operation: 'Update',
      apiVersion: 'apps/v1',
      time: now,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
        'f:spec': {
          'f:progressDeadlineSeconds': {},
          'f:replicas': {},
          'f:revisionHistoryLimit': {},
          'f:selector': {},
          'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {}, 'f:maxUnavailable': {} }, 'f:type': {} },
          'f:template': {
            'f:spec': {
              'f:containers': {
                'k:{"name":"nginx"}': {
                  '.': {},
                  'f:image': {},
                  'f:imagePullPolicy': {},
                  'f:name': {},
                  'f:resources': {},
                  'f:terminationMessagePath': {},
                  'f:terminationMessagePolicy': {},
                },
              },
              'f:dnsPolicy': {},
              'f:restartPolicy': {},
              'f:schedulerName': {},
              'f:securityContext': {},
              'f:terminationGracePeriodSeconds': {},
            },
          },
        },
      },
    })
  })

  const withFields = (object: Any, managedFields: unknown) => ({
    ...object,
    metadata: { ...object.metadata, managedFields },
  })
  const first = withFields(created, trackUpdate(deploymentName, undefined, created, { manager: 'a', now }))

  test('changing a field moves it to the writer', () => {
    const next = { ...first, spec: { ...first.spec, replicas: 9 } }
    const fields = trackUpdate(deploymentName, first, next, { manager: 'b', now: later })
    const found = owners(withFields(next, fields))
    expect(found.b).toEqual(['.spec.replicas'])
    expect(found.a).not.toContain('.spec.replicas')
  })

  test('removing a field takes it from its owner and adds no entry', () => {
    const { paused: _none, revisionHistoryLimit: _gone, ...spec } = first.spec
    const next = { ...first, spec }
    const found = owners(withFields(next, trackUpdate(deploymentName, first, next, { manager: 'b', now: later })))
    expect(Object.keys(found)).toEqual(['a'])
    expect(found.a).not.toContain('.spec.revisionHistoryLimit')
  })

  test('status is recorded with its subresource', () => {
    const next = { ...first, status: { replicas: 1, conditions: [{ type: 'Available', status: 'True' }] } }
    const writer = { manager: 'controller', now: later, subresource: 'status' }
    const entry = trackUpdate(deploymentName, first, next, writer).find((each) => each.manager === 'controller')
    expect(entry).toMatchObject({ subresource: 'status', time: later })
    expect(entry?.fieldsV1).toEqual({
      'f:status': {
        'f:conditions': {
          '.': {},
          // Times without a value are written as null, so whoever writes the condition owns them.
          'k:{"type":"Available"}': {
            '.': {},
            'f:lastTransitionTime': {},
            'f:lastUpdateTime': {},
            'f:status': {},
            'f:type': {},
          },
        },
        'f:replicas': {},
      },
    })
  })

  test('an update that changes nothing keeps the entries and their times', () => {
    expect(trackUpdate(deploymentName, first, { ...first }, { manager: 'b', now: later })).toBe(
      first.metadata.managedFields,
    )
  })

  test('more than ten updaters: the oldest become ancient changes', () => {
    let live = first
    for (let minute = 10; minute < 30; minute++) {
      const labels = { ...live.metadata.labels, [`l${minute}`]: 'x' }
      const next = { ...live, metadata: { ...live.metadata, labels } }
      const writer = { manager: `m${minute}`, now: `2024-01-01T00:${minute}:00Z` }
      live = withFields(next, trackUpdate(deploymentName, live, next, writer))
    }
    const found = owners(live)
    expect(Object.keys(found)).toEqual([
      'ancient-changes',
      ...[21, 22, 23, 24, 25, 26, 27, 28, 29].map((each) => `m${each}`),
    ])
    expect(found['ancient-changes']).toEqual(
      expect.arrayContaining(['.spec.replicas', '.metadata.labels.l10', '.metadata.labels.l20']),
    )
  })

  test('clearing managedFields forgets everybody', () => {
    expect(trackUpdate(deploymentName, first, withFields(first, [{}]), { manager: 'b', now: later })).toEqual([])
  })
})

describe('properties', () => {
  const container = fc.record(
    { name: fc.constantFrom('a', 'b', 'c'), image: fc.constantFrom('x', 'y'), tty: fc.boolean() },
    { requiredKeys: ['name'] },
  )
  const wanted = fc
    .record(
      {
        replicas: fc.nat(3),
        paused: fc.boolean(),
        template: fc.record({
          spec: fc.record(
            {
              containers: fc.uniqueArray(container, { selector: (each) => each.name }),
              nodeSelector: fc.dictionary(fc.constantFrom('k', 'l'), fc.constantFrom('1', '2')),
            },
            { requiredKeys: [] },
          ),
        }),
      },
      { requiredKeys: [] },
    )
    .map((spec) => config(spec))

  test('applying twice is applying once', () => {
    fc.assert(
      fc.property(wanted, wanted, (one, two) => {
        const live = applied(undefined, one, 'one')
        const once = applied(live, two, 'two', { force: true })
        expect(applied(once, two, 'two', { force: true })).toEqual(once)
      }),
    )
  })

  test('one applier alone gets exactly what it applied last', () => {
    fc.assert(
      fc.property(wanted, wanted, (one, two) => {
        const live = applied(undefined, one, 'one')
        const after = applied(live, two, 'one')
        const fresh = applied(undefined, two, 'one')
        expect(owners(after)).toEqual(owners(fresh))
        expect(after.spec?.replicas).toBe(fresh.spec?.replicas)
        const named = (object: Any) =>
          (object.spec?.template?.spec?.containers ?? []).map((each: Any) => each.name).sort()
        expect(named(after)).toEqual(named(fresh))
      }),
    )
  })

  test('FieldsV1 is read and written without loss', () => {
    fc.assert(
      fc.property(wanted, (one) => {
        const fields = applied(undefined, one, 'one').metadata.managedFields[0]?.fieldsV1 ?? {}
        expect(toFieldsV1(fromFieldsV1(fields))).toEqual(fields)
      }),
    )
  })
})
