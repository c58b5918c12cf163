import { KubernetesBasedInformer } from "@operatorkit/informer";
import { ManualClock } from "@operatorkit/observe/testing";
import { OpinionatedWatcher, type OpinionatedWatcherOptions } from "@operatorkit/watcher";
import { FakeCluster } from "../../testing/fake-cluster.ts";
import { Echo } from "../../testing/harness.ts";
import type { InformerControllerOptions } from "../informer-controller-options.ts";
import { InformerController } from "../informer-controller.ts";
import { KIND } from "./stage.ts";

/** The pretended cluster, an informer on it and a controller, in virtual time. */
export class World implements AsyncDisposable {
  readonly clock: ManualClock = new ManualClock();
  readonly cluster: FakeCluster = new FakeCluster([Echo]);
  readonly controller: InformerController;
  readonly log: string[] = [];
  readonly errors: string[] = [];
  readonly fail: Set<string> = new Set();
  readonly #stop = new AbortController();
  #run: Promise<void> | undefined;

  constructor({ resyncMs, ...options }: InformerControllerOptions & { readonly resyncMs?: number } = {}) {
    const { clock } = this;
    this.controller = new InformerController({
      clock,
      onError: (error, { action, attempt }) => this.errors.push(`${action} ${attempt}: ${error instanceof Error ? error.message : "?"}`),
      ...options,
    });
    this.controller.addInformer(new KubernetesBasedInformer({ kind: Echo, client: this.cluster.client(), clock, resyncMs }), KIND);
  }

  /** An opinionated watcher that writes down its calls with the finalizers that are on the object at the server. */
  watch(options: Partial<OpinionatedWatcherOptions<Echo>> = {}): OpinionatedWatcher<Echo> {
    const tell = (what: string) => (): void => {
      const finalizers = this.cluster.get(Echo, { namespace: "n", name: "a" })?.metadata.finalizers ?? [];
      this.log.push(`${what} [${finalizers.join(" ")}]`);
      if (this.fail.has(what)) throw new Error(`${what} failed`);
    };
    const watcher = new OpinionatedWatcher<Echo>({
      kind: Echo,
      client: this.cluster.client(),
      finalizer: "F",
      inProgressFinalizer: "W",
      finalizerOptions: { clock: this.clock },
      add: tell("add"),
      update: tell("update"),
      delete: tell("delete"),
      sync: tell("sync"),
      ...options,
    });
    this.controller.addWatcher(watcher, KIND);
    return watcher;
  }

  async start(): Promise<void> {
    this.#run = this.controller.run({ signal: this.#stop.signal });
    await this.settle();
  }

  async settle(): Promise<void> {
    for (let index = 0; index < 10; index += 1) await this.clock.advance(0);
  }

  async put(object: Echo): Promise<void> {
    this.cluster.put(object);
    await this.settle();
  }

  get finalizers(): readonly string[] | undefined {
    return this.cluster.get(Echo, { namespace: "n", name: "a" })?.metadata.finalizers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.settle();
    await this.#run;
    if (this.clock.pendingTimers > 0) throw new Error(`left behind: ${this.clock.pendingTimers} timers`);
  }
}
