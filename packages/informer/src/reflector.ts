import type { ListWatch } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import { sleep, type Clock, type Logger } from "@operatorkit/observe";
import type { ReflectorMetrics } from "./informer-metrics.ts";
import type { InformerOptions } from "./informer-options.ts";
import { ListReader } from "./list-reader.ts";
import type { ReflectorAction } from "./reflector-action.ts";
import type { ReflectorEvent } from "./reflector-event.ts";
import { initialReflectorState, next, type ReflectorState } from "./reflector-state.ts";
import type { ReflectorTarget } from "./reflector-target.ts";
import { RequestBudget } from "./request-budget.ts";
import { ServerContact } from "./server-contact.ts";
import { defaultSilenceLimits } from "./silence-limits.ts";
import { WatchReader } from "./watch-reader.ts";

export interface ReflectorOptions<T extends KubernetesObject> extends Pick<
  InformerOptions<T>,
  "pageSize" | "silence" | "useWatchList" | "random"
> {
  readonly listWatch: ListWatch<T>;
  readonly target: ReflectorTarget<T>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ReflectorMetrics;
  /** Told of every failed request; what it throws ends the run. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Keeps a target equal to what a `ListWatch` sees, for as long as it runs: it cannot give up and cannot go deaf. What to do
 * when is decided in `reflector-state.ts`; this is the part that has it done, by a `ListReader` and a `WatchReader`, and reports back.
 *
 * Guarantees: every request has a deadline on silence; at most 20 requests in any 10 s, however the server fails (the pages of one
 * list count only when lists repeat); a bad line or an incomplete list is never believed and never skipped.
 */
export class Reflector<T extends KubernetesObject> {
  readonly contact: ServerContact;
  readonly #target: ReflectorTarget<T>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: ReflectorMetrics;
  readonly #random: () => number;
  readonly #list: ListReader<T>;
  readonly #watch: WatchReader<T>;
  /** For log lines. */
  readonly #what: string;
  #state: ReflectorState;

  constructor(options: ReflectorOptions<T>) {
    const { listWatch, target, clock, logger, metrics, onFailure } = options;
    const { pageSize = 500, useWatchList = false, random = Math.random } = options;
    const silence = { ...defaultSilenceLimits, ...options.silence };
    this.#target = target;
    this.#clock = clock;
    this.#logger = logger;
    this.#metrics = metrics;
    this.#random = random;
    this.#what = `watch ${listWatch.kind.plural}`;
    this.#state = initialReflectorState({ wantsWatchList: useWatchList });
    this.contact = new ServerContact({ clock, metrics, onFailure });
    const shared = { listWatch, clock, metrics, contact: this.contact, budget: new RequestBudget({ clock }) };
    this.#list = new ListReader({ ...shared, copy: target.copy, pageSize, silenceMs: silence.listMs });
    this.#watch = new WatchReader({ ...shared, target, silence, random });
  }

  /** Runs until `signal` is aborted, and leaves no request behind. */
  async run({ signal }: { signal: AbortSignal }): Promise<void> {
    try {
      await this.#loop(signal);
    } finally {
      this.#watch.close();
    }
  }

  async #loop(signal: AbortSignal): Promise<void> {
    let event: ReflectorEvent | undefined = { type: "start" };
    while (event !== undefined) {
      const { state, actions } = next(this.#state, event);
      this.#state = state;
      event = undefined;
      for (const action of actions) event = await this.#perform(action, signal);
      // A run that was stopped says so, whatever the last request came back with.
      if (signal.aborted && state.name !== "stopped") event = { type: "stop" };
    }
  }

  async #perform(action: ReflectorAction, signal: AbortSignal): Promise<ReflectorEvent | undefined> {
    switch (action.type) {
      case "wait":
        return this.#wait(action, signal);
      case "list":
        return this.#list.read(action, signal);
      case "check":
        return this.#list.check(signal);
      case "watch":
        return this.#watch.open(action, signal);
      case "read":
        return this.#watch.read(signal);
      case "keep":
        this.#list.keep();
        return undefined;
      case "discard":
        this.#list.discard();
        return undefined;
      case "replace":
        await this.#replace(action, signal);
        return undefined;
    }
  }

  async #wait(
    { atLeastMs, atMostMs, cause, error, step }: Extract<ReflectorAction, { type: "wait" }>,
    signal: AbortSignal,
  ): Promise<ReflectorEvent> {
    this.#watch.close();
    const waitMs = atLeastMs + (atMostMs - atLeastMs) * this.#random();
    this.contact.waited(error);
    this.#metrics.retried(step, cause);
    const { version } = this.#target.copy;
    const fields = { cause, waitMs: Math.round(waitMs), next: step, version, error };
    // Once is everyday life (a proxy's timeout, a rolling restart); again is worth a look.
    const level = this.#state.memory.failures > 1 ? "warn" : "info";
    this.#logger[level](`${this.#what}: interrupted, next: ${step}`, fields);
    await sleep(waitMs, { signal, clock: this.#clock }).catch(() => {});
    return { type: "elapsed" };
  }

  async #replace({ version, isReset }: Extract<ReflectorAction, { type: "replace" }>, signal: AbortSignal): Promise<void> {
    const { entries, startMs } = this.#watch.takeInitial() ?? this.#list.take();
    this.#metrics.replaced(entries.length, this.#clock.monotonicMs() - startMs);
    if (isReset) {
      const was = this.#target.copy.version;
      this.#logger.warn(`${this.#what}: the server went back from version ${was} to ${version}; its list is taken as the truth`, {
        was,
        version,
      });
    }
    await this.#target.replace(entries, version, signal);
    this.#watch.settle();
  }
}
