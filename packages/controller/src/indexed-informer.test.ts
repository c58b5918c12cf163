import { ApiError, type ListWatch } from "@operatorkit/api";
import type { Kind, KubernetesObject } from "@operatorkit/object";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { IndexedInformer, type IndexedInformerOptions, type KeyTurn } from "./indexed-informer.ts";
import { FakeCluster } from "./testing/fake-cluster.ts";

interface Pod extends KubernetesObject {
  readonly apiVersion: "v1";
  readonly kind: "Pod";
  readonly spec: { readonly node: string };
}

const Pod: Kind<Pod> = {
  group: "",
  version: "v1",
  apiVersion: "v1",
  kind: "Pod",
  plural: "pods",
  singular: "pod",
  listKind: "PodList",
  namespaced: true,
  shortNames: [],
  categories: [],
};

class World implements AsyncDisposable {
  readonly clock: ManualClock = new ManualClock();
  readonly cluster: FakeCluster = new FakeCluster([Pod]);
  /** `key@version at moment`, or `key gone`. */
  readonly turns: string[] = [];
  readonly errors: string[] = [];
  readonly informer: IndexedInformer<Pod>;
  readonly stop = new AbortController();
  running: Promise<void> = Promise.resolve();

  constructor({ process = () => {}, ...options }: Partial<IndexedInformerOptions<Pod>> = {}) {
    this.informer = new IndexedInformer<Pod>({
      listWatch: this.cluster.listWatch(Pod),
      clock: this.clock,
      onError: (error, { during, key }) => void this.errors.push(`${during} ${key}: ${String(error)}`),
      ...options,
      process: (turn) => {
        this.turns.push(`${turn.key}${turn.object === undefined ? " gone" : `@${turn.object.spec.node}`} at ${this.clock.monotonicMs()}`);
        return process(turn);
      },
    });
  }

  put(name: string, node: string): void {
    this.cluster.put<Pod>({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "worker" }, spec: { node } });
  }

  async start(): Promise<void> {
    this.running = this.informer.run({ signal: this.stop.signal });
    await this.clock.advance(0);
  }

  async news(): Promise<string[]> {
    await this.clock.advance(0);
    return this.turns.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort();
    await this.clock.advance(0);
    await this.running;
    if (this.clock.pendingTimers > 0) throw new Error(`${this.clock.pendingTimers} timers are left behind`);
  }
}

describe("the indexed informer", () => {
  it("gives every key a turn when the copy is full, then what is created, changed and deleted", async () => {
    await using world = new World({ indexes: { node: ({ spec }) => spec.node } });
    world.put("a", "n1");
    world.put("b", "n1");
    await world.start();
    expect(await world.news()).toEqual(["worker/a@n1 at 0", "worker/b@n1 at 0"]);
    world.put("a", "n2");
    expect(await world.news()).toEqual(["worker/a@n2 at 0"]);
    world.cluster.remove(Pod, { namespace: "worker", name: "b" });
    expect(await world.news()).toEqual(["worker/b gone at 0"]);
    expect(world.informer.lister.byIndex("node", "n2").map(({ metadata }) => metadata.name)).toEqual(["a"]);
    expect(world.informer.healthChecks().map((check) => check.check())).toEqual([undefined]);
  });

  it("collapses what changes while a key waits or is in its turn, and never gives a key two turns at the same time", async () => {
    const gates: PromiseWithResolvers<void>[] = [];
    let running = 0;
    let most = 0;
    await using world = new World({
      workers: 4,
      process: async () => {
        const gate = Promise.withResolvers<void>();
        gates.push(gate);
        most = Math.max(most, (running += 1));
        await gate.promise;
        running -= 1;
      },
    });
    world.put("a", "n1");
    await world.start();
    for (const node of ["n2", "n3", "n4"]) world.put("a", node);
    expect(await world.news()).toEqual(["worker/a@n1 at 0"]);
    gates[0]?.resolve();
    expect(await world.news()).toEqual(["worker/a@n4 at 0"]);
    gates[1]?.resolve();
    expect(await world.news()).toEqual([]);
    expect(most).toBe(1);
  });

  it("tries a key that fails three times more, after 100, 200 and 400 ms, then gives it up until it changes", async () => {
    await using world = new World({ process: () => Promise.reject(new Error("no")) });
    world.put("a", "n1");
    await world.start();
    await world.clock.advance(60_000);
    expect(await world.news()).toEqual([0, 100, 300, 700].map((at) => `worker/a@n1 at ${at}`));
    expect(world.errors).toEqual(["process worker/a: Error: no"]);
    world.put("a", "n2");
    await world.clock.advance(60_000);
    expect(await world.news()).toEqual([60_000, 60_100, 60_300, 60_700].map((at) => `worker/a@n2 at ${at}`));
  });

  it("does not wait longer than 5 s between two tries, and starts over after a turn that went well", async () => {
    let isWell = false;
    const failures: number[] = [];
    await using world = new World({
      maxRetries: 8,
      process: (turn) => {
        failures.push(turn.failures);
        if (!isWell) throw new Error("no");
      },
    });
    world.put("a", "n1");
    await world.start();
    await world.clock.advance(60_000);
    expect((await world.news()).map((turn) => Number(turn.split(" at ")[1]))).toEqual([0, 100, 300, 700, 1500, 3100, 6300, 11_300, 16_300]);
    expect(failures).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    isWell = true;
    world.put("a", "n2");
    await world.news();
    expect(failures.at(-1)).toBe(0);
  });

  it("hands out what cannot be changed, so that a try after a failure sees what is there", async () => {
    const seen: string[] = [];
    await using world = new World({
      process: ({ object }) => {
        seen.push(object?.spec.node ?? "");
        (object as unknown as { spec: { node: string } }).spec.node = "done";
      },
    });
    world.put("a", "n1");
    await world.start();
    await world.clock.advance(1_000);
    expect(seen).toEqual(["n1", "n1", "n1", "n1"]);
    expect(world.errors).toEqual([expect.stringContaining("read only property 'node'")]);
  });

  it("has callbacks with the old state, and the last one of what is gone; one that fails harms nobody", async () => {
    const told: string[] = [];
    await using world = new World();
    world.put("a", "n1");
    world.informer.addEventHandler({
      update: (old, pod) => {
        told.push(`${old.spec.node} to ${pod.spec.node}`);
        throw new Error("no");
      },
      delete: (pod) => void told.push(`last on ${pod.spec.node}`),
    });
    await world.start();
    world.put("a", "n2");
    await world.clock.advance(0);
    world.cluster.remove(Pod, { namespace: "worker", name: "a" });
    await world.clock.advance(0);
    expect(told).toEqual(["n1 to n2", "last on n2"]);
    expect((await world.news()).at(-1)).toBe("worker/a gone at 0");
    expect(world.errors).toEqual(["handler worker/a: Error: no"]);
  });

  it("gives no turn for changes that the filter leaves out; where it throws, the key has its turn", async () => {
    await using world = new World({
      filter: ({ type, entry, old }) => {
        if (entry.object.spec.node === "broken") throw new Error("no");
        return type !== "update" || entry.object.spec.node !== old?.object.spec.node;
      },
    });
    world.put("a", "n1");
    await world.start();
    await world.news();
    world.put("a", "n1");
    expect(await world.news()).toEqual([]);
    world.put("a", "broken");
    expect(await world.news()).toEqual(["worker/a@broken at 0"]);
    expect(world.errors).toEqual(["filter worker/a: Error: no"]);
  });

  it("gives a key another turn later when asked to", async () => {
    let left = 2;
    await using world = new World({
      process: ({ key, queue }: KeyTurn<Pod>) => {
        if ((left -= 1) > 0) queue.addAfter(key, 60_000);
      },
    });
    world.put("a", "n1");
    await world.start();
    await world.clock.advance(600_000);
    expect(await world.news()).toEqual(["worker/a@n1 at 0", "worker/a@n1 at 60000"]);
  });

  it("waits, when stopped, for turns that run, tells them, and tries nothing again", async () => {
    const gate = Promise.withResolvers<void>();
    let stopped: AbortSignal | undefined;
    const world = new World({
      maxRetries: 0,
      process: async ({ signal }) => {
        stopped = signal;
        await gate.promise;
        throw new Error("stopped");
      },
    });
    world.put("a", "n1");
    await world.start();
    let isOver = false;
    void world.running.then(() => (isOver = true));
    world.stop.abort();
    await world.clock.advance(0);
    expect([isOver, stopped?.aborted]).toEqual([false, true]);
    gate.resolve();
    await world[Symbol.asyncDispose]();
    expect(world.errors).toEqual([]);
    expect(world.turns).toHaveLength(1);
  });

  it("rejects when the copy is not full in time, and says why; stopped before, it resolves", async () => {
    const listWatch: ListWatch<Pod> = {
      kind: Pod,
      list: () => Promise.reject(new ApiError("list pods: forbidden", { code: "Forbidden", status: 403 })),
      watch: () => Promise.reject(new Error("never asked")),
    };
    const world = new World({ listWatch, syncTimeoutMs: 30_000 });
    const run = world.informer.run({ signal: new AbortController().signal });
    const outcome = run.catch((error: unknown) => String(error));
    await world.clock.advance(31_000);
    expect(await outcome).toMatch(/informer-pods.core\/v1: its copy is not full after 30 s: .*forbidden/);
    expect(world.clock.pendingTimers).toBe(0);
    for (const syncTimeoutMs of [undefined, 30_000]) {
      await using other = new World({ listWatch, syncTimeoutMs });
      await other.start();
    }
  });

  it("runs once, and ends when its informer cannot run", async () => {
    await using world = new World();
    await world.start();
    await expect(world.informer.run({ signal: world.stop.signal })).rejects.toThrow("it runs once; make a new one");
    world.put("a", "n1");
    expect(await world.news()).toEqual(["worker/a@n1 at 0"]);
    const other = new World();
    const informing = other.informer.informer.run({ signal: other.stop.signal });
    await other.clock.advance(0);
    await expect(other.informer.run({ signal: other.stop.signal })).rejects.toThrow("already running");
    other.stop.abort();
    await other.clock.advance(0);
    await informing;
  });

  it.each([
    [{ workers: 0 }, "workers: 0 must be a whole number, 1 or more"],
    [{ maxRetries: -1 }, "maxRetries: -1 must be a number, 0 or more"],
    [{ syncTimeoutMs: 0 }, "syncTimeoutMs: 0 must be a number above 0"],
    [{ process: undefined as never }, "process: is missing, and must be a function"],
    [{ filter: true as never }, "filter: true must be a function"],
    [{ onError: "log" as never }, 'onError: "log" must be a function'],
    [{ rateLimiter: (() => 100) as never }, "rateLimiter: a function must be a RateLimiter"],
  ])("refuses %j", (options, message) => {
    const listWatch = new FakeCluster([Pod]).listWatch(Pod);
    expect(() => new IndexedInformer<Pod>({ listWatch, process: () => {}, ...options })).toThrow(message);
  });

  it("refuses to be made without options", () => {
    expect(() => new IndexedInformer(undefined as never)).toThrow("IndexedInformer: options are missing; give one object of them");
  });
});
