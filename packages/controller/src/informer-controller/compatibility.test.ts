import { KubernetesBasedInformer } from "@operatorkit/informer";
import type { KubernetesObject } from "@operatorkit/object";
import { ManualClock } from "@operatorkit/observe/testing";
import { backoffRetryPolicy, constantBackoff, defaultRetryPolicy, exponentialBackoffRetryPolicy } from "@operatorkit/retry";
import { defaultFinalizerSupplier, OpinionatedWatcher, type OpinionatedWatcherOptions } from "@operatorkit/watcher";
import { describe, expect, it } from "vitest";
import { FakeCluster } from "../testing/fake-cluster.ts";
import { Echo, echo } from "../testing/harness.ts";
import { InformerController, type InformerControllerOptions } from "./informer-controller.ts";
import { resourceActions } from "./resource-actions.ts";
import { FakeInformer } from "./testing/fake-informer.ts";
import { KIND, Recorder, Stage, thing } from "./testing/stage.ts";

function failing(): never {
  throw new Error("failed");
}

/** The pretended cluster, an informer on it and a controller, in virtual time. */
class World implements AsyncDisposable {
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

describe("what v0.9.10 did, restored by a switch:", () => {
  it.each<[string, InformerControllerOptions["retryPolicy"], number]>([
    ["exponentialBackoffRetryPolicy(1000, 3) allows one retry more: five calls", exponentialBackoffRetryPolicy(1000, 3), 5],
    ["the default policy makes seven calls", defaultRetryPolicy, 7],
    ["while backoffRetryPolicy with maxRetries 3 makes four", backoffRetryPolicy({ backoff: constantBackoff(1), maxRetries: 3 }), 4],
  ])("N + 1 retries: %s", async (_title, retryPolicy, calls) => {
    await using stage = new Stage({ retryPolicy: retryPolicy ?? null });
    const recorder = stage.recorder(failing);
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    await stage.advance(1_000_000);
    expect(recorder.calls).toHaveLength(calls);
  });

  it.each([
    ["dropAll", 1],
    [null, 1],
    ["opinionated", 2],
  ] as const)("drop-all dequeue: with %s, a status write leaves %i calls of a failed update", async (retryDequeuePolicy, calls) => {
    await using stage = new Stage({
      retryDequeuePolicy,
      retryPolicy: backoffRetryPolicy({ backoff: constantBackoff(1000), maxRetries: 1 }),
    });
    const changed = thing("a", { generation: 2, resourceVersion: "2" });
    const recorder = stage.recorder(({ version }) => version === "2" && failing());
    await stage.start();
    await stage.tell(stage.informer.update(thing(), changed));
    await stage.tell(stage.informer.update(changed, thing("a", { generation: 2, resourceVersion: "3" })));
    await stage.advance(10_000);
    expect(recorder.calls.filter((call) => call.endsWith("@2"))).toHaveLength(calls);
  });

  it.each([
    [30_000, 3],
    [undefined, 0],
  ])("30 s resync: with resyncMs %s the informer tells every object %i times in 95 s, as an update to itself", async (resyncMs, times) => {
    await using world = new World({ ...(resyncMs !== undefined && { resyncMs }) });
    const recorder = new Recorder(world.clock);
    world.controller.addWatcher(recorder, KIND);
    world.cluster.put(echo("a"));
    await world.start();
    await world.clock.advance(95_000);
    expect(recorder.times("update")).toEqual(Array.from({ length: times }, (_, index) => (index + 1) * 30_000));
  });

  it.each([
    [true, ["a begins", "a ends", "b begins", "b ends"]],
    [false, ["a begins", "b begins", "a ends", "b ends"]],
  ])("serial events per informer: with serialEvents %s", async (serialEvents, expected) => {
    await using stage = new Stage({ compatibility: { serialEvents } });
    const log: string[] = [];
    stage.recorder(async (_heard, { metadata: { name } }) => {
      log.push(`${name} begins`);
      await new Promise<void>((resolve) => void stage.clock.setTimer(100, resolve));
      log.push(`${name} ends`);
    });
    await stage.start();
    // As an informer does: the next event when the handler's promise has settled.
    void (async () => {
      for (const name of ["a", "b"]) await stage.informer.add(thing(name));
    })();
    await stage.settle();
    await stage.advance(1000);
    expect(log).toEqual(expected);
  });

  it("serial events: different informers still go side by side", async () => {
    await using stage = new Stage({ compatibility: { serialEvents: true } });
    const other = new FakeInformer();
    stage.controller.addInformer(other, KIND);
    let running = 0;
    let most = 0;
    stage.recorder(async () => {
      most = Math.max(most, (running += 1));
      await new Promise<void>((resolve) => void stage.clock.setTimer(100, resolve));
      running -= 1;
    });
    await stage.start();
    void stage.informer.add(thing("a"));
    void other.add(thing("b"));
    await stage.advance(1000);
    expect(most).toBe(2);
  });

  it("serial events on a real informer: the stop does not wait for events that wait", async () => {
    await using world = new World({ compatibility: { serialEvents: true }, concurrency: 1, stopGraceMs: 0 });
    world.controller.addWatcher(
      { add: (_object: KubernetesObject, { signal }) => new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve())) },
      KIND,
    );
    for (const name of ["a", "b", "c"]) world.cluster.put(echo(name));
    await world.start();
    expect(world.errors).toEqual([]);
  });

  it.each([
    [false, "add []", undefined],
    ["W", "add [W]", ["W"]],
  ] as const)(
    "add before finalizer, and no in-progress finalizer: with inProgressFinalizer %s, add is told as %s and a failed one leaves %s",
    async (inProgressFinalizer, told, left) => {
      for (const fails of [false, true]) {
        await using world = new World({ retryPolicy: backoffRetryPolicy({ backoff: constantBackoff(1000), maxRetries: 1 }) });
        world.watch({ inProgressFinalizer });
        if (fails) world.fail.add("add");
        await world.start();
        await world.put(echo("a"));
        await world.clock.advance(5000);
        expect([...new Set(world.log)]).toEqual([told]);
        expect(world.finalizers).toEqual(fails ? left : ["F"]);
      }
    },
  );

  it("the default finalizer of v0.9.10 is kept on its objects when it is given", async () => {
    await using world = new World();
    const finalizer = defaultFinalizerSupplier(Echo);
    world.watch({ finalizer, inProgressFinalizer: false });
    await world.start();
    await world.put(echo("a"));
    expect(world.finalizers).toEqual(["operator.v1.Echo.example.com"]);
  });

  it.each([true, false])("what one watcher changes, the next one sees: sharedMutableObjects %s", async (sharedMutableObjects) => {
    await using stage = new Stage({ compatibility: { sharedMutableObjects }, retryPolicy: null });
    const seen: unknown[] = [];
    stage.recorder((_heard, object) => {
      (object.metadata as { labels?: unknown }).labels = { by: "the first" };
    });
    stage.recorder((_heard, object) => seen.push(object.metadata.labels));
    await stage.start();
    const object = thing();
    Object.freeze(object.metadata);
    await stage.tell(stage.informer.add(object));
    expect(seen).toEqual(sharedMutableObjects ? [{ by: "the first" }] : [undefined]);
    expect(stage.failures.length).toBe(sharedMutableObjects ? 0 : 1);
    expect(object.metadata.labels).toBeUndefined();
  });

  it.each([
    [true, ["add n/a@1", "update n/a@2", "update n/a@3"]],
    [false, ["add n/a@1", "update n/a@3"]],
  ])("every event is told, not one for all that waits: everyEvent %s", async (everyEvent, calls) => {
    await using stage = new Stage({ compatibility: { everyEvent } });
    const recorder = stage.recorder(() => new Promise<void>((resolve) => void stage.clock.setTimer(10, resolve)));
    await stage.start();
    const [v1, v2, v3] = ["1", "2", "3"].map((resourceVersion) => thing("a", { resourceVersion }));
    await stage.tell(stage.informer.add(v1));
    void stage.informer.update(v1, v2);
    void stage.informer.update(v2, v3);
    await stage.advance(1000);
    expect(recorder.calls).toEqual(calls);
  });

  it("retries wait for a tick of 1 s when retryTickMs says so", async () => {
    await using stage = new Stage({ retryTickMs: 1000, retryPolicy: exponentialBackoffRetryPolicy(400, 1) });
    const recorder = stage.recorder(failing);
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    await stage.advance(10_000);
    expect(recorder.times("add")).toEqual([0, 1000, 2000]);
  });
});

it("the actions have the values of v0.9.10, and RESYNC", () => {
  expect(resourceActions).toEqual({ create: "CREATE", update: "UPDATE", delete: "DELETE", resync: "RESYNC" });
});

describe("defects of v0.9.10 that no switch restores:", () => {
  it("list wipe: adding our finalizer leaves the finalizers of others (grafana-app-sdk #910)", async () => {
    await using world = new World();
    world.watch({ inProgressFinalizer: false });
    await world.start();
    await world.put(echo("a", "hello", { finalizers: ["other.example.com/x"] }));
    expect(world.finalizers).toEqual(["other.example.com/x", "F"]);
  });

  it("double call: an update without our finalizer adds, and does not update as well", async () => {
    await using world = new World();
    world.watch({ inProgressFinalizer: false });
    await world.start();
    await world.put(echo("a"));
    await world.put(echo("a", "changed"));
    expect(world.log).toEqual(["add []", "add []"]);
    expect(world.finalizers).toEqual(["F"]);
  });

  it("lost error: failures of retries are reported, each with its own error", async () => {
    await using world = new World({ retryPolicy: backoffRetryPolicy({ backoff: constantBackoff(1000), maxRetries: 2 }) });
    world.watch({ inProgressFinalizer: false });
    world.fail.add("add");
    await world.start();
    await world.put(echo("a"));
    await world.clock.advance(10_000);
    expect(world.errors).toEqual(["CREATE 0: add failed", "CREATE 1: add failed", "CREATE 2: add failed"]);
  });

  it("leak: objects that failed and are gone leave no retry, no timer and no key", async () => {
    await using world = new World({ retryPolicy: exponentialBackoffRetryPolicy(1000, 3) });
    world.watch({ inProgressFinalizer: false });
    world.fail.add("add");
    await world.start();
    const before = world.clock.pendingTimers;
    for (let index = 0; index < 50; index += 1) {
      await world.put(echo("a"));
      world.fail.delete("add");
      world.cluster.remove(Echo, { namespace: "n", name: "a" });
      await world.settle();
      expect(world.cluster.list(Echo)).toEqual([]);
      world.fail.add("add");
    }
    expect(world.clock.pendingTimers).toBe(before);
    await world.clock.advance(100_000);
    expect(world.log.filter((call) => call.startsWith("add"))).toHaveLength(50);
  });
});

describe("with an opinionated watcher on a real watch", () => {
  it("its own in-progress finalizer does not cancel the retry of its add (grafana-app-sdk #758)", async () => {
    await using world = new World({ retryPolicy: exponentialBackoffRetryPolicy(1000, 3) });
    world.watch();
    world.fail.add("add");
    await world.start();
    await world.put(echo("a"));
    world.fail.delete("add");
    await world.clock.advance(10_000);
    expect(world.finalizers).toEqual(["F"]);
    const calls = world.log.length;
    await world.clock.advance(100_000);
    expect(world.log).toHaveLength(calls);
  });

  it.each([
    ["opinionated", "a new object"],
    ["dropAll", "a new object"],
    ["opinionated", "an object that lost its finalizer"],
    ["dropAll", "an object that lost its finalizer"],
  ] as const)(
    "with %s, its own in-progress finalizer neither begins a second chain of retries nor cancels the first: %s",
    async (retryDequeuePolicy, what) => {
      const retryPolicy = backoffRetryPolicy({ backoff: constantBackoff(1000), maxRetries: 3 });
      await using world = new World({ retryDequeuePolicy, retryPolicy });
      world.watch();
      await world.start();
      if (what !== "a new object") {
        await world.put(echo("a"));
        world.log.length = 0;
      }
      world.fail.add("add");
      await world.put(echo("a"));
      await world.clock.advance(10_000);
      const action = what === "a new object" ? "CREATE" : "UPDATE";
      expect(world.errors).toEqual([0, 1, 2, 3].map((attempt) => `${action} ${attempt}: add failed`));
      expect([world.log, world.finalizers]).toEqual([Array(4).fill("add [W]"), ["W"]]);
    },
  );

  it("a status write does not cancel the retry of a failed change of the specification (#41)", async () => {
    await using world = new World({ retryPolicy: exponentialBackoffRetryPolicy(1000, 3) });
    world.watch();
    await world.start();
    await world.put(echo("a"));
    world.fail.add("update");
    await world.put({ ...echo("a", "changed"), metadata: { ...echo("a").metadata, finalizers: ["F"] } });
    world.fail.delete("update");
    const now = world.cluster.get(Echo, { namespace: "n", name: "a" });
    if (now === undefined) throw new Error("it is there");
    await world.put({ ...now, status: { said: "changed" } });
    await world.clock.advance(10_000);
    expect(world.log).toEqual(["add [W]", "update [F]", "update [F]"]);
  });

  it("an object that is deleted while its add keeps failing is cleaned up and goes (#46)", async () => {
    await using world = new World({ retryPolicy: exponentialBackoffRetryPolicy(1000, 3) });
    world.watch();
    world.fail.add("add");
    await world.start();
    await world.put(echo("a"));
    world.cluster.remove(Echo, { namespace: "n", name: "a" });
    await world.settle();
    await world.clock.advance(100_000);
    expect(world.cluster.list(Echo)).toEqual([]);
    expect(world.log.filter((call) => call.startsWith("delete"))).toEqual(["delete [W]"]);
  });

  it("a cleanup that fails is retried until the object may go", async () => {
    await using world = new World({ retryPolicy: exponentialBackoffRetryPolicy(1000, 3) });
    world.watch();
    await world.start();
    await world.put(echo("a"));
    world.fail.add("delete");
    world.cluster.remove(Echo, { namespace: "n", name: "a" });
    await world.settle();
    expect(world.cluster.list(Echo)).toHaveLength(1);
    world.fail.delete("delete");
    await world.clock.advance(1000);
    expect(world.cluster.list(Echo)).toEqual([]);
  });
});
