/** One typed way between a page and a session: a WebSocket when served, a MessagePort in the tab, two arrays in a test. */

/** One end. Messages are plain data; they arrive in the order they were sent, or not at all after `close`. */
export interface Channel<Out, In> {
  /** Never throws: what is sent after the other end is gone is dropped. */
  send(message: Out): void
  /** Calls the listener for every message from now on. Answers how to stop. */
  onMessage(listener: (message: In) => void): () => void
  /** Calls the listener once, when either end closes. Answers how to stop. */
  onClose(listener: () => void): () => void
  close(): void
}
