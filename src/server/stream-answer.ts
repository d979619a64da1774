/**
 * Answers that are no document but a conversation: a command with its streams (exec, attach), or connections to ports.
 * Who routes, authenticates and authorizes sees a Response like any other; the edge upgrades the connection and lets the
 * two sides talk.
 * Source: https://kubernetes.io/docs/reference/using-api/websockets/ (KEP-4006)
 */

/** Which streams the client asked for. */
export interface CommandStreams {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
}

/** One connection as its far end sees it. `read` answers undefined once the client closed its side. */
export interface Duplex {
  read(): Promise<Uint8Array | undefined>
  write(bytes: Uint8Array): Promise<void>
  /** Aborted when the client is gone. */
  readonly gone: AbortSignal
}

/** The streams of a command as the command sees them. */
export interface CommandIo extends Pick<Duplex, 'read' | 'gone'> {
  write(bytes: Uint8Array, to: 'stdout' | 'stderr'): Promise<void>
  /** Calls back with every new size of the client's terminal, in characters. */
  resized(listener: (columns: number, rows: number) => void): void
}

/** What the error stream says at the end: a metav1.Status, with the code where it is a failure. */
export interface CommandStatus {
  readonly metadata: Readonly<Record<string, never>>
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: string
  readonly details?: { readonly causes: readonly { readonly reason?: string; readonly message: string }[] }
  readonly code?: number
}

/** What a kubelet answers instead of beginning: an HTTP status and a line of text. */
export interface Refusal {
  readonly code: number
  readonly text: string
}

/** A command that waits for its streams. */
export interface CommandStream {
  readonly type: 'command'
  readonly streams: CommandStreams
  readonly refusal: Refusal | undefined
  run(io: CommandIo): Promise<CommandStatus>
}

/** Connections to the ports of a pod. */
export interface PortStream {
  readonly type: 'ports'
  /** The ports named in the URL: those that speak WebSocket channels. */
  readonly ports: readonly number[]
  readonly refusal: Refusal | undefined
  /** Serves one connection until it is over. The message of what it throws goes to the error stream. */
  connect(port: number, io: Duplex): Promise<void>
}

/** A Response for those on the way, a conversation for the edge. */
export class StreamAnswer extends Response {
  readonly stream: CommandStream | PortStream

  constructor(stream: CommandStream | PortStream) {
    super(null)
    this.stream = stream
  }
}

/** The status of a command that ended with this exit code. */
export function exitStatus(code: number): CommandStatus {
  if (code === 0) return { metadata: {}, status: 'Success' }
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  }
}

/** The status of a command that could not be run at all. */
export function internalStatus(why: string): CommandStatus {
  return {
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${why}`,
    reason: 'InternalError',
    details: { causes: [{ message: why }] },
    code: 500,
  }
}
