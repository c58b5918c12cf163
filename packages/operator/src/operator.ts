import { aClient, clashingFinalizer, type Client, type Runnable, type RunOptions } from "@operatorkit/api";
import { SharedInformers } from "@operatorkit/informer";
import { noMetrics, noTracer, sleep, systemClock, type Clock, type Logger, type Metrics, type Tracer } from "@operatorkit/observe";
import {
  aBoolean,
  aFunction,
  aList,
  aNumber,
  aPort,
  anObject,
  aString,
  checkOptions,
  must,
  optionError,
  required,
} from "@operatorkit/observe/options";
import { defaultLogger } from "./default-logger.ts";
import { HealthServer } from "./health-server.ts";
import { OperatorError, type OperatorErrorCode } from "./operator-error.ts";
import { PrometheusMetrics } from "./prometheus-metrics.ts";
import { onStopSignals } from "./stop-signals.ts";

/** What an operator gives everything it runs. */
export interface OperatorRunOptions extends RunOptions {
  /** One watch and one copy per kind for all runnables. They run while any runnable does. */
  readonly informers: SharedInformers;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
  readonly clock: Clock;
}

export interface OperatorOptions {
  readonly client: Client;
  /** Controllers, and anything else with a `name` and `run`. */
  readonly runnables?: readonly Runnable[];
  /** @default pino to standard output; plain lines when that is a terminal */
  readonly logger?: Logger;
  /** Serves `/livez`, `/readyz` and `/healthz` (both) here; 0 takes any free port. @default nothing is served */
  readonly healthPort?: number;
  /** The address to listen on. @default all, since a kubelet asks from outside the pod */
  readonly healthHost?: string;
  /** `true` counts, and serves `/metrics` for Prometheus on `healthPort`; so does a `PrometheusMetrics` of yours, and any other that has a `text`. @default nothing is counted */
  readonly metrics?: Metrics | boolean;
  /** Gets a span for each turn and each call of a handler. Give it to the client, too, for its requests. @default none */
  readonly tracer?: Tracer;
  /** How long runnables may take to stop; then `run` rejects and names those that did not. @default 40_000 */
  readonly stopTimeoutMs?: number;
  /** Stop on SIGTERM and SIGINT. @default true */
  readonly handleSignals?: boolean;
  readonly clock?: Clock;
}

/**
 * One process: starts runnables, stops them together.
 *
 * Guarantees:
 * - `run` stops when its signal is aborted, on SIGTERM and SIGINT (any number of them), and when a runnable fails;
 * - the first failure stops the others; `run` rejects with an `OperatorError` that has it as `cause`, and all there were in
 *   `errors`. A runnable that resolves early is done, and stops nobody;
 * - stopping has a deadline, and who misses it is named;
 * - what is added while it runs starts at once.
 */
export class Operator {
  readonly #options: OperatorOptions;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #runnables: Runnable[] = [];
  readonly #running = new Map<Runnable, Promise<void>>();
  /** All that went wrong, and how the first of it is told. */
  readonly #failures: unknown[] = [];
  #first: { readonly code: OperatorErrorCode; readonly message: string } | undefined;
  /** Aborted to stop the runnables. */
  readonly #stop = new AbortController();
  #runOptions: OperatorRunOptions | undefined;
  #health: HealthServer | undefined;
  /** The process signal that asked to stop. */
  #signal: string | undefined;
  #phase: "new" | "running" | "stopped" = "new";

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: OperatorOptions) {
    checkOptions("Operator", options, {
      client: required(aClient("listWatch")),
      runnables: aList(A_RUNNABLE),
      healthPort: aPort,
      healthHost: aString,
      metrics: must(
        "be true, false, or Metrics of yours",
        (value) => typeof value === "boolean" || typeof (value as Metrics | null)?.counter === "function",
      ),
      stopTimeoutMs: aNumber({ atLeast: 0 }),
      handleSignals: aBoolean,
    });
    const { runnables = [], metrics = false, healthPort, clock = systemClock } = options;
    if (options.healthHost !== undefined && healthPort === undefined)
      throw optionError("Operator", "healthHost", "nothing is served without a healthPort");
    if (metrics === true && healthPort === undefined) throw optionError("Operator", "metrics", "they are served on healthPort; give one");
    this.#options = options;
    this.#clock = clock;
    this.#metrics = metricsFor(metrics);
    for (const runnable of runnables) this.add(runnable);
  }

  /** The port health and metrics are served on, while they are. */
  get healthPort(): number | undefined {
    return this.#health?.port;
  }

  /**
   * Adds a runnable; it starts with the others, or at once when they run.
   *
   * @throws {TypeError} when it cannot be run, the name is taken, or another runnable keeps the same finalizer on the
   * same objects: the first to be done with a deletion would take it off before the other had its turn.
   */
  add(runnable: Runnable): void {
    checkOptions("Operator", { runnable }, { runnable: required(A_RUNNABLE) });
    if (this.#runnables.some(({ name }) => name === runnable.name))
      throw optionError("Operator", "runnables", `two are named ${runnable.name}; names tell runnables apart in logs and errors`);
    this.#refuseSharedFinalizer(runnable, this.#runnables);
    if (this.#phase === "stopped" || this.#stop.signal.aborted) throw new Error(`operator: add ${runnable.name}: it has stopped`);
    this.#runnables.push(runnable);
    if (this.#runOptions !== undefined) this.#start(runnable, this.#runOptions);
  }

  /** Also at the start: what an `InformerController` holds may have been added since it was. */
  #refuseSharedFinalizer(runnable: Runnable, others: readonly Runnable[]): void {
    for (const other of others) {
      const clash = clashingFinalizer(runnable.finalizerClaims?.() ?? [], other.finalizerClaims?.() ?? []);
      if (clash === undefined) continue;
      const both = `${other.name} and ${runnable.name} both keep the finalizer ${clash.finalizer} on ${clash.kind.kind}`;
      throw optionError("Operator", "runnables", `${both}, and would take it off each other; give one of them another finalizer or name`);
    }
  }

  /** Runs until stopped. An operator runs once. */
  async run({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (this.#phase !== "new")
      throw new Error(`operator: it ${this.#phase === "running" ? "runs already" : "has stopped; make a new one"}`);
    for (const [index, runnable] of this.#runnables.entries()) this.#refuseSharedFinalizer(runnable, this.#runnables.slice(0, index));
    this.#phase = "running";
    const onAbort = (): void => this.#stop.abort(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    const releaseSignals = this.#options.handleSignals === false ? undefined : onStopSignals((name) => this.#signalled(name));
    try {
      if (!this.#stop.signal.aborted) await this.#runAll();
    } finally {
      this.#phase = "stopped";
      signal?.removeEventListener("abort", onAbort);
      releaseSignals?.();
      await this.#health?.close();
      this.#health = undefined;
    }
    if (this.#first !== undefined) throw new OperatorError(this.#first.message, { code: this.#first.code, errors: this.#failures });
  }

  async #runAll(): Promise<void> {
    const { client } = this.#options;
    const logger = this.#options.logger ?? (await defaultLogger());
    const informers = new SharedInformers({ client, clock: this.#clock, logger, metrics: this.#metrics });
    await this.#serve(informers, logger);
    const stopInformers = new AbortController();
    const informing = informers.run({ signal: stopInformers.signal }).catch((error: unknown) => this.#failed("informers", error, logger));
    this.#runOptions = {
      client,
      signal: this.#stop.signal,
      informers,
      logger,
      metrics: this.#metrics,
      tracer: this.#options.tracer ?? noTracer,
      clock: this.#clock,
    };
    for (const runnable of this.#runnables) this.#start(runnable, this.#runOptions);
    await aborted(this.#stop.signal);
    logger.info("stopping", this.#signal === undefined ? {} : { signal: this.#signal });
    await this.#ended();
    // Last, since what runs until the end reads from them.
    stopInformers.abort();
    await informing;
    logger.info("stopped");
  }

  #start(runnable: Runnable, options: OperatorRunOptions): void {
    const { logger } = options;
    const running = Promise.resolve(options)
      .then((given) => runnable.run(given))
      .then(
        () => logger.debug("a runnable has ended", { runnable: runnable.name }),
        (error: unknown) => {
          // A wait that ends with the signal's reason is what stopping looks like.
          if (!options.signal.aborted || error !== options.signal.reason) this.#failed(runnable.name, error, logger);
        },
      )
      // A logger that throws must not hide what failed, nor end the process.
      .catch((error: unknown) => this.#broke(runnable.name, error))
      .finally(() => this.#running.delete(runnable));
    this.#running.set(runnable, running);
  }

  #failed(name: string, error: unknown, logger: Logger): void {
    this.#broke(name, error);
    logger.error("a runnable failed; the operator stops", { runnable: name, error });
  }

  #broke(name: string, error: unknown): void {
    this.#note("RunnableFailed", `${name} failed: ${error instanceof Error ? error.message : String(error)}`, error);
    this.#stop.abort(error);
  }

  #signalled(name: string): void {
    this.#signal ??= name;
    this.#stop.abort(new Error(`stopped by ${name}`));
  }

  /** Resolves when every runnable has ended, or its time is up. */
  async #ended(): Promise<void> {
    const { stopTimeoutMs = STOP_TIMEOUT_MS } = this.#options;
    const done = new AbortController();
    const late = sleep(stopTimeoutMs, { signal: done.signal, clock: this.#clock }).catch(() => {});
    await Promise.race([Promise.all(this.#running.values()), late]);
    done.abort();
    if (this.#running.size === 0) return;
    const names = [...this.#running.keys()].map(({ name }) => name).join(", ");
    const message = `${names} did not stop within ${stopTimeoutMs / 1000} s; run must end when its signal is aborted`;
    this.#note("StopTimeout", message, new Error(message));
  }

  #note(code: OperatorErrorCode, message: string, error: unknown): void {
    this.#first ??= { code, message: `operator: ${message}` };
    this.#failures.push(error);
  }

  async #serve(informers: SharedInformers, logger: Logger): Promise<void> {
    const { healthPort, healthHost } = this.#options;
    if (healthPort === undefined) return;
    const metrics = this.#metrics;
    this.#health = await HealthServer.start({
      port: healthPort,
      host: healthHost,
      checks: () => [
        { name: "operator", type: "ready", check: () => (this.#stop.signal.aborted ? "it is stopping" : undefined) },
        informers.healthCheck(),
        ...this.#runnables.flatMap((runnable) => runnable.healthChecks?.() ?? []),
      ],
      metricsText: metrics.text?.bind(metrics),
      onError: (error) => logger.warn("serving health failed", { error }),
    });
    logger.info("serving health", { port: this.#health.port });
  }
}

const A_RUNNABLE = anObject({ name: required(aString), run: required(aFunction) });

/** Longer than a controller waits for its turns. */
const STOP_TIMEOUT_MS = 40_000;

function metricsFor(metrics: Metrics | boolean): Metrics {
  if (metrics === true) return new PrometheusMetrics();
  return metrics === false ? noMetrics : metrics;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
