/**
 * What handlers were told, in order, and how they take it: they succeed at once, unless they are to fail or to be held.
 *
 * | word | meaning |
 * |---|---|
 * | `w.add 1` | a call |
 * | `w.add 1…` | a call that is held; `…w` is its end, `…w aborted` where its signal was the reason |
 * | `!` | it failed, and will be tried again; `!!`: and will not |
 */
export class Told {
  #words: string[] = [];
  #count = 0;
  #held = 0;
  readonly #failures = new Map<string, number>();
  readonly #holds = new Set<string>();
  #gate = Promise.withResolvers<void>();

  /** Goes up with every word. */
  get count(): number {
    return this.#count;
  }

  /** Calls that are held now. */
  get held(): number {
    return this.#held;
  }

  /** The next calls of this handler fail. */
  failNext(handler: string, times = 1): void {
    this.#failures.set(handler, times);
  }

  /** The next call of this handler is held until `release`. */
  holdNext(handler: string): void {
    this.#holds.add(handler);
  }

  /** What is held goes on; nothing is held or fails from now on. */
  release(): void {
    this.#holds.clear();
    this.#failures.clear();
    this.#gate.resolve();
    this.#gate = Promise.withResolvers<void>();
  }

  /** For handlers: `word` is told to this one. Throws or rejects where it is to fail. */
  hear(handler: string, word: string, signal: AbortSignal): Promise<void> | undefined {
    const failures = this.#failures.get(handler) ?? 0;
    this.#failures.set(handler, Math.max(0, failures - 1));
    const fail = (): void => {
      if (failures > 0) throw new Error(`${handler} is to fail`);
    };
    if (this.#holds.delete(handler)) {
      this.#say(`${handler}.${word}…`);
      return this.#hold(handler, signal).then(fail);
    }
    this.#say(`${handler}.${word}`);
    fail();
    return undefined;
  }

  /** For `onError`: what was said last has failed. */
  failed(willRetry: boolean): void {
    this.#say(`${this.#words.pop() ?? ""}${willRetry ? "!" : "!!"}`);
  }

  /** What was told since it was last asked. */
  take(): string {
    const words = this.#words;
    this.#words = [];
    return words.join(", ");
  }

  async #hold(handler: string, signal: AbortSignal): Promise<void> {
    this.#held += 1;
    const aborted = Promise.withResolvers<void>();
    const onAbort = (): void => aborted.resolve();
    signal.addEventListener("abort", onAbort);
    await Promise.race([this.#gate.promise, aborted.promise]);
    signal.removeEventListener("abort", onAbort);
    this.#held -= 1;
    this.#say(signal.aborted ? `…${handler} aborted` : `…${handler}`);
    signal.throwIfAborted();
  }

  #say(word: string): void {
    this.#count += 1;
    this.#words.push(word);
  }
}
