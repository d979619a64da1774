/**
 * Metrics of autoscalers as version 1 writes them in annotations, and back. The fields' order is that of Kubernetes' own
 * text.
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#api-object
 */
import type { Part } from '../../api/checks.ts'

type Convert = (source: Part) => Part

/** The object without the fields that are not there. */
function compact(fields: Part): Part {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null))
}

const reference = (described: Part): Part => {
  const { kind, name, apiVersion } = described ?? {}
  return compact({ kind: kind ?? '', name: name ?? '', apiVersion: apiVersion || undefined })
}
const metric = (name: unknown, selector: unknown): Part => compact({ name, selector })
const isZero = (quantity: unknown): boolean => quantity === undefined || /^[+-]?0*\.?0*[a-zA-Z]*$/.test(`${quantity}`)

const specsOut: Readonly<Record<string, Convert>> = {
  object: ({ describedObject, metric: { name, selector } = {} as Part, target = {} }) => ({
    target: reference(describedObject),
    metricName: name,
    targetValue: target.value ?? '0',
    selector,
    averageValue: target.averageValue,
  }),
  pods: ({ metric: { name, selector } = {} as Part, target = {} }) => ({
    metricName: name,
    targetAverageValue: target.averageValue ?? '0',
    selector,
  }),
  resource: ({ name, target = {} }) => ({
    name,
    targetAverageUtilization: target.averageUtilization,
    targetAverageValue: target.averageValue,
  }),
  containerResource: ({ name, container, target = {} }) => ({
    name,
    targetAverageUtilization: target.averageUtilization,
    targetAverageValue: target.averageValue,
    container,
  }),
  external: ({ metric: { name, selector } = {} as Part, target = {} }) => ({
    metricName: name,
    metricSelector: selector,
    targetValue: target.value,
    targetAverageValue: target.averageValue,
  }),
}

const ofResource: Convert = ({ name, container, targetAverageUtilization, targetAverageValue }) => ({
  name,
  container,
  target: compact({
    type: targetAverageUtilization === undefined ? 'AverageValue' : 'Utilization',
    averageValue: targetAverageValue,
    averageUtilization: targetAverageUtilization,
  }),
})

const specsIn: Readonly<Record<string, Convert>> = {
  object: ({ target, metricName, targetValue, selector, averageValue }) => ({
    describedObject: reference(target),
    target:
      averageValue === undefined
        ? { type: 'Value', value: targetValue }
        : compact({ type: 'AverageValue', value: isZero(targetValue) ? undefined : targetValue, averageValue }),
    metric: metric(metricName, selector),
  }),
  pods: ({ metricName, targetAverageValue, selector }) => ({
    metric: metric(metricName, selector),
    target: { type: 'AverageValue', averageValue: targetAverageValue },
  }),
  resource: ofResource,
  containerResource: ofResource,
  external: ({ metricName, metricSelector, targetValue, targetAverageValue }) => ({
    metric: metric(metricName, metricSelector),
    target: compact({
      type: targetValue === undefined ? 'AverageValue' : 'Value',
      value: targetValue,
      averageValue: targetAverageValue,
    }),
  }),
}

const toResourceStatus: Convert = ({ name, container, current = {} }) => ({
  name,
  currentAverageUtilization: current.averageUtilization,
  currentAverageValue: current.averageValue ?? '0',
  container,
})

const statusesOut: Readonly<Record<string, Convert>> = {
  object: ({ describedObject, metric: { name, selector } = {} as Part, current = {} }) => ({
    target: reference(describedObject),
    metricName: name,
    currentValue: current.value ?? '0',
    selector,
    averageValue: current.averageValue,
  }),
  pods: ({ metric: { name, selector } = {} as Part, current = {} }) => ({
    metricName: name,
    currentAverageValue: current.averageValue ?? '0',
    selector,
  }),
  resource: toResourceStatus,
  containerResource: toResourceStatus,
  external: ({ metric: { name, selector } = {} as Part, current = {} }) => ({
    metricName: name,
    metricSelector: selector,
    currentValue: current.value ?? '0',
    currentAverageValue: current.averageValue,
  }),
}

const ofResourceStatus: Convert = ({ name, container, currentAverageUtilization, currentAverageValue }) => ({
  name,
  container,
  current: compact({ averageValue: currentAverageValue, averageUtilization: currentAverageUtilization }),
})

const statusesIn: Readonly<Record<string, Convert>> = {
  object: ({ target, metricName, currentValue, selector, averageValue }) => ({
    metric: metric(metricName, selector),
    current: compact({ value: currentValue, averageValue }),
    describedObject: reference(target),
  }),
  pods: ({ metricName, currentAverageValue, selector }) => ({
    metric: metric(metricName, selector),
    current: { averageValue: currentAverageValue },
  }),
  resource: ofResourceStatus,
  containerResource: ofResourceStatus,
  external: ({ metricName, metricSelector, currentValue, currentAverageValue }) => ({
    metric: metric(metricName, metricSelector),
    current: compact({ value: currentValue, averageValue: currentAverageValue }),
  }),
}

/** A converter of lists of metrics, each of which has its type and one source named by it. */
function converter(sources: Readonly<Record<string, Convert>>): (metrics: readonly Part[]) => Part[] {
  return (metrics) =>
    metrics.map((one) => {
      const found = Object.entries(sources).filter(([name]) => one?.[name] !== undefined && one[name] !== null)
      return { type: one?.type ?? '', ...Object.fromEntries(found.map(([name, to]) => [name, compact(to(one[name]))])) }
    })
}

export const metricSpecsOut = converter(specsOut)
export const metricSpecsIn = converter(specsIn)
export const metricStatusesOut = converter(statusesOut)
export const metricStatusesIn = converter(statusesIn)
