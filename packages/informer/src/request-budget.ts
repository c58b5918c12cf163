import { sleep, type Clock } from "@operatorkit/observe";

/**
 * At most `requests` in any `perMs`, whatever happens: the last line of defence against spinning, behind the backoff.
 * Healthy operation never comes near it.
 */
export class RequestBudget {
  readonly #clock: Clock;
  readonly #requests: number;
  readonly #perMs: number;
  /** When the last requests start, oldest first. */
  readonly #startsMs: number[] = [];

  constructor({ clock, requests = 20, perMs = 10_000 }: { clock: Clock; requests?: number; perMs?: number }) {
    this.#clock = clock;
    this.#requests = requests;
    this.#perMs = perMs;
  }

  /** Takes one request from the budget and waits until it may be made; false when `signal` was aborted before that. */
  async spend({ signal }: { readonly signal: AbortSignal }): Promise<boolean> {
    if (signal.aborted) return false;
    const waitMs = this.#take();
    if (waitMs > 0) await sleep(waitMs, { signal, clock: this.#clock }).catch(() => {});
    return !signal.aborted;
  }

  /** How long to wait before the request that is taken. */
  #take(): number {
    const nowMs = this.#clock.monotonicMs();
    const oldestMs = this.#startsMs.length < this.#requests ? undefined : this.#startsMs.shift();
    const startMs = oldestMs === undefined ? nowMs : Math.max(nowMs, oldestMs + this.#perMs);
    this.#startsMs.push(startMs);
    return startMs - nowMs;
  }
}
