/**
 * Matchers that wait in virtual time: the cluster runs on until they hold, and when they do not within their time they
 * fail with a story. With `.not` they wait for the opposite.
 */
import { Cluster } from '../../cluster/cluster.ts'
import type { ListOptions } from '../../cluster/selecting.ts'
import { KybernError } from '../../lib/coded-error.ts'
import { objectLines } from './belongings.ts'
import { isAvailable, type ObjectHandle, statesOf } from './handle.ts'
import type { Spy } from './spy.ts'
import { storyOf } from './story.ts'
import { keptTrace } from './trace.ts'

/** How long to wait, in virtual time. Default 10 minutes. */
export interface Within {
  readonly within?: string | number
}

interface Matched {
  readonly pass: boolean
  readonly message: () => string
}

const usual = '10m'

/** Runs the cluster until `holds` is `wanted`; answers whether it came to that. */
async function comes(
  cluster: Cluster,
  holds: () => boolean,
  wanted: boolean,
  { within = usual }: Within,
): Promise<boolean> {
  try {
    await cluster.until(() => holds() === wanted, { within })
    return true
  } catch (error) {
    if (!(error instanceof KybernError) || error.code !== 'KYB-UNTIL') throw error
    return false
  }
}

async function matched(
  cluster: Cluster,
  holds: () => boolean,
  isNot: boolean,
  options: Within,
  expected: string,
  about?: ObjectHandle,
): Promise<Matched> {
  checkOptions(options, 'within')
  const came = await comes(cluster, holds, !isNot, options)
  const pass = came ? !isNot : isNot
  const within = options.within ?? usual
  return {
    pass,
    message: () =>
      `expected ${expected}${isNot ? ' not any more' : ''} within ${within}\n${storyOf(cluster, about)}${keptTrace(cluster)}`,
  }
}

/** Throws KYB-EXPECT for an option that there is not: it would leave the usual one in force. */
function checkOptions(options: object, ...known: string[]): void {
  const wrong = Object.keys(options ?? {}).find((name) => !known.includes(name))
  if (wrong !== undefined)
    throw new KybernError(
      'KYB-EXPECT',
      `there is no option "${wrong}"; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`,
    )
}

const named = ({ kind, name }: ObjectHandle): string => `${kind} ${name}`

function handleOf(received: unknown): ObjectHandle {
  if (typeof received === 'object' && received !== null && 'cluster' in received && 'kind' in received)
    return received as ObjectHandle
  throw new KybernError('KYB-EXPECT', 'this matcher takes an object of a cluster: expect(on(cluster, kind, name))')
}

function clusterOf(received: unknown): Cluster {
  if (received instanceof Cluster) return received
  throw new KybernError('KYB-EXPECT', 'this matcher takes a cluster: expect(cluster)')
}

export const matchers = {
  async toBeAvailable(this: { isNot: boolean }, received: unknown, options: Within = {}): Promise<Matched> {
    const it = handleOf(received)
    return matched(it.cluster, () => isAvailable(it), this.isNot, options, `${named(it)} to be available`, it)
  },

  async toReach(this: { isNot: boolean }, received: unknown, state: string, options: Within = {}): Promise<Matched> {
    const it = handleOf(received)
    return matched(
      it.cluster,
      () => statesOf(it).includes(state),
      this.isNot,
      options,
      `${named(it)} to reach ${state}`,
      it,
    )
  },

  async toExist(this: { isNot: boolean }, received: unknown, options: Within = {}): Promise<Matched> {
    const it = handleOf(received)
    return matched(it.cluster, () => it.object !== undefined, this.isNot, options, `${named(it)} to exist`, it)
  },

  async toHaveCount(
    this: { isNot: boolean },
    received: unknown,
    kind: string,
    count: number,
    { within, ...narrowed }: Within & ListOptions = {},
  ): Promise<Matched> {
    checkOptions(narrowed, 'namespace', 'labelSelector', 'fieldSelector')
    const cluster = clusterOf(received)
    const found = () => cluster.list(kind, { namespace: '*', ...narrowed })
    const options = within === undefined ? {} : { within }
    const expected = `${count} ${count === 1 ? 'object' : 'objects'} of kind ${kind}`
    const { pass, message } = await matched(cluster, () => found().length === count, this.isNot, options, expected)
    const [now, first] = [found(), message]
    const there = [`there ${now.length === 1 ? 'is' : 'are'} ${now.length}${now.length === 0 ? '' : ':'}`]
    const told = [...there, ...objectLines(cluster, now)].join('\n')
    return { pass, message: () => first().replace('\n', () => `\n${told}\n`) }
  },

  async toSettle(this: { isNot: boolean }, received: unknown, options: Within = {}): Promise<Matched> {
    const cluster = clusterOf(received)
    try {
      await cluster.settle(options)
      return { pass: true, message: () => 'expected the cluster not to settle' }
    } catch (error) {
      return { pass: false, message: () => `${(error as Error).message}\n${storyOf(cluster)}${keptTrace(cluster)}` }
    }
  },

  async toStayTrue(
    this: { isNot: boolean },
    received: unknown,
    holds: (cluster: Cluster) => boolean,
    options: { for: string | number },
  ): Promise<Matched> {
    checkOptions(options, 'for')
    if (options?.for === undefined) throw new KybernError('KYB-EXPECT', "say for how long: { for: '10m' }")
    const cluster = clusterOf(received)
    const broke = await comes(cluster, () => !holds(cluster), true, { within: options.for })
    return {
      pass: !broke,
      message: () =>
        broke
          ? `expected it to stay true for ${options.for}; it does not hold any more\n${storyOf(cluster)}${keptTrace(cluster)}`
          : `expected it not to stay true for ${options.for}`,
    }
  },

  toHaveRequested(
    this: { isNot: boolean },
    received: unknown,
    request: string,
    { times }: { times?: number } = {},
  ): Matched {
    if (typeof received !== 'object' || received === null || !('matching' in received))
      throw new KybernError('KYB-EXPECT', 'this matcher takes a spy: expect(spyOnRequests(cluster))')
    const spy = received as Spy
    const found = spy.matching(request)
    const pass = times === undefined ? found.length > 0 : found.length === times
    const list = found.slice(0, 10).map(({ by, namespace, name, code }) => `  ${by} ${namespace}/${name} ${code}`)
    const others = new Map<string, number>()
    for (const one of spy.requests) others.set(one.request, (others.get(one.request) ?? 0) + 1)
    if (found.length === 0)
      list.push('what was asked:', ...[...others].map(([asked, count]) => `  ${asked}: ${count} times`))
    const wanted = times === undefined ? 'at least once' : `${times} times`
    return {
      pass,
      message: () =>
        `expected "${request}"${this.isNot ? ' not' : ''} ${wanted}; it was asked ${found.length} times\n${list.join('\n')}`,
    }
  },
}
