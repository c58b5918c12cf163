import type { Clock, HealthCheck, Logger, Metrics, Tracer } from "@operatorkit/observe";
import type { Client } from "./client.ts";
import type { FinalizerClaim } from "./finalizer-claim.ts";

/** What an operator gives everything it runs. */
export interface RunOptions {
  readonly client: Client;
  /** Aborting it is the one way to stop. */
  readonly signal: AbortSignal;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  /** For the spans of what it runs; those of requests are made by the client, which has its own. */
  readonly tracer?: Tracer;
  readonly clock?: Clock;
}

/**
 * Something an operator runs beside others. `run` resolves when `signal` was aborted and everything is put away, and
 * rejects only when something broke.
 */
export interface Runnable {
  readonly name: string;
  run(options: RunOptions): Promise<void>;
  /** What an operator asks when it is asked how it is. */
  healthChecks?(): readonly HealthCheck[];
  /** The finalizers it keeps. An operator refuses two runnables that would take off each other's. */
  finalizerClaims?(): readonly FinalizerClaim[];
}
