import { keyOf, type KubernetesObject } from "@operatorkit/object";
import { ManualClock } from "@operatorkit/observe/testing";
import { backoffRetryPolicy, constantBackoff, type RetryPolicy } from "@operatorkit/retry";
import type { ResourceWatcher, WatcherContext } from "@operatorkit/watcher";
import type { FailedAttempt } from "../informer-controller-run.ts";
import type { InformerControllerOptions } from "../informer-controller-options.ts";
import { InformerController } from "../informer-controller.ts";
import { FakeInformer } from "./fake-informer.ts";

export const KIND = "things";

export function thing(name = "a", metadata: Partial<KubernetesObject["metadata"]> = {}): KubernetesObject {
  return {
    apiVersion: "example.com/v1",
    kind: "Thing",
    metadata: { name, namespace: "n", uid: `uid-${name}`, resourceVersion: "1", generation: 1, ...metadata },
  };
}

export interface Heard {
  readonly call: "add" | "update" | "delete";
  readonly key: string;
  readonly atMs: number;
  readonly attempt: number;
  readonly version: string;
}

type Behaviour = (heard: Heard, object: KubernetesObject, context: WatcherContext) => unknown;

/** A watcher that writes down its calls, and then does as told. */
export class Recorder implements ResourceWatcher<KubernetesObject> {
  readonly heard: Heard[] = [];
  behaviour: Behaviour;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock, behaviour: Behaviour = () => {}) {
    this.#clock = clock;
    this.behaviour = behaviour;
  }

  /** When calls began. */
  times(call: Heard["call"]): number[] {
    return this.heard.filter((one) => one.call === call).map(({ atMs }) => atMs);
  }

  get calls(): string[] {
    return this.heard.map(({ call, key, version }) => `${call} ${key}@${version}`);
  }

  add(object: KubernetesObject, context: WatcherContext): unknown {
    return this.#hear("add", object, context);
  }

  update(_old: KubernetesObject, object: KubernetesObject, context: WatcherContext): unknown {
    return this.#hear("update", object, context);
  }

  delete(object: KubernetesObject, context: WatcherContext): unknown {
    return this.#hear("delete", object, context);
  }

  #hear(call: Heard["call"], object: KubernetesObject, context: WatcherContext): unknown {
    const { attempt = -1 } = context;
    const heard = {
      call,
      key: keyOf(object.metadata),
      atMs: this.#clock.monotonicMs(),
      attempt,
      version: object.metadata.resourceVersion ?? "",
    };
    this.heard.push(heard);
    return this.behaviour(heard, object, context);
  }
}

export type Failure = FailedAttempt & { readonly error: unknown };

/** A controller with one informer, in virtual time. `await using` stops it and checks that nothing is left behind. */
export class Stage implements AsyncDisposable {
  readonly clock: ManualClock = new ManualClock();
  readonly informer: FakeInformer = new FakeInformer();
  readonly failures: Failure[] = [];
  readonly controller: InformerController;
  readonly #stop = new AbortController();
  #run: Promise<unknown> | undefined;

  constructor(options: InformerControllerOptions = {}) {
    this.controller = new InformerController({
      clock: this.clock,
      onError: (error, attempt) => this.failures.push({ ...attempt, error }),
      ...options,
    });
    this.controller.addInformer(this.informer, KIND);
  }

  /** Starts it with these watchers. */
  static async start(
    watchers: readonly ((clock: ManualClock) => ResourceWatcher<KubernetesObject>)[],
    options?: InformerControllerOptions,
  ): Promise<Stage> {
    const stage = new Stage(options);
    for (const make of watchers) stage.controller.addWatcher(make(stage.clock), KIND);
    await stage.start();
    return stage;
  }

  async start(): Promise<void> {
    this.#run = this.controller.run({ signal: this.#stop.signal }).then(
      () => "stopped",
      (error: unknown) => error,
    );
    await this.settle();
  }

  recorder(behaviour?: Behaviour): Recorder {
    const recorder = new Recorder(this.clock, behaviour);
    this.controller.addWatcher(recorder, KIND);
    return recorder;
  }

  advance(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** Lets promise chains run out. */
  async settle(): Promise<void> {
    for (let i = 0; i < 3; i += 1) await this.clock.advance(0);
  }

  /** Tells an event and lets its handlers run. */
  async tell(event: Promise<void>): Promise<void> {
    event.catch(() => {});
    await this.settle();
  }

  abort(): void {
    this.#stop.abort();
  }

  /** What the run came to: "stopped", or what it rejected with. */
  async ended(): Promise<unknown> {
    await this.settle();
    return this.#run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort();
    await this.ended();
    if (this.clock.pendingTimers > 0) throw new Error(`left behind: ${this.clock.pendingTimers} timers`);
  }
}

/** Always again after so long, `retries` times. */
export function every(delayMs: number, retries: number = Number.POSITIVE_INFINITY): RetryPolicy {
  return backoffRetryPolicy({ backoff: constantBackoff(delayMs), maxRetries: retries });
}

export function failing(): never {
  throw new Error("failed");
}

/** The thing `a` at a generation. */
export function changed(generation: number): KubernetesObject {
  return thing("a", { generation, resourceVersion: String(generation) });
}
