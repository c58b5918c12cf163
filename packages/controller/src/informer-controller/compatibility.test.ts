import type { KubernetesObject } from "@operatorkit/object";
import { backoffRetryPolicy, constantBackoff, defaultRetryPolicy, exponentialBackoffRetryPolicy } from "@operatorkit/retry";
import { defaultFinalizerSupplier } from "@operatorkit/watcher";
import { describe, expect, it } from "vitest";
import { Echo, echo } from "../testing/harness.ts";
import type { InformerControllerOptions } from "./informer-controller-options.ts";
import { resourceActions } from "./resource-actions.ts";
import { FakeInformer } from "./testing/fake-informer.ts";
import { failing, KIND, Recorder, Stage, thing } from "./testing/stage.ts";
import { World } from "./testing/world.ts";

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

  it("serial events: the stop leaves no informer waiting for an event that waits, nor for one of two that it told at once", async () => {
    const stage = new Stage({ compatibility: { serialEvents: true }, concurrency: 1 });
    stage.recorder((_heard, _object, { signal }) => new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve())));
    await stage.start();
    const told = [stage.informer.add(thing("a")), stage.informer.add(thing("b"))];
    await stage.settle();
    stage.abort();
    await stage.advance(5000);
    await Promise.all(told);
    expect(await stage.ended()).toBe("stopped");
  });

  it("serial events: an informer that tells two events of an object at once is told of the end of both", async () => {
    await using stage = new Stage({ compatibility: { serialEvents: true } });
    const recorder = stage.recorder(() => new Promise<void>((resolve) => void stage.clock.setTimer(100, resolve)));
    await stage.start();
    const versions = ["1", "2", "3"].map((resourceVersion) => thing("a", { resourceVersion }));
    const told = versions.map((object) => stage.informer.update(thing("a", { resourceVersion: "0" }), object));
    await stage.advance(1000);
    await Promise.all(told);
    expect(recorder.times("update")).toEqual([0, 100, 200]);
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
