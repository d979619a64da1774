/**
 * Faults in words: `fault.on('update deployments/status').times(1).status(409)`, `fault.watch('pods').from('replicaset').hold()`.
 * The builder makes plain rules; `cluster.fault(rule)` puts one in force and answers a handle to lift it.
 */
import { parseDuration } from '../api/time.ts'
import { KybernError } from '../lib/coded-error.ts'
import { type RequestRule, refusalCodes, type WatchRule } from '../store/faults.ts'

const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', '*']

const count = (value: number, what: string): number => {
  if (Number.isInteger(value) && value >= 0) return value
  throw new KybernError('KYB-FAULT', `${what} takes a whole number, not ${JSON.stringify(value)}`)
}

/** Which requests are struck; ends with how. Throws KYB-FAULT for what makes no sense. */
export class RequestFault {
  readonly #rule: Omit<RequestRule, 'strike'>

  constructor(rule: Omit<RequestRule, 'strike'>) {
    this.#rule = rule
  }

  /** Only of this sender: `controller/deployment` or `deployment`, `scheduler`, `kubelet`, a user, a user agent. */
  from(sender: string): RequestFault {
    return new RequestFault({ ...this.#rule, from: sender })
  }

  name(name: string): RequestFault {
    return new RequestFault({ ...this.#rule, name })
  }

  namespace(namespace: string): RequestFault {
    return new RequestFault({ ...this.#rule, namespace })
  }

  /** At most so many. */
  times(times: number): RequestFault {
    return new RequestFault({ ...this.#rule, times: count(times, 'times') })
  }

  /** Lets so many through first. */
  after(after: number): RequestFault {
    return new RequestFault({ ...this.#rule, after: count(after, 'after') })
  }

  /** Each with this likelihood, 0 to 1, drawn from the seed. */
  chance(chance: number): RequestFault {
    if (!(chance >= 0 && chance <= 1)) throw new KybernError('KYB-FAULT', `chance takes 0 to 1, not ${chance}`)
    return new RequestFault({ ...this.#rule, chance })
  }

  /** Refused with this code. */
  status(code: number): RequestRule {
    if (!refusalCodes.includes(code))
      throw new KybernError('KYB-FAULT', `no refusal has the code ${code}; there are ${refusalCodes.join(', ')}`)
    return { ...this.#rule, strike: { how: 'status', code } }
  }

  /** Done, but the sender is told 504. */
  lost(): RequestRule {
    return { ...this.#rule, strike: { how: 'lost' } }
  }

  /** Never arrives; the sender is told 504. */
  drop(): RequestRule {
    return { ...this.#rule, strike: { how: 'drop' } }
  }

  /** Arrives later, in virtual time. Writes only. */
  delay(duration: string | number): RequestRule {
    return { ...this.#rule, strike: { how: 'delay', ms: parseDuration(duration) } }
  }

  /** Arrives twice. Writes only. */
  duplicate(): RequestRule {
    return { ...this.#rule, strike: { how: 'duplicate' } }
  }

  /** The sender crashes before it is sent and starts again without memory. For controllers, the scheduler and kubelets. */
  crash(): RequestRule {
    return { ...this.#rule, strike: { how: 'crash' } }
  }
}

/** Whose watch of a collection is late; ends with how. */
export class WatchFault {
  readonly #rule: Omit<WatchRule, 'lag'>

  constructor(rule: Omit<WatchRule, 'lag'>) {
    this.#rule = rule
  }

  /** Only of this watcher. */
  from(watcher: string): WatchFault {
    return new WatchFault({ ...this.#rule, from: watcher })
  }

  /** Nothing new is told until the fault is lifted; lists and gets are as old. */
  hold(): WatchRule {
    return { ...this.#rule, lag: 'hold' }
  }

  /** Always so many changes behind. */
  lag(changes: number): WatchRule {
    return { ...this.#rule, lag: count(changes, 'lag') }
  }

  /** The next so many changes are never told; what is read is true. */
  drop(changes: number): WatchRule {
    return { ...this.#rule, lag: 0, drop: count(changes, 'drop') }
  }
}

/** The words faults begin with. */
export const fault = {
  /** Requests: `update deployments/status`, `create pods`, `* *`. Throws KYB-FAULT for a verb there is none of. */
  on(request: string): RequestFault {
    const [verb = '', resource, ...more] = request.trim().split(/\s+/)
    if (resource === undefined || more.length > 0 || !verbs.includes(verb))
      throw new KybernError(
        'KYB-FAULT',
        `"${request}" is no request; write a verb (${verbs.join(', ')}) and a resource`,
      )
    return new RequestFault({ type: 'request', verb, resource })
  },

  /** Watches of a collection: `pods`, `deployments`, `*`. */
  watch(resource: string): WatchFault {
    return new WatchFault({ type: 'watch', resource })
  },
}
