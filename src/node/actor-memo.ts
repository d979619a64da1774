/** An ActorHost that looks each actor up once a turn: a turn asks for the same few snapshots again and again. */
import type { AnyMachineSnapshot } from 'xstate'
import type { ActorEvent, ActorHost, Emitted } from '../actors/actor.ts'

export class ActorMemo implements ActorHost {
  readonly #host: ActorHost
  readonly #known = new Map<string, AnyMachineSnapshot | undefined>()

  constructor(host: ActorHost) {
    this.#host = host
  }

  get(id: string): AnyMachineSnapshot | undefined {
    const known = this.#known.get(id)
    if (known !== undefined || this.#known.has(id)) return known
    const snapshot = this.#host.get(id)
    this.#known.set(id, snapshot)
    return snapshot
  }

  spawn(id: string, machine: string, input: Readonly<Record<string, unknown>>): readonly Emitted[] {
    this.#known.delete(id)
    return this.#host.spawn(id, machine, input)
  }

  send(id: string, event: ActorEvent): readonly Emitted[] {
    this.#known.delete(id)
    return this.#host.send(id, event)
  }

  stop(id: string): void {
    this.#known.delete(id)
    this.#host.stop(id)
  }

  ids(prefix: string): readonly string[] {
    return this.#host.ids(prefix)
  }
}
