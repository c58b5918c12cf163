/** Something that is reached once, or given up: many may wait for it, each with its own signal. */
export class Milestone {
  readonly #waiting = new Set<{ readonly resolve: () => void; readonly reject: (error: unknown) => void }>();
  #isReached = false;
  #failure: { readonly error: unknown } | undefined;

  get isReached(): boolean {
    return this.#isReached;
  }

  reach(): void {
    if (this.#isReached || this.#failure !== undefined) return;
    this.#isReached = true;
    for (const waiter of this.#waiting) waiter.resolve();
    this.#waiting.clear();
  }

  /** It will not be reached: who waits is told so. Nothing happens when it was reached. */
  fail(error: unknown): void {
    if (this.#isReached) return;
    this.#failure = { error };
    for (const waiter of this.#waiting) waiter.reject(error);
    this.#waiting.clear();
  }

  /** Resolves when it is reached; rejects when it failed or when `signal` is aborted. */
  wait({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isReached) {
        resolve();
        return;
      }
      const failure = this.#failure ?? (signal?.aborted === true ? { error: signal.reason } : undefined);
      if (failure !== undefined) {
        reject(failure.error);
        return;
      }
      const leave = (): void => {
        this.#waiting.delete(waiter);
        signal?.removeEventListener("abort", onAbort);
      };
      const onAbort = (): void => {
        leave();
        reject(signal?.reason);
      };
      const waiter = {
        resolve: (): void => {
          leave();
          resolve();
        },
        reject: (error: unknown): void => {
          leave();
          reject(error);
        },
      };
      this.#waiting.add(waiter);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }
}
