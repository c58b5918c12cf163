import type { Clock } from "@operatorkit/observe";
import { failureOf } from "./failure.ts";
import type { ReflectorMetrics } from "./informer-metrics.ts";
import type { ReflectorEvent } from "./reflector-event.ts";

export interface ServerContactOptions {
  readonly clock: Clock;
  readonly metrics: ReflectorMetrics;
  /** Told of every failed request. */
  readonly onFailure: (error: unknown) => void;
}

/** When the server was last heard, and why something last had to be tried again: what health checks and metrics say of it. */
export class ServerContact {
  readonly #options: ServerContactOptions;
  #lastMs: number | undefined;
  #lastError: unknown;

  constructor(options: ServerContactOptions) {
    this.#options = options;
  }

  /** When it last answered well, on the monotonic clock; undefined until it did. */
  get lastMs(): number | undefined {
    return this.#lastMs;
  }

  /** Why something was last tried again; undefined once a request went well. */
  get lastError(): unknown {
    return this.#lastError;
  }

  /** A list or an event came. An accepted watch alone is no proof that the server is well. */
  answered(): void {
    const { clock, metrics } = this.#options;
    this.#lastMs = clock.monotonicMs();
    this.#lastError = undefined;
    metrics.contacted(clock.now());
  }

  /** Something is tried again because of this. No request need have failed: an answer may have been no good. */
  waited(why: unknown): void {
    this.#lastError = why;
  }

  /** A request that began at `startMs` failed; the event that says so. */
  failed(error: unknown, startMs: number): ReflectorEvent {
    const { clock, metrics, onFailure } = this.#options;
    this.#lastError = error;
    onFailure(error);
    const failure = failureOf(error);
    metrics.failed(failure.kind);
    return { type: "failed", failure, afterMs: clock.monotonicMs() - startMs };
  }
}
