/** Work goes on for at most about this long until the event loop gets its turn. */
const TURN_MS = 4;

/** Lets long work give the event loop its turn: `if (turn.isLong) await turn.next()`. */
export class LoopTurn {
  #startMs = performance.now();

  get isLong(): boolean {
    return performance.now() - this.#startMs > TURN_MS;
  }

  /** What `waiting` takes is no work. */
  async during<R>(waiting: Promise<R>): Promise<R> {
    const startMs = performance.now();
    const result = await waiting;
    this.#startMs += performance.now() - startMs;
    return result;
  }

  async next(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#startMs = performance.now();
  }
}
